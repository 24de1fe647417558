import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { METATILE_SIZE, NATIVE_ZOOM, pixelCentreLonLat, type TileId } from '../geo/tile-matrix.js';
import { projectPoint } from '../geo/project.js';
import { computeFeatures } from '../pixels/features.js';
import { FEATURE_ORDER_V1 } from '../pixels/feature-order.js';
import type { Raster } from '../raster.js';
import { BANDS, type AssetName, type Band, type Scene } from '../scenes/scene.js';
import { dayOfSeason, seasonWindow, SUMMER } from '../season.js';
import { computePixels, computePoint } from './compute-points.js';
import { MetatileComputation } from './metatile-computation.js';
import { cropPlanes } from './planes.js';
import { planSeason } from './season-plan.js';
import type { ComputeDeps } from './season-reader.js';
import { hash, makeTestWorld, testCompute, type TestRaster, type TestWorld } from './testing.js';

const season = seasonWindow(SUMMER, 2021);
const BUFFER = 3;

/** Written apart from the kernels: one pixel, straight from the rasters, by docs/features.md. */
function plainPixel(world: TestWorld, px: number, py: number): { n: number; features: Float64Array } {
  const lonLat = pixelCentreLonLat(NATIVE_ZOOM, px, py);
  const t: number[] = [];
  const reflectance = Object.fromEntries(BANDS.map((band) => [band, [] as number[]])) as Record<
    Band,
    number[]
  >;
  for (const { date, scenes } of planSeason(world, season)) {
    for (const scene of scenes) {
      const [e, n] = projectPoint(scene.epsg ?? 0, ...lonLat);
      const at = (name: AssetName, dx = 0, dy = 0): number | undefined => {
        const raster = world.rasters.get(scene.assets[name]?.href ?? '') as TestRaster;
        const col = Math.floor((e - raster.x0) / raster.res) + dx;
        const row = Math.floor((raster.y0 - n) / raster.res) + dy;
        if (col < 0 || row < 0 || col >= raster.width || row >= raster.height) return undefined;
        return raster.data[row * raster.width + col];
      };
      if (![2, 4, 5, 6, 7, 11].includes(at('scl') ?? 0)) continue;
      let clouded = false;
      for (let dy = -BUFFER; dy <= BUFFER; dy += 1) {
        for (let dx = -BUFFER; dx <= BUFFER; dx += 1)
          if ([3, 8, 9, 10].includes(at('scl', dx, dy) ?? 0)) clouded = true;
      }
      const dn = BANDS.map((band) => at(band) ?? 0);
      if (clouded || dn.includes(0)) continue;
      t.push(dayOfSeason(season, date));
      BANDS.forEach((band, i) => reflectance[band].push(Math.max((dn[i] ?? 0) * 0.0001 - 0.1, 0.0001)));
      break;
    }
  }
  return { n: t.length, features: computeFeatures({ t, reflectance }, season.nodes) };
}

/** The most telling reason of a date's scenes, straight from the rasters. */
function plainReason(world: TestWorld, scenes: readonly Scene[], px: number, py: number): string {
  const lonLat = pixelCentreLonLat(NATIVE_ZOOM, px, py);
  const reasons = scenes.map((scene) => {
    const [e, n] = projectPoint(scene.epsg ?? 0, ...lonLat);
    const { data, width, height, x0, y0, res } = world.rasters.get(
      scene.assets.scl?.href ?? '',
    ) as TestRaster;
    const col = Math.floor((e - x0) / res);
    const row = Math.floor((y0 - n) / res);
    if (col < 0 || row < 0 || col >= width || row >= height) return 'outside';
    const own = data[row * width + col] ?? 0;
    const named = { 1: 'defective', 3: 'shadow', 8: 'cloud', 9: 'cloud', 10: 'cirrus' }[own];
    if (named !== undefined) return named;
    if (own === 0) return 'no-data';
    for (let y = Math.max(0, row - BUFFER); y <= Math.min(height - 1, row + BUFFER); y += 1) {
      for (let x = Math.max(0, col - BUFFER); x <= Math.min(width - 1, col + BUFFER); x += 1)
        if ([3, 8, 9, 10].includes(data[y * width + x] ?? 0)) return 'near-cloud';
    }
    // usable by its class: a band has nothing there
    return 'no-data';
  });
  const order = ['cloud', 'cirrus', 'shadow', 'near-cloud', 'defective', 'no-data', 'outside'];
  return order.find((reason) => reasons.includes(reason)) ?? '';
}

function tolerance(name: string): number {
  if (['ndvi_sos', 'ndvi_pos', 'ndvi_eos', 'ndvi_los'].includes(name)) return 0.05;
  return name.startsWith('ndvi_auc') ? 0.02 : 1e-4;
}

function assertSame(
  actual: ReadonlyMap<string, Raster>,
  expected: ReadonlyMap<string, Raster>,
  what: string,
): void {
  for (const [name, raster] of expected) {
    assert.deepEqual(actual.get(name)?.data, raster.data, `${what}: ${name}`);
    assert.deepEqual(actual.get(name)?.mask, raster.mask, `${what}: mask of ${name}`);
  }
}

function crop(products: ReadonlyMap<string, Raster>, x: number, y: number): Map<string, Raster> {
  const rect = { x: x * 256, y: y * 256, width: 256, height: 256 };
  const cut = <T extends Uint8Array | Float32Array>(data: T, bands: number): T =>
    cropPlanes(data, bands, METATILE_SIZE ** 2, METATILE_SIZE, rect);
  return new Map(
    [...products].map(([name, raster]) => [
      name,
      {
        ...raster,
        data: cut(raster.data as Uint8Array, raster.bands),
        ...(raster.mask === undefined ? {} : { mask: cut(raster.mask, 1) }),
      },
    ]),
  );
}

describe('a metatile across 30° E', () => {
  let world: TestWorld;
  let two: Awaited<ReturnType<typeof testCompute>>;
  /** The whole metatile, on two threads, tile (1, 1) first. */
  let reference: ReadonlyMap<string, Raster>;
  let blocksDecoded = 0;
  const input = (): ConstructorParameters<typeof MetatileComputation>[1] => ({
    metatile: world.metatile,
    list: world,
    season,
    bands: BANDS,
    cloudBufferPixels: BUFFER,
    bundle: null,
    features: ['ndvi_peak', 'ndvi_sos', 'swir22_median'],
  });
  const native = (x: number, y: number): TileId => ({
    z: 14,
    x: world.metatile.x * 4 + x,
    y: world.metatile.y * 4 + y,
  });
  const whole = async (deps: ComputeDeps, first: TileId): Promise<MetatileComputation> => {
    const computation = new MetatileComputation(deps, input());
    await computation.tile(first);
    await computation.readAll();
    for (let i = 0; i < 16; i += 1) await computation.tile(native(i % 4, i >> 2));
    return computation;
  };

  before(async () => {
    world = await makeTestWorld();
    two = await testCompute(world, 2);
    const computation = await whole(two.deps, native(1, 1));
    reference = computation.products();
    ({ blocksDecoded } = computation.season.tally);
    two.deps.arena.reset();
  });
  after(() => two.pool.close());

  test('pixels equal the formulas applied straight to the rasters', async () => {
    const pixels = Array.from({ length: 200 }, (_, i) => ({
      x: world.metatile.x * METATILE_SIZE + Math.floor(hash(i, 1) * METATILE_SIZE),
      y: world.metatile.y * METATILE_SIZE + Math.floor(hash(i, 2) * METATILE_SIZE),
    }));
    const { pixels: rows, faults } = await computePixels(
      two.deps,
      input(),
      Int32Array.from(pixels, ({ x }) => x),
      Int32Array.from(pixels, ({ y }) => y),
    );
    two.deps.arena.reset();
    assert.deepEqual(faults, []);
    const counts = new Set<number>();
    pixels.forEach(({ x, y }, i) => {
      const expected = plainPixel(world, x, y);
      counts.add(expected.n);
      assert.equal(rows[i]?.observations, expected.n, `observations of pixel ${x} ${y}`);
      FEATURE_ORDER_V1.forEach((name, f) => {
        const actual = rows[i]?.features[f] ?? 0;
        const wanted = expected.features[f] ?? 0;
        const close = Number.isNaN(wanted)
          ? Number.isNaN(actual)
          : Math.abs(actual - wanted) <= tolerance(name);
        assert.ok(close, `${name} of pixel ${x} ${y}: ${actual}, expected ${wanted}`);
      });
    });
    assert.ok(
      counts.size >= 3,
      `the world should give pixels with different counts, got ${[...counts].join()}`,
    );
  });

  test('each block is fetched once and decoded at most 1.3 times; a scene that is all cloud costs its SCL only', () => {
    const ranges = two.source.reads.map(({ href, start, end }) => `${href} ${start} ${end}`);
    assert.equal(new Set(ranges).size, ranges.length, 'no range is read twice');
    const clouded = two.source.reads.filter(({ href }) => href.includes('32736_2022-01-12'));
    assert.ok(clouded.length > 0);
    assert.ok(
      clouded.every(({ href }) => href.endsWith('/scl.tif')),
      'only SCL of the clouded scene is read',
    );
    const { fetched } = two.reader.stats;
    assert.ok(blocksDecoded > 0 && blocksDecoded <= 1.3 * fetched, `${blocksDecoded} of ${fetched}`);
  });

  test('a tile computed alone equals the crop of its metatile, whichever came first, on one thread or two', async () => {
    const one = await testCompute(world, 1);
    try {
      const other = new MetatileComputation(one.deps, input());
      const places = [
        [2, 1],
        [1, 2],
        [0, 0],
      ] as const;
      for (const [x, y] of places) {
        await other.tile(native(x, y));
        assertSame(other.products(native(x, y)), crop(reference, x, y), `tile ${x} ${y}, one thread`);
      }
      for (const [x, y] of places.slice(0, 2)) {
        const alone = new MetatileComputation(two.deps, input());
        await alone.tile(native(x, y));
        assertSame(alone.products(native(x, y)), crop(reference, x, y), `tile ${x} ${y} alone`);
        two.deps.arena.reset();
      }
    } finally {
      await one.pool.close();
    }
  });

  test('a point has the numbers of its tile, bit for bit', async () => {
    for (let i = 0; i < 8; i += 1) {
      const x = Math.floor(hash(i, 3) * METATILE_SIZE);
      const y = Math.floor((hash(i, 4) * METATILE_SIZE) / 2);
      const point = await computePoint(
        two.deps,
        input(),
        world.metatile.x * METATILE_SIZE + x,
        world.metatile.y * METATILE_SIZE + y,
      );
      two.deps.arena.reset();
      const place = y * METATILE_SIZE + x;
      assert.equal(point.observations, reference.get('observations')?.data[place]);
      assert.equal(point.series.length, point.observations);
      for (const name of ['ndvi_peak', 'ndvi_sos', 'swir22_median']) {
        const feature = FEATURE_ORDER_V1.findIndex((candidate) => candidate === name);
        assert.ok(Object.is(point.features[feature], reference.get(name)?.data[place]), name);
      }
    }
  });

  test('the dates without an observation of a point are told, with the reason that the scenes give', async () => {
    const reasons = new Set<string>();
    for (let i = 0; i < 40; i += 1) {
      const px = world.metatile.x * METATILE_SIZE + Math.floor(hash(i, 5) * METATILE_SIZE);
      const py = world.metatile.y * METATILE_SIZE + Math.floor(hash(i, 6) * METATILE_SIZE * 0.7);
      const point = await computePoint(two.deps, input(), px, py);
      two.deps.arena.reset();
      const shown = new Set(point.series.map(({ date }) => date));
      const expected = planSeason(world, season).flatMap(({ date, scenes }) =>
        shown.has(date) ? [] : [{ date, reason: plainReason(world, scenes, px, py) }],
      );
      assert.deepEqual(
        point.masked.map(({ date, reason }) => ({ date, reason })),
        expected,
      );
      for (const { reason } of point.masked) reasons.add(reason);
    }
    for (const reason of ['cloud', 'cirrus', 'shadow', 'near-cloud', 'no-data', 'outside'])
      assert.ok(reasons.has(reason), `${reason} among ${[...reasons].join(', ')}`);
  });
});
