import assert from 'node:assert/strict';
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { BaselineTiles } from '../tiles/baseline-tiles.js';
import type { TileEvent } from '../tiles/tile-service.js';
import { IMMUTABLE } from './caching.js';
import type { Problem } from './problem.js';
import { settle, testApp } from './testing.js';

type Json = Record<string, unknown>;
const jsonOf = async (response: Response): Promise<Json> => (await response.json()) as Json;

describe('/tilejson.json', () => {
  it('is TileJSON 3.0.0 with versioned addresses, and tells a viewer what there is', async () => {
    const { get, service } = testApp();
    const document = await jsonOf(
      await get('http://maps.example:8080/tilejson.json?layer=ndvi_peak&rescale=0,1'),
    );
    assert.equal(document['tilejson'], '3.0.0');
    assert.equal(document['attribution'], 'Contains modified Copernicus Sentinel data');
    assert.deepEqual(document['bounds'], [25, -22.5, 33.1, -15.6]);
    assert.deepEqual([document['minzoom'], document['maxzoom']], [0, 18]);
    const [address = ''] = document['tiles'] as string[];
    assert.ok(address.startsWith('http://maps.example:8080/tiles/{z}/{x}/{y}.png?'), address);
    const query = new URL(address).searchParams;
    const map = service.resolveMap({});
    assert.deepEqual(Object.fromEntries(query), {
      season: 'summer',
      year: '2021',
      model: 'Ensemble',
      layer: 'ndvi_peak',
      rescale: '0,1',
      v: service.version(map),
    });
    const own = document['geocrop'] as Json;
    assert.deepEqual(own['map'], map);
    assert.deepEqual(own['years'], [2020, 2021]);
    assert.deepEqual(own['baselineYears'], []);
    assert.equal(own['computeMinZoom'], 13);
  });

  it('names the address that the configuration knows, and what describes the map', async () => {
    const { get } = testApp(
      {},
      {
        config: { publicUrl: 'https://crops.example/maps' },
        describe: () => ({
          center: [30, -17.5, 14],
          period: ['2021-09-01', '2022-05-31'],
          card: { simulated: true },
        }),
      },
    );
    const document = await jsonOf(await get('/tilejson.json'));
    assert.match((document['tiles'] as string[])[0] ?? '', /^https:\/\/crops\.example\/maps\/tiles\//);
    assert.deepEqual(document['center'], [30, -17.5, 14]);
    assert.deepEqual((document['geocrop'] as Json)['card'], { simulated: true });
  });

  it('answers 304', async () => {
    const { get } = testApp();
    const etag = (await get('/tilejson.json')).headers.get('ETag') ?? '';
    assert.equal((await get('/tilejson.json', { 'If-None-Match': etag })).status, 304);
  });
});

describe('/legend.json', () => {
  it('lists classes with their colours', async () => {
    const legend = await jsonOf(await testApp().get('/legend.json'));
    assert.deepEqual(legend['classes'], [
      { id: 0, name: 'maize', color: '#e6c229' },
      { id: 1, name: 'tobacco', color: '#5b8c5a' },
      { id: 2, name: 'water', color: '#419bdf' },
    ]);
    assert.equal(legend['kind'], 'classes');
  });

  it('gives the stops of a ramp, rising, as asked for', async () => {
    const legend = await jsonOf(
      await testApp().get('/legend.json?layer=ndvi_peak&rescale=0,1&colormap=viridis'),
    );
    const stops = legend['stops'] as { value: number; color: string }[];
    assert.deepEqual(
      [stops[0], stops.at(-1)],
      [
        { value: 0, color: '#440154' },
        { value: 1, color: '#fde725' },
      ],
    );
    assert.ok(stops.every((stop, at) => at === 0 || stop.value > (stops[at - 1]?.value ?? Infinity)));
    assert.equal((await jsonOf(await testApp().get('/legend.json?layer=confidence')))['unit'], '%');
    assert.equal('stops' in (await jsonOf(await testApp().get('/legend.json?layer=truecolor'))), false);
  });
});

describe('/point', () => {
  it('is the point of the service', async () => {
    const { get, service } = testApp();
    const response = await get('/point/30.01,-17.45?year=2020');
    assert.equal(response.status, 200);
    const point = await jsonOf(response);
    assert.deepEqual([point['lon'], point['lat']], [30.01, -17.45]);
    assert.equal((point['map'] as Json)['year'], 2020);
    assert.equal(service.calls.point, 1);
  });

  it('waits as long as asked; the work goes on for who asks next', async () => {
    let open = (): void => {};
    const { get, service, clock } = testApp({ gate: new Promise((resolve) => (open = resolve)) });
    const first = get('/point/30,-17.5?wait=5');
    await settle();
    clock.advance(5000);
    const refused = await first;
    assert.equal(refused.status, 503);
    assert.equal(((await refused.json()) as Problem).code, 'not-ready');
    const second = get('/point/30,-17.5?wait=5');
    await settle();
    open();
    assert.equal((await second).status, 200);
    assert.equal(service.calls.point, 1);
  });
});

describe('/events', () => {
  const event = (state: TileEvent['state'], year = 2021): TileEvent => ({
    map: { season: 'summer', year, model: 'Ensemble' },
    tile: { z: 14, x: 9557, y: 9068 },
    state,
  });

  it('streams the events of one map, beats, and ends with the server', async () => {
    const { get, service, clock, closing } = testApp();
    const response = await get('/events');
    assert.equal(response.headers.get('Content-Type'), 'text/event-stream');
    assert.equal(response.headers.get('Cache-Control'), 'no-store');
    service.emit(event('reading'));
    service.emit(event('reading', 2020));
    clock.advance(15_000);
    service.emit(event('ready'));
    closing.abort();
    const blocks = (await response.text()).split('\n\n').filter((block) => block !== '');
    assert.equal(blocks.length, 4);
    assert.match(blocks[0] ?? '', /^retry: 2000\nevent: hello\ndata: \{"map":\{"season":"summer"/);
    assert.equal(blocks[1], `event: tile\ndata: ${JSON.stringify(event('reading'))}`);
    assert.equal(blocks[2], ':');
    assert.equal(blocks[3], `event: tile\ndata: ${JSON.stringify(event('ready'))}`);
    assert.equal(service.listeners(), 0);
  });

  it('listens no longer when the reader leaves', async () => {
    const { get, service, metrics } = testApp();
    const response = await get('/events');
    assert.equal(service.listeners(), 1);
    assert.match(await metrics.text(), /geocrop_event_streams 1/);
    await response.body?.cancel();
    assert.equal(service.listeners(), 0);
    assert.match(await metrics.text(), /geocrop_event_streams 0/);
  });

  it('cuts off a reader who does not read', async () => {
    const { get, service } = testApp();
    const response = await get('/events');
    for (let at = 0; at < 5000 && service.listeners() > 0; at++) service.emit(event('reading'));
    assert.equal(service.listeners(), 0);
    await response.body?.cancel();
  });

  it('answers HEAD without listening', async () => {
    const { app, service } = testApp();
    const response = await app.request('/events', { method: 'HEAD' });
    assert.equal(response.status, 200);
    assert.equal(service.listeners(), 0);
  });
});

describe('/baselines', () => {
  const baselines: BaselineTiles = {
    years: async () => [{ year: 2020, digest: 'd1', lastModified: new Date('2024-01-01T00:00:00Z') }],
    tile: async (_year, tile, { scale = 1 } = {}) =>
      tile.y === 0
        ? null
        : {
            data: new Uint8Array(65536 * scale * scale),
            bands: 1,
            width: 256 * scale,
            height: 256 * scale,
            nodata: 255,
          },
  };

  it('shows Dynamic World, and nothing where it has nothing', async () => {
    const { get } = testApp({}, { baselines });
    const response = await get('/baselines/dw/2020/tiles/14/9557/9068.png');
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('Last-Modified'), 'Mon, 01 Jan 2024 00:00:00 GMT');
    const etag = response.headers.get('ETag') ?? '';
    assert.equal(
      (await get('/baselines/dw/2020/tiles/14/9557/9068.png', { 'If-None-Match': etag })).status,
      304,
    );
    const water = Buffer.from(await (await get('/baselines/dw/2020/tiles/14/9557/9068.npy')).arrayBuffer());
    assert.equal(water.at(-1), 0);
    const nothing = Buffer.from(await (await get('/baselines/dw/2020/tiles/14/9557/0@2x.npy')).arrayBuffer());
    assert.equal(nothing.at(-1), 255);
    assert.deepEqual(
      ((await jsonOf(await get('/tilejson.json')))['geocrop'] as Json)['baselineYears'],
      [2020],
    );
  });

  it('names the years that there are', async () => {
    const response = await testApp({}, { baselines }).get('/baselines/dw/2019/tiles/14/9557/9068.png');
    assert.equal(response.status, 404);
    assert.match(((await response.json()) as Problem).hint ?? '', /2020/);
  });
});

describe('health', () => {
  it('is told without work; readiness goes when the server stops', async () => {
    const { get, closing, service } = testApp();
    assert.equal((await get('/healthz')).status, 200);
    assert.equal((await get('/readyz')).status, 200);
    closing.abort();
    assert.equal((await get('/readyz')).status, 503);
    assert.equal((await get('/healthz')).status, 200);
    assert.deepEqual([service.calls.identify, service.calls.values.length], [0, 0]);
  });
});

describe('/metrics', () => {
  it('counts tiles by tier, zoom and state, stages, requests and the queue', async () => {
    const { get, metrics } = testApp();
    await get('/tiles/14/9557/9068');
    await get('/tiles/14/9557/9068');
    await get('/tiles/99/0/0');
    metrics.read(1000);
    metrics.decoded(3, 900);
    const text = await (await get('/metrics')).text();
    for (const line of [
      'geocrop_tiles_total{tier="computed",zoom="14",state="final"} 1',
      'geocrop_tiles_total{tier="memory",zoom="14",state="final"} 1',
      'geocrop_http_requests_total{route="/tiles/:z/:x/:y",method="GET",status="200"} 2',
      'geocrop_http_requests_total{route="/tiles/:z/:x/:y",method="GET",status="400"} 1',
      'geocrop_stage_seconds_count{stage="encode"} 1',
      'geocrop_source_bytes_total 1000',
      'geocrop_blocks_decoded_total 3',
      'geocrop_block_bytes_decoded_total 900',
      'geocrop_queue_metatiles 3',
      'geocrop_running_metatiles 1',
    ]) {
      assert.ok(text.includes(line), line);
    }
  });
});

describe('the log', () => {
  it('has one line a request, with all that is known', async () => {
    const { get, lines } = testApp();
    await get('/tiles/14/9557/9068?wait=0');
    assert.equal(lines.length, 1);
    const { id, time, ms, timings, ...line } = lines[0] ?? {};
    assert.match(String(id), /^[0-9a-f-]{36}$/);
    assert.equal(time, '2026-01-01T00:00:00.000Z');
    assert.equal(typeof ms, 'number');
    assert.equal((timings as Json)['read'], 12.5);
    assert.deepEqual(line, {
      level: 'info',
      event: 'request',
      method: 'GET',
      path: '/tiles/14/9557/9068',
      query: '?wait=0',
      route: '/tiles/:z/:x/:y',
      status: 200,
      z: 14,
      x: 9557,
      y: 9068,
      layer: 'classes',
      season: 'summer',
      year: 2021,
      model: 'Ensemble',
      state: 'final',
      cache: 'computed',
    });
  });
});

describe('methods', () => {
  it('are GET, HEAD and OPTIONS, from anywhere', async () => {
    const { app } = testApp();
    const preflight = await app.request('/tiles/14/1/1', {
      method: 'OPTIONS',
      headers: { Origin: 'https://else.example', 'Access-Control-Request-Method': 'GET' },
    });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get('Access-Control-Allow-Methods'), 'GET, HEAD, OPTIONS');
    assert.match(preflight.headers.get('Access-Control-Allow-Headers') ?? '', /\bRange\b/);
    const post = await app.request('/tiles/14/1/1', { method: 'POST', body: 'x' });
    assert.equal(post.status, 405);
    assert.equal(post.headers.get('Allow'), 'GET, HEAD, OPTIONS');
    assert.equal(((await post.json()) as Problem).code, 'method-not-allowed');
  });
});

describe('what lies beneath and over the map', () => {
  it('is told in TileJSON where it is configured, and only there', async () => {
    const plain = await (await testApp().get('/tilejson.json')).json();
    assert.equal('base' in (plain as { geocrop: object }).geocrop, false);
    assert.equal('districts' in (plain as { geocrop: object }).geocrop, false);
    const base = { tiles: 'https://tile.example.org/{z}/{x}/{y}.png', attribution: 'Example' };
    const { get } = testApp({}, { config: { base, districts: '/nowhere.geojson' } });
    const { geocrop } = (await (await get('/tilejson.json')).json()) as { geocrop: Record<string, unknown> };
    assert.deepEqual(geocrop['base'], { tiles: [base.tiles], attribution: 'Example' });
    assert.equal(geocrop['districts'], 'districts.geojson');
  });

  it('serves the file of districts, once there is one', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'geocrop-districts-'));
    const districts = join(dir, 'anything.json');
    const { get } = testApp({}, { config: { districts } });
    const missing = await get('/districts.geojson');
    assert.equal(missing.status, 404);
    assert.match(((await missing.json()) as Problem).hint ?? '', /GEOCROP_DISTRICTS/);
    await writeFile(districts, '{"type":"FeatureCollection","features":[]}');
    const found = await get('/districts.geojson');
    assert.equal(found.headers.get('Content-Type'), 'application/geo+json');
    assert.deepEqual(await found.json(), { type: 'FeatureCollection', features: [] });
    await rm(dir, { recursive: true });
  });

  it('has no districts without a configuration', async () => {
    assert.equal((await testApp().get('/districts.geojson')).status, 404);
  });
});

describe('the viewer', () => {
  async function withViewer(run: (dir: string) => Promise<void>): Promise<void> {
    const dir = await mkdtemp(join(tmpdir(), 'geocrop-viewer-'));
    try {
      await mkdir(join(dir, 'viewer/assets'), { recursive: true });
      await writeFile(join(dir, 'secret.txt'), 'secret');
      await writeFile(join(dir, 'viewer/index.html'), `<!doctype html>${'<p>map</p>'.repeat(100)}`);
      await writeFile(join(dir, 'viewer/assets/main-ABCD1234.js'), 'export {};'.repeat(100));
      await writeFile(join(dir, 'viewer/.env'), 'secret');
      await symlink(join(dir, 'secret.txt'), join(dir, 'viewer/link.txt'));
      await run(join(dir, 'viewer'));
    } finally {
      await rm(dir, { recursive: true });
    }
  }

  it('is served with its types, tags and lifetimes', async () => {
    await withViewer(async (viewerDir) => {
      const { get } = testApp({}, { viewerDir });
      const page = await get('/');
      assert.equal(page.headers.get('Content-Type'), 'text/html; charset=utf-8');
      assert.equal(page.headers.get('Cache-Control'), 'no-cache');
      assert.match(await page.text(), /^<!doctype html>/);
      const script = await get('/assets/main-ABCD1234.js');
      assert.equal(script.headers.get('Content-Type'), 'text/javascript; charset=utf-8');
      assert.equal(script.headers.get('Cache-Control'), IMMUTABLE);
      const zipped = await get('/', { 'Accept-Encoding': 'br, gzip;q=0.8' });
      assert.equal(zipped.headers.get('Content-Encoding'), 'gzip');
      assert.equal(zipped.headers.get('Vary'), 'Accept-Encoding');
      assert.notEqual(zipped.headers.get('ETag'), page.headers.get('ETag'));
      const etag = page.headers.get('ETag') ?? '';
      assert.equal((await get('/', { 'If-None-Match': etag })).status, 304);
      assert.equal((await get('/', { 'Accept-Encoding': 'gzip;q=0' })).headers.get('Content-Encoding'), null);
    });
  });

  it('lets nobody out of its folder', async () => {
    await withViewer(async (viewerDir) => {
      const { get } = testApp({}, { viewerDir });
      for (const path of [
        '/../secret.txt',
        '/%2e%2e/secret.txt',
        '/..%2fsecret.txt',
        '/.env',
        '/link.txt',
        '/assets',
        '//etc/passwd',
      ]) {
        assert.equal((await get(path)).status, 404, path);
      }
    });
  });

  it('says what to do where it is not built', async () => {
    const response = await testApp({}, { viewerDir: join(tmpdir(), 'geocrop-no-such-folder') }).get('/');
    assert.equal(response.status, 404);
    assert.match(((await response.json()) as Problem).hint ?? '', /npm run build/);
  });
});
