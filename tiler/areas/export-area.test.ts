import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Archive } from '../../cache/archive.js';
import { metatilePrefix, productKey } from '../../cache/archive-keys.js';
import { MemoryObjectStore } from '../../cache/memory-store.js';
import { encodeCog } from '../../engine/encode/cog.js';
import { inTemporaryFolder } from '../../engine/encode/gdal-oracle.js';
import { mapTransform } from '../../engine/encode/map-window.js';
import { overviewCount, overviews } from '../../engine/encode/overviews.js';
import {
  encodeProduct,
  productCoding,
  productItems,
  productKind,
  productNodata,
  productReducer,
} from '../../engine/encode/products.js';
import type { StacItem } from '../../engine/encode/stac-item.js';
import { GeoCropError, isGeoCropError } from '../../engine/errors.js';
import type { Coverage } from '../../engine/geo/coverage.js';
import { areasCut, wholeCut, type PixelCut, type PixelWindow } from '../../engine/geo/pixel-cut.js';
import { METATILE_SIZE, pixelWindowLonLat, type TileId } from '../../engine/geo/tile-matrix.js';
import { compileKernels } from '../../engine/kernels/load.js';
import type { Raster } from '../../engine/raster.js';
import type { SceneList } from '../../engine/scenes/scene.js';
import { WorkerPool } from '../../engine/workers/pool.js';
import type { MapDefinition } from '../tiles/maps.js';
import type { LayerInfo } from '../tiles/tile-service.js';
import { exportArea, type ExportRequest, type ExportSummary } from './export-area.js';
import { planExport, type ExportPlan } from './export-plan.js';

const CORNER = { x: 2389, y: 2271 };
const SEASON = 'summer-2021';
const CLASSES = { classes: ['maize', 'tobacco'], palette: ['#f2c230', '#8c5a2b'] };
const DEFINITION = {
  seasonKey: SEASON,
  mapDigest: 'map',
  pixelsDigest: 'pixels',
  bundle: CLASSES,
} as unknown as MapDefinition;

const LAYERS: readonly LayerInfo[] = [
  { name: 'classes', kind: 'classes', title: '' },
  { name: 'confidence', kind: 'percent', title: '' },
  { name: 'truecolor', kind: 'rgb', title: '' },
  { name: 'observations', kind: 'count', title: '' },
  { name: 'ndvi_peak', kind: 'feature', title: '' },
];

/** Three metatiles by two: what each has to give. */
type State = 'final' | 'stale' | 'empty' | 'missing';
const STATES: readonly State[] = ['final', 'final', 'stale', 'missing', 'empty', 'final'];
const stateOf = ({ x, y }: { x: number; y: number }): State =>
  STATES[(y - CORNER.y) * 3 + x - CORNER.x] ?? 'missing';

const recipeOf = (layer: string): string =>
  layer === 'classes' || layer === 'confidence' ? 'map' : 'pixels';

/** From 0 to 1, always the same, and cheap: millions are asked for. */
function scatter(x: number, y: number, at: number): number {
  const mixed = Math.imul(x ^ (y << 7), 0x9e3779b1) ^ Math.imul(y + at, 0x85ebca6b);
  return (Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35) >>> 0) / 2 ** 32;
}

/** Any rectangle of the map, as it was computed. */
function values(layer: string, x0: number, y0: number, width: number, height: number): Raster {
  const kind = productKind(layer);
  const bands = kind === 'truecolor' ? 3 : 1;
  const pixels = width * height;
  const of = (i: number, at: number): number =>
    scatter((x0 + (i % width)) >> 2, (y0 + Math.floor(i / width)) >> 2, at);
  const data =
    kind === 'feature'
      ? Float32Array.from({ length: pixels }, (_, i) => (of(i, 9) < 0.1 ? NaN : of(i, 0)))
      : Uint8Array.from({ length: bands * pixels }, (_, i) =>
          Math.floor(of(i % pixels, Math.floor(i / pixels)) * 9),
        );
  const mask =
    kind === 'truecolor'
      ? Uint8Array.from({ length: pixels }, (_, i) => (of(i, 7) < 0.2 ? 0 : 255))
      : undefined;
  if (mask !== undefined) for (let i = 0; i < data.length; i++) if (mask[i % pixels] === 0) data[i] = 0;
  const nodata = productNodata(kind);
  return { data, bands, width, height, nodata, ...(mask === undefined ? {} : { mask }) };
}

const list = (scenes: string, count: number): SceneList =>
  ({
    digest: scenes,
    scenes: Array.from({ length: count }, (_, i) => ({
      id: `${scenes}-${i}`,
      date: '2021-10-03',
      datetime: '2021-10-03T08:00:00Z',
    })),
    leftOut: [],
    lookedUpAt: '2022-06-01T00:00:00Z',
  }) as unknown as SceneList;

const item = (scenes: string): StacItem =>
  ({
    type: 'Feature',
    properties: { 'geocrop:scenes': { digests: [scenes], ids: [`${scenes}-0`], newest: null, leftOut: 0 } },
    assets: {},
  }) as unknown as StacItem;

const sceneLists = {
  kept: async (_: MapDefinition, metatile: TileId) => {
    if (stateOf(metatile) === 'missing') return undefined;
    return { list: list('new', stateOf(metatile) === 'empty' ? 0 : 1), old: false };
  },
};

/** A store that counts, and fails when it is told to. */
class CountingStore extends MemoryObjectStore {
  reads = 0;
  underWay = 0;
  most = 0;
  fail: (() => Error | null) | null = null;

  override async getRange(
    ...args: Parameters<MemoryObjectStore['getRange']>
  ): Promise<Uint8Array | undefined> {
    this.reads += 1;
    this.most = Math.max(this.most, (this.underWay += 1));
    await new Promise(setImmediate);
    this.underWay -= 1;
    const error = this.fail?.() ?? null;
    if (error !== null) throw error;
    return super.getRange(...args);
  }
}

async function archiveOf(store: CountingStore): Promise<void> {
  const archive = new Archive(store);
  for (let i = 0; i < STATES.length; i += 1) {
    const metatile = { x: CORNER.x + (i % 3), y: CORNER.y + Math.floor(i / 3) };
    const state = STATES[i];
    if (state !== 'final' && state !== 'stale') continue;
    const [px0, py0] = [metatile.x * METATILE_SIZE, metatile.y * METATILE_SIZE];
    for (const recipe of ['map', 'pixels']) {
      const names = LAYERS.map(({ name }) => name).filter((name) => recipeOf(name) === recipe);
      const products = new Map();
      for (const name of names) {
        const raster = values(name, px0, py0, METATILE_SIZE, METATILE_SIZE);
        products.set(name, await encodeProduct(name, raster, { window: { zoom: 14, px0, py0 }, ...CLASSES }));
      }
      const scenes = state === 'final' ? 'new' : 'old';
      await archive.writeMetatile(recipe, SEASON, metatile, scenes, { products, item: item(scenes) });
    }
  }
}

const WINDOW: PixelWindow = {
  zoom: 14,
  x: CORNER.x * METATILE_SIZE + 300,
  y: CORNER.y * METATILE_SIZE + 777,
  width: 2500,
  height: 900,
};
const [WEST, SOUTH, EAST, NORTH] = pixelWindowLonLat(14, WINDOW.x, WINDOW.y, WINDOW.width, WINDOW.height);
const EVERYWHERE: Pick<Coverage, 'meetsBox'> = { meetsBox: () => true };

/** What the file has to hold: the values where they are there and inside of the cut, nodata elsewhere. */
function expected(layer: string, cut: PixelCut, isThere: (x: number, y: number) => boolean): Raster {
  const { x: x0, y: y0, width, height } = WINDOW;
  const all = values(layer, x0, y0, width, height);
  const mask = all.nodata === null ? (all.mask ?? new Uint8Array(width * height).fill(255)) : undefined;
  for (let y = 0; y < height; y += 1) {
    const inside = new Uint8Array(width);
    for (const [from, to] of cut.spans(y0 + y)) inside.fill(1, from - x0, to - x0);
    for (let x = 0; x < width; x += 1) {
      if (inside[x] === 1 && isThere(x0 + x, y0 + y)) continue;
      for (let band = 0; band < all.bands; band += 1)
        all.data[(band * height + y) * width + x] = all.nodata ?? 0;
      if (mask !== undefined) mask[y * width + x] = 0;
    }
  }
  return mask === undefined ? all : { ...all, mask };
}

const archivedAt = (x: number, y: number): boolean => {
  const state = stateOf({ x: Math.floor(x / METATILE_SIZE), y: Math.floor(y / METATILE_SIZE) });
  return state === 'final' || state === 'stale';
};

async function whole(layer: LayerInfo, raster: Raster): Promise<Uint8Array> {
  const kind = productKind(layer.name);
  return encodeCog({
    raster,
    overviews: overviews(raster, productReducer(kind), overviewCount(raster.width, raster.height, 256)),
    epsg: 3857,
    transform: mapTransform({ zoom: 14, px0: WINDOW.x, py0: WINDOW.y }),
    ...productCoding(kind, CLASSES),
    metadata: productItems(layer.name, kind, CLASSES),
    sparse: true,
  });
}

describe('what is archived of an area', () => {
  let pool: WorkerPool;
  const store = new CountingStore();
  const damage: GeoCropError[] = [];

  before(async () => {
    pool = new WorkerPool({ threads: 2, kernels: await compileKernels() });
    await archiveOf(store);
  });
  after(() => pool.close());

  const planned = (layer: LayerInfo, cut: PixelCut, coverage = EVERYWHERE): Promise<ExportPlan> =>
    planExport(
      { sceneLists, archive: new Archive(store), coverage },
      { definition: DEFINITION, layer, window: WINDOW, cut },
    );
  const exported = async (
    path: string,
    layer: LayerInfo,
    plan: ExportPlan,
    more: Partial<ExportRequest> = {},
  ): Promise<ExportSummary> => {
    const archive = new Archive(store, { onDamage: (error) => damage.push(error) });
    const request = { definition: DEFINITION, layer, path, ...more };
    const { finished, summary } = await exportArea({ archive, pool }, plan, request);
    await finished.commit();
    return summary;
  };

  for (const layer of LAYERS) {
    test(`${layer.name}: the values where they are, nodata elsewhere, each block read once`, async () => {
      await inTemporaryFolder(async (folder) => {
        const path = join(folder, 'a.tif');
        const [lon, lat] = [(WEST + EAST) / 2, (SOUTH + NORTH) / 2];
        const diamond = {
          type: 'Polygon' as const,
          coordinates: [[[WEST, lat], [lon, SOUTH], [EAST, lat], [lon, NORTH], [WEST, lat]]], // prettier-ignore
        };
        for (const cut of [wholeCut(WINDOW), areasCut([diamond], WINDOW)]) {
          const plan = await planned(layer, cut);
          Object.assign(store, { reads: 0, most: 0 });
          const summary = await exported(path, layer, plan);
          const raster = expected(layer.name, cut, archivedAt);
          assert.ok(readFileSync(path).equals(await whole(layer, raster)));
          assert.deepEqual(summary.metatiles, { all: 6, there: 5, stale: 1, missing: 1, damaged: 0 });
          let there = 0;
          let tiles = 0;
          for (let y = WINDOW.y; y < WINDOW.y + WINDOW.height; y += 1) {
            for (const [from, to] of cut.spans(y)) {
              for (let x = from; x < to; x += 1) {
                const state = stateOf({ x: Math.floor(x / METATILE_SIZE), y: Math.floor(y / METATILE_SIZE) });
                if (state !== 'missing') there += 1;
              }
            }
          }
          for (const { tile, archived } of plan.metatiles) {
            if (!('scenes' in archived)) continue;
            for (let i = 0; i < 16; i += 1) {
              if (plan.pixelsOf(tile.x * 4 + (i % 4), tile.y * 4 + (i >> 2)) > 0) tiles += 1;
            }
          }
          assert.equal(summary.pixels.there, there);
          assert.equal(store.reads, tiles + 4, 'a range a block, and a header a metatile');
          assert.ok(store.most > 1 && store.most <= 16, `${store.most} reads at once`);
        }
      });
    });
  }

  const [CLASS_LAYER] = LAYERS as [LayerInfo];

  test('scenes are told once, of what is there; the estimate is near the file', async () => {
    const plan = await planned(CLASS_LAYER, wholeCut(WINDOW));
    const { digests, ids } = plan.scenes.summary();
    assert.deepEqual(digests, ['new', 'old']);
    assert.deepEqual(ids, ['new-0', 'old-0']);
    await inTemporaryFolder(async (folder) => {
      await exported(join(folder, 'a.tif'), CLASS_LAYER, plan);
      const { length } = readFileSync(join(folder, 'a.tif'));
      assert.ok(plan.estimate > length / 2 && plan.estimate < length * 2, `${plan.estimate} for ${length}`);
    });
  });

  test('outside the coverage nothing is missing, and nothing is shown', async () => {
    const border = WINDOW.x + 1000;
    const west: Pick<Coverage, 'meetsBox'> = {
      meetsBox: ([w]) => w < pixelWindowLonLat(14, border, WINDOW.y, 1, 1)[0],
    };
    const plan = await planned(CLASS_LAYER, wholeCut(WINDOW), west);
    const last = Math.floor((border - 1) / 256) * 256 + 256;
    assert.deepEqual(
      plan.metatiles.map(({ archived }) => archived.state),
      ['final', 'final', 'missing', 'empty'],
    );
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'a.tif');
      const { pixels } = await exported(path, CLASS_LAYER, plan);
      assert.equal(pixels.all, (last - WINDOW.x) * WINDOW.height);
      const raster = expected('classes', wholeCut(WINDOW), (x, y) => x < last && archivedAt(x, y));
      assert.ok(readFileSync(path).equals(await whole(CLASS_LAYER, raster)));
    });
    await assert.rejects(planned(CLASS_LAYER, wholeCut(WINDOW), { meetsBox: () => false }), (error) =>
      isGeoCropError(error, 'outside-coverage'),
    );
  });

  test('interrupted, or the store away: nothing is left', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'a.tif');
      const plan = await planned(CLASS_LAYER, wholeCut(WINDOW));
      const stop = new AbortController();
      const interrupted = exported(path, CLASS_LAYER, plan, {
        signal: stop.signal,
        onProgress: (done, total) => {
          assert.ok(done < total, 'in the middle');
          stop.abort();
        },
      });
      await assert.rejects(interrupted, { name: 'AbortError' });
      assert.deepEqual(readdirSync(folder), []);

      store.reads = 0;
      store.fail = () => (store.reads > 20 ? new GeoCropError('store-unavailable', 'away') : null);
      await assert.rejects(exported(path, CLASS_LAYER, plan), (error) =>
        isGeoCropError(error, 'store-unavailable'),
      );
      store.fail = null;
      assert.deepEqual(readdirSync(folder), []);
    });
  });

  /** The last: it breaks the archive. */
  test('a damaged block is said, and its metatile counted as missing; never other pixels', async () => {
    const metatile = { x: CORNER.x + 1, y: CORNER.y };
    const plan = await planned(CLASS_LAYER, wholeCut(WINDOW));
    const key = productKey(metatilePrefix('map', SEASON, metatile), 'new', 'classes');
    const bytes = (await store.get('geocrop-results', key)) as Uint8Array;
    // The last block, whose end is the file's: its middle is turned over.
    const bad = Uint8Array.from(bytes);
    for (let i = bad.length - 2000; i < bad.length - 1000; i += 1) bad[i] = (bad[i] as number) ^ 255;
    await store.put('geocrop-results', key, bad);
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'a.tif');
      const { metatiles, pixels } = await exported(path, CLASS_LAYER, plan);
      assert.deepEqual(metatiles, { all: 6, there: 4, stale: 1, missing: 2, damaged: 1 });
      assert.ok(damage.some((error) => error.code === 'store-corrupt' && error.message.includes(key)));
      assert.ok(pixels.there < pixels.all);
      const [px, py] = [metatile.x * METATILE_SIZE, metatile.y * METATILE_SIZE];
      // The blocks before it in its row are right, what comes after it is nodata.
      const before = expected('classes', wholeCut(WINDOW), (x, y) => {
        const beside = x < px || x >= px + METATILE_SIZE || y < py || y >= py + METATILE_SIZE;
        return beside ? archivedAt(x, y) : Math.floor((x - px) / 256) < 3;
      });
      assert.ok(readFileSync(path).equals(await whole(CLASS_LAYER, before)));
    });
    const again = await planned(CLASS_LAYER, wholeCut(WINDOW));
    assert.equal(again.metatiles[1]?.archived.state, 'missing');
  });
});
