import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { GeoCropError } from '../../engine/errors.js';
import { newTally } from '../../engine/classes/class-tally.js';
import type { AreaService, BoxAsk, PlannedBox, StatisticsAsk } from '../areas/area-service.js';
import { describeStatistics } from '../areas/statistics/describe-statistics.js';
import type { BaselineTiles } from '../tiles/baseline-tiles.js';
import { eventually } from '../queue/eventually.js';
import type { Problem } from './problem.js';
import { testApp } from './testing.js';

const POLYGON = {
  type: 'Polygon',
  coordinates: [
    [
      [30, -18],
      [30.1, -18],
      [30.1, -17.9],
      [30, -18],
    ],
  ],
};

interface Fake extends AreaService {
  readonly asked: (StatisticsAsk | BoxAsk)[];
  missing: number;
  error: Error | null;
  state: PlannedBox['state'];
  /** Some of the next box cannot be read after all. */
  damaged: boolean;
  /** Where the last box was written. */
  folder: string;
}

function fakeAreas(): Fake {
  const fake: Fake = {
    asked: [],
    missing: 0,
    error: null,
    state: 'final',
    damaged: false,
    folder: '',
    statistics: async (ask) => {
      fake.asked.push(ask);
      if (fake.error !== null) throw fake.error;
      const tally = newTally();
      tally.pixels[0] = 200;
      tally.hectares[0] = 1.5;
      return describeStatistics({
        source: {
          kind: 'map',
          layer: 'classes',
          season: 'summer',
          year: 2021,
          model: 'E',
          version: 'v',
          recipe: 'r',
        },
        period: ['2021-09-01', '2022-05-31'],
        bounds: [30, -18, 30.1, -17.9],
        tally,
        notComputed: { pixels: fake.missing, hectares: fake.missing / 100 },
        outside: { pixels: 0, hectares: 0 },
        metatiles: { all: 1, final: 1, stale: 0, empty: 0, missing: 0 },
        classes: [
          { id: 0, name: 'maize, "white"', color: '#e6c229' },
          { id: 1, name: '=HYPERLINK(1)', color: '#5b8c5a' },
        ],
        card: ask.of.kind === 'map' ? ask.of.card : null,
        scenes: { digests: ['d'], count: 1, newest: null },
        attribution: ask.attribution,
      });
    },
    box: async (ask) => {
      fake.asked.push(ask);
      if (fake.error !== null) throw fake.error;
      return {
        digest: JSON.stringify([ask.bounds, ask.of]),
        state: fake.state,
        closed: true,
        lastModified: new Date('2022-05-28T08:00:00Z'),
        fileName: 'geocrop_classes.tif',
        write: async () => {
          fake.folder = await mkdtemp(join(tmpdir(), 'geocrop-http-'));
          const path = join(fake.folder, 'box.tif');
          await writeFile(path, 'II*\0');
          const remove = () => rm(fake.folder, { recursive: true, force: true });
          return { path, bytes: 4, partial: fake.damaged, remove };
        },
      };
    },
  };
  return fake;
}

function stage(config: Parameters<typeof testApp>[1] = {}) {
  const areas = fakeAreas();
  const test = testApp({}, { areas, ...config });
  const post = async (
    query = '',
    body: string | Uint8Array<ArrayBuffer> = JSON.stringify(POLYGON),
    headers: Record<string, string> = {},
  ) => test.app.request(`/statistics${query}`, { method: 'POST', body, headers });
  return { areas, post, ...test };
}

const problemOf = async (response: Response): Promise<Problem> => (await response.json()) as Problem;

describe('POST /statistics', () => {
  it('asks for what the query says, of the area that the body holds', async () => {
    const { post, areas } = stage();
    const response = await post('?year=2020&season=summer&model=XGBoost');
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('Content-Type'), 'application/json');
    assert.equal(response.headers.get('Cache-Control'), 'no-store');
    const [ask] = areas.asked as StatisticsAsk[];
    assert.deepEqual(ask?.document, POLYGON);
    assert.deepEqual(ask?.of, {
      kind: 'map',
      map: { season: 'summer', year: 2020, model: 'XGBoost' },
      card: null,
    });
    assert.equal(ask?.compute, null);
  });

  it('computes only where `wait` asks for it, and who asks may', async () => {
    const { post, areas } = stage();
    await post('?wait=7.5');
    assert.deepEqual((areas.asked[0] as StatisticsAsk).compute, { waitMs: 7500 });
    areas.error = new GeoCropError('not-ready', 'Soon.', { context: { retryAfterSeconds: 10 } });
    const later = await post('?wait=0');
    assert.deepEqual([later.status, later.headers.get('Retry-After')], [503, '10']);

    const keyed = stage({ config: { compute: 'key', computeKey: 'secret' } });
    await keyed.post('?wait=1', JSON.stringify(POLYGON), { 'X-GeoCrop-Key': 'secret' });
    assert.deepEqual((keyed.areas.asked[0] as StatisticsAsk).compute, { waitMs: 1000 });
    assert.equal((await keyed.post('?wait=1')).status, 200);
    assert.equal((keyed.areas.asked[1] as StatisticsAsk).compute, null);
    keyed.areas.missing = 5;
    const refused = await keyed.post('?wait=1');
    assert.deepEqual([refused.status, (await problemOf(refused)).code], [503, 'not-computed']);
    assert.equal((await keyed.post()).status, 200);
  });

  it('is a table where that is asked for, safe for spreadsheets', async () => {
    const { post, areas } = stage();
    areas.missing = 300;
    for (const [query, accept] of [
      ['?format=csv', 'application/json'],
      ['', 'text/csv'],
      ['', 'text/csv;q=0.9, */*;q=0.1'],
    ]) {
      const response = await post(query, JSON.stringify(POLYGON), { Accept: accept ?? '' });
      assert.match(response.headers.get('Content-Type') ?? '', /^text\/csv/);
      const lines = (await response.text()).split('\r\n');
      assert.equal(lines.length, 8);
      assert.match(lines[0] ?? '', /^row,id,name,pixels,hectares,share,mean_confidence,adjusted_hectares,/);
      assert.match(lines[1] ?? '', /^class,0,"maize, ""white""",200,1\.5,1,/);
      assert.match(lines[2] ?? '', /^class,1,'=HYPERLINK\(1\),0,0,0,/);
      assert.match(lines[4] ?? '', /^not_computed,,,300,3,/);
      assert.match(lines[6] ?? '', /^whole_area,,,500,4\.5,1,/);
      const columns = lines
        .slice(0, 7)
        .map((line) => line.replaceAll(/"(?:[^"]|"")*"/g, '').split(',').length);
      assert.deepEqual(new Set(columns), new Set([14]));
    }
    const json = await post('?format=json', JSON.stringify(POLYGON), { Accept: 'text/csv' });
    assert.equal(json.headers.get('Content-Type'), 'application/json');
    assert.equal((await post('?format=xlsx')).status, 400);
  });

  it('says what is wrong with a body, and where', async () => {
    const { post } = stage();
    const detail = async (body: string | Uint8Array<ArrayBuffer>): Promise<string> => {
      const response = await post('', body);
      assert.equal(response.status, 400);
      return (await problemOf(response)).detail;
    };
    assert.match(await detail(''), /empty/);
    assert.match(
      await detail('{\n  "type": Polygon }'),
      /not JSON: "Polygon \}" cannot stand at line 2, column 11/,
    );
    assert.match(await detail('{"type": "Polygon",'), /ends too early, at line 1, column 20/);
    assert.match(await detail(new Uint8Array([0x7b, 0xff])), /not UTF-8/);
    // A text of the largest size is looked through, too.
    assert.match(await detail(`"${'x'.repeat(2 * 1024 * 1024 - 1)}`), /cannot stand at line 1, column 1/);
    const zipped = await post('', gzipSync(JSON.stringify(POLYGON)), { 'Content-Encoding': 'gzip' });
    assert.deepEqual(
      [zipped.status, (await problemOf(zipped)).detail],
      [400, 'The body is compressed (gzip).'],
    );
  });

  it('refuses more than is allowed, said or not said beforehand', async () => {
    const { post, app } = stage({ config: { bodyBytes: 100 } });
    const large = JSON.stringify({ ...POLYGON, note: 'x'.repeat(200) });
    const refused = await post('', large);
    assert.deepEqual([refused.status, (await problemOf(refused)).code], [413, 'body-too-large']);
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1;
        controller.enqueue(new Uint8Array(64).fill(0x20));
      },
    });
    const request = new Request('http://localhost/statistics', {
      method: 'POST',
      body: endless,
      duplex: 'half',
    });
    assert.equal((await app.request(request)).status, 413);
    assert.ok(sent < 10, `${sent} pieces were read`);
  });

  it('refuses layers and baselines that cannot be counted', async () => {
    const baselines: BaselineTiles = {
      years: async () =>
        [2016, 2017].map((year) => ({ year, digest: String(year), lastModified: new Date(0) })),
      tile: async () => null,
    };
    const { post, areas } = stage({ baselines });
    assert.equal((await post('?layer=ndvi_peak')).status, 400);
    assert.equal((await post('?baseline=esa')).status, 400);
    assert.equal((await post('?year=1066')).status, 404);
    assert.equal((await post('?baseline=dw&year=2015')).status, 404);
    assert.equal((await post('?baseline=dw')).status, 200);
    assert.deepEqual((areas.asked.at(-1) as StatisticsAsk).of, { kind: 'baseline', year: 2017 });
    assert.equal((await post('?baseline=dw&year=2016')).status, 200);
    assert.deepEqual((areas.asked.at(-1) as StatisticsAsk).of, { kind: 'baseline', year: 2016 });
    assert.equal((await post('?layer=dynamic_world&year=2017')).status, 200);
    assert.deepEqual((areas.asked.at(-1) as StatisticsAsk).of, { kind: 'baseline', year: 2017 });
  });
});

describe('methods', () => {
  it('are those of the path: 405 with Allow, pre-flights with Content-Type', async () => {
    const { app } = stage();
    const allow = async (method: string, path: string): Promise<(string | number | null)[]> => {
      const response = await app.request(path, { method });
      return [response.status, response.headers.get('Allow')];
    };
    assert.deepEqual(await allow('GET', '/statistics'), [405, 'POST, OPTIONS']);
    assert.deepEqual(await allow('HEAD', '/statistics'), [405, 'POST, OPTIONS']);
    assert.deepEqual(await allow('DELETE', '/statistics'), [405, 'POST, OPTIONS']);
    assert.deepEqual(await allow('POST', '/tiles/14/9557/9068.png'), [405, 'GET, HEAD, OPTIONS']);
    assert.deepEqual(await allow('PUT', '/nothing/there'), [405, 'GET, HEAD, OPTIONS']);
    const preflight = await app.request('/statistics', {
      method: 'OPTIONS',
      headers: { Origin: 'https://elsewhere.example', 'Access-Control-Request-Headers': 'content-type' },
    });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get('Access-Control-Allow-Methods'), 'POST, OPTIONS');
    assert.match(preflight.headers.get('Access-Control-Allow-Headers') ?? '', /Content-Type/);
  });
});

describe('GET /bbox', () => {
  const PATH = '/bbox/30.0,-17.5,30.02,-17.48.tif';

  it('sends the file, named, with its tag, and leaves nothing on the disk', async () => {
    const { get, areas } = stage();
    const response = await get(`${PATH}?layer=confidence&year=2020`);
    assert.equal(response.status, 200);
    assert.equal(await response.text(), 'II*\0');
    assert.match(response.headers.get('Content-Type') ?? '', /^image\/tiff/);
    assert.equal(response.headers.get('Content-Disposition'), 'attachment; filename="geocrop_classes.tif"');
    assert.equal(response.headers.get('Content-Length'), '4');
    assert.equal(response.headers.get('X-GeoCrop-Tile'), 'final');
    const [ask] = areas.asked as BoxAsk[];
    assert.deepEqual(ask?.bounds, [30, -17.5, 30.02, -17.48]);
    assert.deepEqual(ask.of, {
      kind: 'map',
      map: { season: 'summer', year: 2020, model: 'Ensemble' },
      layer: 'confidence',
    });
    await eventually('the file is gone', async () => !(await isThere(areas.folder)));
  });

  it('answers 304 and HEAD without writing anything', async () => {
    const { app, get, areas } = stage();
    const etag = (await get(PATH)).headers.get('ETag') ?? '';
    areas.folder = '';
    assert.equal((await get(PATH, { 'If-None-Match': etag })).status, 304);
    const head = await app.request(PATH, { method: 'HEAD' });
    assert.deepEqual([head.status, head.headers.get('ETag')], [200, etag]);
    assert.equal(areas.folder, '');
    assert.notEqual((await get(`${PATH}?layer=confidence`)).headers.get('ETag'), etag);
  });

  it('says what is only part of it, and keeps nobody from asking again', async () => {
    const { get, areas } = stage();
    areas.state = 'partial';
    const response = await get(PATH);
    assert.equal(response.headers.get('X-GeoCrop-Tile'), 'partial');
    assert.equal(response.headers.get('Cache-Control'), 'no-cache');
  });

  it('has no tag where something of it was damaged: it is not what the tag says', async () => {
    const { get, areas } = stage();
    areas.damaged = true;
    const response = await get(`${PATH}?v=${'0'.repeat(8)}`);
    assert.equal(response.headers.get('X-GeoCrop-Tile'), 'partial');
    assert.equal(response.headers.get('Cache-Control'), 'no-store');
    assert.equal(response.headers.get('ETag'), null);
    await response.arrayBuffer();
  });

  it('is of Dynamic World where that is asked for, of the year or the newest', async () => {
    const baselines: BaselineTiles = {
      years: async () =>
        [2019, 2020].map((year) => ({ year, digest: `d${year}`, lastModified: new Date(0) })),
      tile: async () => null,
    };
    const { get, areas } = stage({ baselines });
    await (await get(`${PATH}?layer=dynamic_world&year=2019`)).arrayBuffer();
    await (await get(`${PATH}?layer=dynamic_world`)).arrayBuffer();
    assert.deepEqual(
      (areas.asked as BoxAsk[]).map(({ of }) => of),
      [2019, 2020].map((year) => ({ kind: 'baseline', year })),
    );
    assert.equal((await get(`${PATH}?layer=dynamic_world&year=2001`)).status, 404);
  });

  it('refuses what is no box', async () => {
    const { get } = stage();
    for (const path of [
      '/bbox/30,-17.tif',
      '/bbox/30,-17.5,31,-17',
      '/bbox/a,b,c,d.tif',
      '/bbox/1,2,3,4,5.tif',
    ]) {
      assert.equal((await get(path)).status, 400, path);
    }
    assert.equal((await get(`${PATH}?layer=nothing`)).status, 404);
  });
});

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
