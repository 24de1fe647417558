import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Polygon } from 'geojson';
import { Archive } from '../../../cache/archive.js';
import { metatilePrefix, productKey } from '../../../cache/archive-keys.js';
import { MemoryObjectStore } from '../../../cache/memory-store.js';
import { encodeProduct } from '../../../engine/encode/products.js';
import type { StacItem } from '../../../engine/encode/stac-item.js';
import { GeoCropError, isGeoCropError } from '../../../engine/errors.js';
import type { Coverage } from '../../../engine/geo/coverage.js';
import { pixelHectares } from '../../../engine/geo/pixel-area.js';
import { areaContains } from '../../../engine/geo/polygon.js';
import {
  METATILE_SIZE,
  metatileOf,
  pixelCentreLonLat,
  pixelWindowLonLat,
  type TileId,
} from '../../../engine/geo/tile-matrix.js';
import { compileKernels } from '../../../engine/kernels/load.js';
import type { SceneList } from '../../../engine/scenes/scene.js';
import { WorkerPool } from '../../../engine/workers/pool.js';
import { systemClock } from '../../http/clock.js';
import type { MapDefinition } from '../../tiles/maps.js';
import type { MetatileRequest } from '../../tiles/metatile-desk.js';
import type { ComputeWish } from '../area-service.js';
import { openAreaService, type AreaDeps } from '../open-area-service.js';
import type { AreaStatistics } from './answer.js';

/** Three metatiles side by side: archived, without scenes, not computed; and one beyond the coverage. */
const CORNER = { x: 2389, y: 2271 };
const SEASON = 'summer-2021';
const NAMES = ['maize', 'tobacco', 'water'];
const PALETTE = ['#f2c230', '#8c5a2b', '#419bdf'];
const DEFINITION = {
  key: { season: 'summer', year: 2021, model: 'Ensemble' },
  season: { start: '2021-09-01', end: '2022-05-31' },
  seasonKey: SEASON,
  mapDigest: '0123456789abcdef',
  pixelsDigest: 'pixels',
  bundle: { classes: NAMES, palette: PALETTE },
} as unknown as MapDefinition;
const CARD = {
  confusionMatrix: {
    rows: 'truth',
    columns: 'map',
    classes: NAMES,
    pixels: [
      [40, 3, 1],
      [5, 50, 0],
      [0, 2, 30],
    ],
  },
};

const classAt = (x: number, y: number): number => {
  const value = (((x * 7) ^ (y * 13)) >>> 4) % 4;
  return value === 3 ? 255 : value;
};
const confidenceAt = (x: number, y: number): number => (classAt(x, y) === 255 ? 255 : (x + y) % 101);

async function archiveMetatile(store: MemoryObjectStore, metatile: TileId): Promise<void> {
  const [px0, py0] = [metatile.x * METATILE_SIZE, metatile.y * METATILE_SIZE];
  const of = (at: (x: number, y: number) => number) => ({
    data: Uint8Array.from({ length: METATILE_SIZE ** 2 }, (_, i) =>
      at(px0 + (i % METATILE_SIZE), py0 + Math.floor(i / METATILE_SIZE)),
    ),
    bands: 1,
    width: METATILE_SIZE,
    height: METATILE_SIZE,
    nodata: 255,
  });
  const window = { zoom: 14, px0, py0 };
  const options = { window, classes: NAMES, palette: PALETTE };
  await new Archive(store).writeMetatile(DEFINITION.mapDigest, SEASON, metatile, 'scenes', {
    products: new Map([
      ['classes', await encodeProduct('classes', of(classAt), options)],
      ['confidence', await encodeProduct('confidence', of(confidenceAt), options)],
    ]),
    item: { type: 'Feature', properties: {}, assets: {} } as unknown as StacItem,
  });
}

const list = (count: number): SceneList =>
  ({
    digest: 'scenes',
    scenes: Array.from({ length: count }, (_, i) => ({
      id: `S2-${i}`,
      date: '2021-10-03',
      datetime: '2021-10-03T08:00:00Z',
    })),
    leftOut: [],
    lookedUpAt: '2022-06-01T00:00:00Z',
  }) as unknown as SceneList;

const sceneLists = {
  kept: async (_: MapDefinition, { x }: TileId) =>
    x === CORNER.x + 2 ? undefined : { list: list(x === CORNER.x + 1 ? 0 : 3), old: false },
};

/** Its eastern border is that of the third metatile. */
const coverage: Pick<Coverage, 'meetsBox' | 'bounds'> = {
  bounds: [25, -23, 34, -15],
  meetsBox: ([west]) =>
    west < pixelCentreLonLat(14, (CORNER.x + 3) * METATILE_SIZE, CORNER.y * METATILE_SIZE)[0] - 1e-3,
};

/** Slanted, over all four, with a hole in the first. */
function slanted(): Polygon {
  const at = (x: number, y: number): [number, number] =>
    pixelCentreLonLat(14, CORNER.x * METATILE_SIZE + x, CORNER.y * METATILE_SIZE + y);
  const ring = [at(300, 200), at(3300, 700), at(3200, 900), at(350, 820), at(300, 200)];
  const hole = [at(500, 400), at(700, 410), at(600, 600), at(500, 400)];
  return { type: 'Polygon', coordinates: [ring, hole] };
}

/** Pixel by pixel, by the plain definition. */
function bruteForce(area: Polygon) {
  const found = {
    pixels: [0, 0, 0],
    hectares: [0, 0, 0],
    confidence: [0, 0, 0],
    noData: 0,
    missing: 0,
    outside: 0,
    whole: 0,
  };
  const y0 = CORNER.y * METATILE_SIZE;
  for (let y = y0; y < y0 + METATILE_SIZE; y += 1) {
    for (let x = CORNER.x * METATILE_SIZE; x < (CORNER.x + 4) * METATILE_SIZE; x += 1) {
      if (!areaContains(area, ...pixelCentreLonLat(14, x, y))) continue;
      const hectares = pixelHectares(14, y);
      found.whole += hectares;
      const id = classAt(x, y);
      const metatile = Math.floor(x / METATILE_SIZE) - CORNER.x;
      if (metatile === 3) found.outside += hectares;
      else if (metatile === 2) found.missing += hectares;
      else if (metatile === 1 || id === 255) found.noData += hectares;
      else {
        found.pixels[id] = (found.pixels[id] ?? 0) + 1;
        found.hectares[id] = (found.hectares[id] ?? 0) + hectares;
        found.confidence[id] = (found.confidence[id] ?? 0) + confidenceAt(x, y);
      }
    }
  }
  return found;
}

const near = (got: number | undefined, expected: number, tolerance = 1e-4): void =>
  assert.ok(Math.abs((got ?? NaN) - expected) <= tolerance, `got ${got}, expected ${expected}`);

describe('hectares of an area', () => {
  let pool: WorkerPool;
  before(async () => {
    pool = new WorkerPool({ threads: 2, kernels: await compileKernels() });
  });
  after(() => pool.close());

  async function stage(order: (request: MetatileRequest) => Promise<void> = async () => undefined) {
    const store = new MemoryObjectStore();
    await archiveMetatile(store, { z: 12, ...CORNER });
    const damage: GeoCropError[] = [];
    const engine = {
      maps: {
        definition: () => DEFINITION,
        layer: () => ({ name: 'classes', kind: 'classes', title: '' }),
      },
      service: {
        version: () => '01234567',
        legend: () => NAMES.map((name, id) => ({ id, name, color: PALETTE[id] })),
      },
      sceneLists,
      archive: new Archive(store, { onDamage: (error) => damage.push(error) }),
      coverage,
      compute: { pool },
      desk: { order, ordersAtOnce: 2 },
      baselines: {
        years: async () => [{ year: 2020, digest: 'feedfacecafe', lastModified: new Date(0) }],
        tile: async (_: number, tile: TileId) =>
          metatileOf(tile).x === CORNER.x + 1
            ? null
            : { data: new Uint8Array(65_536).fill(0), bands: 1, width: 256, height: 256, nodata: 255 },
      },
    } as unknown as Parameters<typeof openAreaService>[0] & AreaDeps['engine'];
    const limits = { hectares: 100_000, vertices: 100, pixels: 1e6, workMs: 60_000 };
    const service = openAreaService(engine, { limits, clock: systemClock });
    const ask = (
      document: unknown,
      more: { compute?: ComputeWish; card?: Record<string, unknown>; baseline?: number } = {},
    ): Promise<AreaStatistics> =>
      service.statistics({
        document,
        of:
          more.baseline === undefined
            ? { kind: 'map', map: DEFINITION.key, card: more.card ?? CARD }
            : { kind: 'baseline', year: more.baseline },
        compute: more.compute ?? null,
        attribution: 'us',
        signal: new AbortController().signal,
      });
    return { store, ask, damage };
  }

  test('are what counting pixel by pixel gives: classes, holes, what is missing, empty, outside', async () => {
    const area = slanted();
    const expected = bruteForce(area);
    const { ask } = await stage();
    const found = await ask({ type: 'Feature', properties: {}, geometry: area });
    for (const [id, { pixels, hectares, meanConfidence }] of found.classes.entries()) {
      assert.equal(pixels, expected.pixels[id]);
      near(hectares, expected.hectares[id] ?? NaN);
      near(meanConfidence ?? NaN, (expected.confidence[id] ?? NaN) / pixels, 0.006);
    }
    const { classified, noData, notComputed, outsideCoverage, complete, metatiles } = found.completeness;
    near(noData.hectares, expected.noData);
    near(notComputed.hectares, expected.missing);
    near(outsideCoverage.hectares, expected.outside);
    near(found.area.hectares, expected.whole);
    assert.ok(outsideCoverage.pixels > 1000 && notComputed.pixels > 1000 && noData.pixels > 1000);
    assert.equal(complete, false);
    assert.deepEqual(metatiles, { all: 3, final: 1, stale: 0, empty: 1, missing: 1 });
    near(classified.share + noData.share + notComputed.share + outsideCoverage.share, 1, 1e-5);
    assert.equal(
      found.area.pixels,
      classified.pixels + noData.pixels + notComputed.pixels + outsideCoverage.pixels,
    );
    assert.deepEqual(found.source, {
      kind: 'map',
      layer: 'classes',
      ...DEFINITION.key,
      version: '01234567',
      recipe: DEFINITION.mapDigest,
    });
    assert.deepEqual(found.scenes, { digests: ['scenes'], count: 3, newest: '2021-10-03T08:00:00Z' });
    assert.ok(found.notes.some((note) => /not computed yet/.test(note)));
    assert.ok(found.notes.some((note) => /outside the area that this server covers/.test(note)));
  });

  test('have an interval where the card knows what the map gets wrong, weighed by this area', async () => {
    const { ask } = await stage();
    const found = await ask(slanted());
    assert.ok(found.estimate.possible);
    assert.equal(found.estimate.samples, 131);
    const mapped = found.classes.map(({ hectares }) => hectares);
    const whole = mapped.reduce((sum, hectares) => sum + hectares, 0);
    // Of what is mapped as maize 40 of 45 are, of tobacco 3 of 55, of water 1 of 31.
    const maize = (mapped[0] ?? 0) * (40 / 45) + (mapped[1] ?? 0) * (3 / 55) + (mapped[2] ?? 0) * (1 / 31);
    const [first] = found.classes;
    near(first?.adjusted?.hectares, maize, 1e-3);
    const [low = NaN, high = NaN] = first?.adjusted?.interval ?? [];
    near((high - low) / 2, 1.96 * (first?.adjusted?.standardError ?? NaN), 1e-3);
    near(first?.adjusted?.share, maize / whole, 1e-5);
    assert.ok(!found.notes.some((note) => note.includes('no width')));
    const faultless = {
      confusionMatrix: {
        ...CARD.confusionMatrix,
        pixels: [
          [40, 3, 0],
          [5, 50, 0],
          [0, 0, 30],
        ],
      },
    };
    const { notes } = await ask(slanted(), { card: faultless });
    assert.ok(notes.some((note) => /error of water, so that the interval has no width/.test(note)));
    const none = await ask(slanted(), { card: { accuracy: 0.9 } });
    assert.equal(none.estimate.possible, false);
    assert.ok(none.classes.every(({ adjusted }) => adjusted === null));
  });

  test('overlapping polygons are united, and the order of rings and polygons is nobody’s business', async () => {
    const { ask } = await stage();
    const area = slanted();
    const [outer = [], hole = []] = area.coordinates;
    const again: Polygon = { type: 'Polygon', coordinates: [[...outer].reverse(), [...hole].reverse()] };
    const once = await ask(area);
    const twice = await ask({ type: 'GeometryCollection', geometries: [again, area] });
    assert.deepEqual(twice.classes, once.classes);
  });

  test('what is missing is computed where that is wished, and then counted', async () => {
    const ordered: number[] = [];
    const made = await stage(async ({ metatile }) => {
      ordered.push(metatile.x);
      throw new GeoCropError('not-ready', 'Still.');
    });
    await assert.rejects(made.ask(slanted(), { compute: { waitMs: 1000 } }), (error) =>
      isGeoCropError(error, 'not-ready'),
    );
    assert.deepEqual(ordered, [CORNER.x + 2]);
  });

  test('a damaged block counts as not computed, and is reported', async () => {
    const { ask, store, damage } = await stage();
    const prefix = metatilePrefix(DEFINITION.mapDigest, SEASON, CORNER);
    const key = productKey(prefix, 'scenes', 'classes');
    const bytes = (await store.get('geocrop-results', key))?.slice();
    assert.ok(bytes !== undefined);
    // Into the middle of the picture: some block's bytes.
    bytes.fill(0xa5, bytes.length - 600, bytes.length - 500);
    await store.put('geocrop-results', key, bytes);
    const whole = pixelWindowLonLat(14, CORNER.x * METATILE_SIZE, CORNER.y * METATILE_SIZE, 1024, 1024);
    const [west, south, east, north] = whole.map((edge, at) => edge + (at < 2 ? 1e-6 : -1e-6));
    const found = await ask({
      type: 'Polygon',
      coordinates: [
        [
          [west, south],
          [east, south],
          [east, north],
          [west, north],
          [west, south],
        ],
      ],
    });
    assert.ok(damage.length > 0);
    assert.ok(found.completeness.notComputed.pixels > 0);
    assert.equal(found.completeness.metatiles?.missing, 1);
    assert.equal(found.area.pixels, METATILE_SIZE ** 2);
  });

  test('of Dynamic World: 0 is water, and counts', async () => {
    const { ask } = await stage();
    const found = await ask(slanted(), { baseline: 2020 });
    const expected = bruteForce(slanted());
    assert.equal(found.classes[0]?.name, 'water');
    assert.equal(found.classes.length, 9);
    near(found.classes[0]?.hectares, found.completeness.classified.hectares);
    near(
      found.completeness.classified.hectares + found.completeness.noData.hectares,
      expected.whole - expected.outside,
      1e-3,
    );
    assert.equal(found.completeness.complete, true);
    assert.equal(found.estimate.possible, false);
    await assert.rejects(ask(slanted(), { baseline: 1999 }), (error) =>
      isGeoCropError(error, 'unknown-year'),
    );
  });

  test('what lies elsewhere is refused with where there are maps', async () => {
    const { ask } = await stage();
    const [lon, lat] = pixelCentreLonLat(14, (CORNER.x + 3) * METATILE_SIZE + 300, CORNER.y * METATILE_SIZE);
    const elsewhere = [
      [lon, lat],
      [lon + 0.01, lat],
      [lon, lat - 0.01],
      [lon, lat],
    ];
    for (const more of [{}, { baseline: 2020 }]) {
      await assert.rejects(
        ask({ type: 'Polygon', coordinates: [elsewhere] }, more),
        (error) =>
          isGeoCropError(error, 'outside-coverage') && /within 25, -23, 34, -15/.test(error.hint ?? ''),
      );
    }
  });

  test('too much is refused with what is allowed', async () => {
    const { ask } = await stage();
    const large: Polygon = {
      type: 'Polygon',
      coordinates: [
        [
          [29, -18],
          [30, -18],
          [30, -17],
          [29, -17],
          [29, -18],
        ],
      ],
    };
    await assert.rejects(
      ask(large),
      (error) => isGeoCropError(error, 'area-too-large') && error.context['most'] === 100_000,
    );
  });
});
