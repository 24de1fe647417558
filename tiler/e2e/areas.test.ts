import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, mock, test } from 'node:test';
import type { Polygon } from 'geojson';
import { HonoRequest } from 'hono/request';
import { MemoryObjectStore } from '../../cache/memory-store.js';
import { withoutRasterio } from '../../engine/encode/gdal-oracle.js';
import { encodeCog } from '../../engine/encode/cog.js';
import { METATILE_SIZE, lonLatToPixel, pixelCentreLonLat } from '../../engine/geo/tile-matrix.js';
import { mapTransform } from '../../engine/encode/map-window.js';
import type { AreaStatistics } from '../areas/statistics/answer.js';
import { startServer, type RunningServer } from '../http/server.js';
import { openApiProblems, withoutOpenApi } from '../openapi/openapi-oracle.js';
import { oracleHectares } from './hectares-oracle.js';
import { openStage, type Stage } from './stage.js';
import { makeWorld, type WorldArea } from './world.js';
import { WorldServer } from './world-server.js';

/** Where the documented examples are. */
const { x: LEFT, y: TOP } = lonLatToPixel(14, 29.98, -17.8);
const AREA: WorldArea = { left: LEFT - 60, right: LEFT + 340, top: TOP - 60, bottom: TOP + 340 };

const at = (x: number, y: number): [number, number] => pixelCentreLonLat(14, AREA.left + x, AREA.top + y);
/** Of pixels by their corner, so that no centre lies on an edge. */
const FIELD: Polygon = {
  type: 'Polygon',
  coordinates: [
    [at(70.3, 80.2), at(260.4, 95.7), at(285.1, 240.6), at(150.2, 285.3), at(70.3, 80.2)],
    [at(140.6, 150.1), at(180.3, 152.4), at(165.8, 190.9), at(140.6, 150.1)],
  ],
};

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly example?: string | number;
}
interface DocumentedOperation {
  readonly tags: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: { examples?: unknown[] } }>>;
  };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { schema: unknown }>> }>
  >;
}
interface Documented {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
}

describe('areas, on a real server', () => {
  let folder: string;
  let world: WorldServer;
  let stage: Stage;
  let http: RunningServer;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'geocrop-e2e-'));
    world = await WorldServer.start(await makeWorld({ area: AREA }));
    const districts = join(folder, 'districts.geojson');
    await writeFile(
      districts,
      JSON.stringify({ type: 'Feature', properties: { name: 'Here' }, geometry: FIELD }),
    );
    stage = await openStage(folder, world.stac, { baselines: await baselineStore(), http: { districts } });
    http = await startServer(stage.app, { host: '127.0.0.1', port: 0 });
  });
  after(async () => {
    await stage.close();
    await http.close(0);
    await world.stop();
    await rm(folder, { recursive: true });
  });

  const post = (area: unknown, query = ''): Promise<Response> =>
    fetch(`${http.url}/statistics?year=2021&season=summer${query}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/geo+json' },
      body: JSON.stringify(area),
    });
  const counted = async (query = ''): Promise<AreaStatistics> => {
    for (;;) {
      const response = await post(FIELD, query);
      if (response.status === 200) return (await response.json()) as AreaStatistics;
      assert.equal(response.status, 503, await response.text());
      assert.ok(Number(response.headers.get('Retry-After')) > 0);
    }
  };

  test(
    'first nothing is computed, and said so; with `wait` it is, and the numbers are those of rasterio and PROJ',
    { skip: withoutRasterio },
    async () => {
      const before = await counted();
      assert.equal(before.completeness.complete, false);
      assert.equal(before.completeness.notComputed.pixels, before.area.pixels);
      assert.ok(before.notes.some((note) => note.includes('not computed')));
      assert.equal(stage.engine.desk.stats().queued, 0);
      const none = await fetch(`${http.url}/bbox/29.98,-17.82,30.0,-17.8.tif?year=2021&season=summer`);
      assert.equal(none.status, 503);

      const found = await counted('&wait=50');
      assert.equal(found.completeness.complete, true);
      assert.equal(found.area.pixels, before.area.pixels);
      const box = async (layer: string): Promise<Uint8Array> => {
        const [west, north] = at(0, 0);
        const [east, south] = at(400, 400);
        const path = `/bbox/${west},${south},${east},${north}.tif`;
        // It reaches into another metatile.
        const address = `${http.url}${path}?year=2021&season=summer&layer=${layer}&wait=50`;
        let response = await fetch(address);
        while (response.status === 503) response = await fetch(address);
        assert.equal(response.status, 200);
        assert.equal(response.headers.get('X-GeoCrop-Tile'), 'final');
        assert.match(
          response.headers.get('Content-Disposition') ?? '',
          /geocrop_\w+_summer-2021_trees_29\.9/,
        );
        return new Uint8Array(await response.arrayBuffer());
      };
      const oracle = oracleHectares(FIELD, await box('classes'), await box('confidence'));
      const seen = found.classes.filter(({ pixels }) => pixels > 0);
      assert.ok(seen.length > 1, 'the world has several classes');
      for (const { id, pixels, hectares, meanConfidence } of seen) {
        assert.equal(pixels, oracle[id]?.pixels);
        assert.ok(Math.abs(hectares / (oracle[id]?.hectares ?? NaN) - 1) < 1e-5);
        assert.ok(Math.abs((meanConfidence ?? NaN) - (oracle[id]?.confidence ?? NaN)) < 0.01);
      }
      assert.equal(found.completeness.noData.pixels, oracle[255]?.pixels ?? 0);
      assert.deepEqual(await counted(), found, 'what is archived by now is counted without waiting');
    },
  );

  test('a body that is too large is refused over a socket too, and the connection serves on', async () => {
    const large = { ...FIELD, note: 'x'.repeat(3 * 2 ** 20) };
    for (let i = 0; i < 3; i += 1) {
      const response = await post(large);
      assert.equal(response.status, 413);
      assert.equal(((await response.json()) as { code: string }).code, 'body-too-large');
      assert.equal((await fetch(`${http.url}/healthz`)).status, 200);
    }
  });

  test('a box that is too large is refused with how large it may be', async () => {
    const response = await fetch(`${http.url}/bbox/29,-18,30,-17.tif?year=2021&season=summer`);
    assert.equal(response.status, 422);
    const problem = (await response.json()) as { hint: string; context: { most: number } };
    assert.equal(problem.context.most, 4 * 2 ** 20);
    assert.match(problem.hint, /2048 pixels, about 18 km/);
  });

  test(
    'every documented example is answered as documented, and reads the parameters that it tells of',
    { skip: withoutOpenApi },
    async (t) => {
      const document = (await (await fetch(`${http.url}/openapi.json`)).json()) as Documented;
      const reads = new Map<string, Set<string>>();
      const query = Reflect.get(HonoRequest.prototype, 'query') as (
        this: HonoRequest,
        key?: string,
      ) => unknown;
      const spy = mock.method(HonoRequest.prototype, 'query', function (this: HonoRequest, key?: string) {
        if (key !== undefined) reads.set(this.path, (reads.get(this.path) ?? new Set()).add(key));
        return query.call(this, key);
      });
      t.after(() => spy.mock.restore());
      const values: [string, unknown, unknown][] = [];
      for (const [path, item] of Object.entries(document.paths)) {
        for (const [method, operation] of Object.entries(item)) {
          // Whose files lie elsewhere: their own tests call them.
          if (operation.tags.includes('cog')) continue;
          const { parameters = [] } = operation;
          const name = `${method} ${path}`;
          const where = path.replaceAll(/\{(\w+)\}/g, (_, key: string) => {
            const example = parameters.find((found) => found.in === 'path' && found.name === key)?.example;
            assert.notEqual(example, undefined, `${name} has no example of ${key}`);
            return String(example);
          });
          const asked = new URLSearchParams();
          for (const { name: key, in: place, required, example } of parameters) {
            if (place !== 'query' || required !== true) continue;
            assert.notEqual(example, undefined, `${name} has no example of ${key}`);
            asked.set(key, String(example));
          }
          const body = Object.values(operation.requestBody?.content ?? {})[0]?.schema.examples?.[0];
          // What is computed first may take longer than one wait.
          if (parameters.some(({ name: key }) => key === 'wait')) asked.set('wait', '50');
          const leave = new AbortController();
          const response = await fetch(`${http.url}${where}?${asked.toString()}`, {
            method,
            signal: leave.signal,
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          });
          const documented = operation.responses[response.status];
          const type = response.headers.get('Content-Type') ?? '';
          assert.equal(
            response.status,
            200,
            `${name} at ${where}: ${type.includes('problem') ? await response.text() : type}`,
          );
          const media = Object.entries(documented?.content ?? {}).find(([known]) =>
            type.startsWith(known.split(';')[0] ?? ''),
          );
          assert.ok(media !== undefined, `${name} answers ${type}, which it does not tell of`);
          if (type === 'application/json') values.push([name, media[1].schema, await response.json()]);
          leave.abort();
          const told = parameters.filter((found) => found.in === 'query').map((found) => found.name);
          const read = reads.get(where);
          for (const key of read ?? [])
            assert.ok(told.includes(key), `${name} reads ${key} and does not tell of it`);
          if (read === undefined || operation.tags.includes('standards')) continue;
          for (const key of told) assert.ok(read.has(key), `${name} tells of ${key} and does not read it`);
        }
      }
      assert.ok(values.length > 4);
      assert.deepEqual(openApiProblems(document, values), []);
    },
  );
});

/** Dynamic World around the examples: water and crops. */
async function baselineStore(): Promise<MemoryObjectStore> {
  const [px0, py0] = [AREA.left - 100, AREA.top - 100];
  const data = Uint8Array.from({ length: METATILE_SIZE ** 2 }, (_, i) => ((i >> 5) & 1) * 4);
  const bytes = await encodeCog({
    raster: { data, bands: 1, width: METATILE_SIZE, height: METATILE_SIZE, nodata: null },
    epsg: 3857,
    transform: mapTransform({ zoom: 14, px0, py0 }),
  });
  const store = new MemoryObjectStore(() => new Date('2024-01-01T00:00:00Z'));
  for (const years of ['2021_2022', '2024_2025']) {
    const key = `dw/zim/summer/${years}/highest_conf/DW_Zim_HighestConf_${years}.tif`;
    await store.put('geocrop-baselines', key, bytes);
  }
  return store;
}
