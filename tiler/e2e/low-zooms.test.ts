import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { halve } from '../../engine/encode/overviews.js';
import { productNodata, productReducer, type ProductKind } from '../../engine/encode/products.js';
import { polygonsCoverage } from '../../engine/geo/coverage.js';
import { tileBoundsLonLat, type TileId } from '../../engine/geo/tile-matrix.js';
import type { Raster } from '../../engine/raster.js';
import { joinQuad } from '../tiles/resample.js';
import { npyValues, openStage, tilePath, type Stage, type StageOptions } from './stage.js';
import { FEW_SCENES, LOWER, makeWorld, UPPER } from './world.js';
import { WorldServer } from './world-server.js';

let folder: string;
let server: WorldServer;
let stage: Stage;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'geocrop-e2e-'));
  server = await WorldServer.start(await makeWorld(FEW_SCENES));
  await open();
});
after(async () => {
  await stage.close();
  await server.stop();
  await rm(folder, { recursive: true });
});

/** The two metatiles and nothing else: so their zoomed-out tiles can be whole. */
const COVERED = polygonsCoverage(
  [UPPER, LOWER].map((tile) => {
    const [west, south, east, north] = tileBoundsLonLat(tile);
    const [dx, dy] = [(east - west) / 10, (north - south) / 10];
    const ring: [number, number][] = [
      [west + dx, south + dy],
      [east - dx, south + dy],
      [east - dx, north - dy],
      [west + dx, north - dy],
      [west + dx, south + dy],
    ];
    return { type: 'Polygon' as const, coordinates: [ring] };
  }),
);

async function open(options: StageOptions = {}): Promise<void> {
  stage = await openStage(folder, server.stac, { coverage: COVERED, ...options });
}

const above = (z: number): TileId => ({ z, x: UPPER.x >> (12 - z), y: UPPER.y >> (12 - z) });
const get = (tile: TileId, query = '', suffix = '.npy'): Promise<Response> =>
  stage.get(tilePath(tile, query, suffix));
const stateOf = (response: Response): string | null => response.headers.get('X-GeoCrop-Tile');

/** A tile's values as an archived raster; null where it is no tile of the two. */
async function raster(tile: TileId, layer: ProductKind): Promise<Raster | null> {
  if (tile.z === 12 && ![UPPER, LOWER].some(({ x, y }) => x === tile.x && y === tile.y)) return null;
  const response = await get(tile, `layer=${layer}`);
  assert.equal(response.status, 200);
  const data = await npyValues(response);
  return { data, bands: 1, width: 256, height: 256, nodata: productNodata(layer) };
}

/** The four tiles of the next zoom, joined and halved. */
async function reduced(tile: TileId, layer: ProductKind, filled: readonly TileId[]): Promise<Raster['data']> {
  const empty: Raster = {
    data: new Uint8Array(65_536).fill(255),
    bands: 1,
    width: 256,
    height: 256,
    nodata: productNodata(layer),
  };
  const children = await Promise.all(
    [0, 1, 2, 3].map(async (q) => {
      const child = { z: tile.z + 1, x: 2 * tile.x + (q & 1), y: 2 * tile.y + (q >> 1) };
      const isThere = child.z < 12 || filled.some(({ x, y }) => x === child.x && y === child.y);
      return (isThere ? await raster(child, layer) : null) ?? empty;
    }),
  );
  return halve(joinQuad(children as [Raster, Raster, Raster, Raster]), productReducer(layer)).data;
}

test('what is computed shows in every zoom below: partial until all that is covered is there, then final', async () => {
  const nothing = await get(above(11));
  assert.deepEqual([stateOf(nothing), nothing.headers.get('ETag')], ['partial', null]);
  assert.ok((await npyValues(nothing)).every((value) => value === 255));
  assert.equal(server.files.length, 0, 'nothing is computed for it');

  await (await get(UPPER)).arrayBuffer();
  await stage.engine.pyramid.idle();
  const half = await get(above(11));
  assert.deepEqual(
    [stateOf(half), half.headers.get('ETag'), half.headers.get('Cache-Control')],
    ['partial', null, 'no-cache'],
  );
  assert.equal(half.headers.get('X-GeoCrop-Cache'), 'archive');
  assert.deepEqual(await npyValues(half), await reduced(above(11), 'classes', [UPPER]));
  const archived = stage.events.filter(({ state }) => state === 'archived');
  assert.ok(archived.length > 1 && archived.every(({ tile }) => tile.y === UPPER.y), 'told once more');

  await (await get(LOWER)).arrayBuffer();
  await stage.engine.pyramid.idle();
  for (const layer of ['classes', 'confidence'] as const) {
    for (let z = 11; z >= 0; z--) {
      const tile = await get(above(z), `layer=${layer}`);
      assert.equal(stateOf(tile), 'final', `z${z}`);
      assert.ok(tile.headers.get('ETag') !== null && tile.headers.get('Last-Modified') !== null);
      assert.deepEqual(
        await npyValues(tile),
        await reduced(above(z), layer, [UPPER, LOWER]),
        `${layer} z${z}`,
      );
    }
  }
  assert.deepEqual(stage.warnings, []);
});

test('a final tile is kept by who asks: its tag, its version, nothing read for it again', async () => {
  const path = tilePath(above(6));
  const { geocrop } = (await (await stage.get('/tilejson.json?year=2021')).json()) as {
    geocrop: { version: string };
  };
  const first = await stage.get(`${path}&v=${geocrop.version}`);
  assert.match(first.headers.get('Cache-Control') ?? '', /immutable/);
  const etag = first.headers.get('ETag') ?? '';
  assert.equal((await stage.get(path, { 'If-None-Match': etag })).status, 304);
  assert.equal((await stage.get(path)).headers.get('X-GeoCrop-Cache'), 'memory');
  const other = await get(above(7));
  assert.notEqual(other.headers.get('ETag'), etag);
});

test('doubled tiles show the next zoom’s pixels, and pictures of every layer what is there', async () => {
  for (const z of [11, 10, 7, 3]) {
    const tile = above(z);
    const next = await Promise.all(
      [0, 1, 2, 3].map(async (q) => {
        const child = { z: z + 1, x: 2 * tile.x + (q & 1), y: 2 * tile.y + (q >> 1) };
        const values = await npyValues(await get(child));
        return { data: values, bands: 1, width: 256, height: 256, nodata: 255 };
      }),
    );
    const doubled = await stage.get(tilePath(tile, '', '@2x.npy'));
    assert.equal(stateOf(doubled), 'final', `z${z}`);
    assert.deepEqual(
      await npyValues(doubled),
      joinQuad(next as unknown as [Raster, Raster, Raster, Raster]).data,
      `z${z}`,
    );
  }
  for (const layer of ['classes', 'confidence', 'truecolor', 'observations']) {
    for (const suffix of ['.png', '.tif', '.npy', '@2x.png', '@2x.tif']) {
      const picture = await get(above(9), `layer=${layer}`, suffix);
      assert.deepEqual([picture.status, stateOf(picture)], [200, 'final'], `${layer}${suffix}`);
      assert.ok((await picture.arrayBuffer()).byteLength > 100);
    }
  }
  assert.equal(stateOf(await get(above(9), 'layer=ndvi_peak')), 'partial', 'features are not kept there');
  assert.equal(stateOf(await get({ z: 11, x: above(11).x + 1, y: above(11).y })), 'final', 'not covered');
});

test('after a restart it is there, also for a server that computes nothing', async () => {
  const before = await npyValues(await get(above(8)));
  await stage.close();
  server.mend();
  await open({ mayCompute: false });
  const after = await get(above(8));
  assert.deepEqual([stateOf(after), after.headers.get('X-GeoCrop-Cache')], ['final', 'archive']);
  assert.deepEqual(await npyValues(after), before);
  assert.equal(server.seen.length, 0);
});

test('an archive that has no pyramid gets one when it is asked for', async () => {
  const before = await npyValues(await get(above(5)));
  await stage.close();
  await rm(join(folder, 'store', 'geocrop-results', 'pyramid'), { recursive: true });
  await open();
  assert.equal(stateOf(await get(above(5))), 'partial');
  const steps: number[] = [];
  const { engine } = stage;
  const definition = engine.maps.definition(engine.service.resolveMap({ year: 2021, season: 'summer' }));
  await engine.pyramid.refreshAll(definition, undefined, (done) => steps.push(done));
  assert.ok(steps.length > 0);
  const after = await get(above(5));
  assert.equal(stateOf(after), 'final');
  assert.deepEqual(await npyValues(after), before);
});

test('a damaged node is reported, shows nothing wrong, and is made anew', async () => {
  const before = await npyValues(await get(above(9)));
  const results = join(folder, 'store', 'geocrop-results');
  for (const damage of [
    (bytes: Buffer) => bytes.fill(7, bytes.length - 3000, bytes.length - 200),
    (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1),
    (bytes: Buffer) => bytes.fill(0, 0, 100),
  ]) {
    await stage.close();
    const files = (await readdir(results, { recursive: true })).filter((file) =>
      /^pyramid.[0-9a-f]{16}.*classes\.tif$/.test(file),
    );
    assert.ok(files.length >= 3);
    for (const file of files) {
      await writeFile(join(results, file), damage(await readFile(join(results, file))));
    }
    await open();
    for (let z = 11; z >= 0; z--) {
      const tile = await get(above(z));
      const values = await npyValues(tile);
      // A file may be damaged where this tile does not look.
      if (stateOf(tile) === 'partial') assert.ok(values.every((value) => value === 255));
    }
    await stage.engine.pyramid.idle();
    assert.ok(stage.warnings.some((line) => line.includes('damaged')));
    const definition = stage.engine.maps.definition(
      stage.engine.service.resolveMap({ year: 2021, season: 'summer' }),
    );
    await stage.engine.pyramid.refreshAll(definition);
    const mended = await get(above(9));
    assert.equal(stateOf(mended), 'final');
    assert.deepEqual(await npyValues(mended), before);
    for (let z = 11; z >= 0; z--) {
      const values = await npyValues(await get(above(z)));
      assert.deepEqual(values, await reduced(above(z), 'classes', [UPPER, LOWER]), `z${z}`);
    }
  }
});
