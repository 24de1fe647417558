import { metatileItem } from '../../engine/encode/stac-item.js';
import { encodeProduct, productKind, type EncodedProduct } from '../../engine/encode/products.js';
import { METATILE_SIZE, NATIVE_ZOOM } from '../../engine/geo/tile-matrix.js';
import type { Raster } from '../../engine/raster.js';
import { scenesDigest } from '../../engine/scenes/scene-list.js';
import type { Scene, SceneList } from '../../engine/scenes/scene.js';
import { seasonWindow, SUMMER } from '../../engine/season.js';
import { Archive } from '../archive.js';
import type { Metatile } from '../archive-keys.js';
import type { ObjectStore } from '../object-store.js';
import { SceneListStore } from '../scene-list-store.js';
import { RECIPE, SEASON } from './testing.js';

/** For tests only: a metatile as it is really archived, of values that stand for their product. */
export const CLASSES = ['maize', 'water', 'other'];
const PALETTE = ['#f2c230', '#2060c0', '#808080'];

const SCENE: Scene = {
  id: 'S2_1',
  collection: 's2_l2a_c1',
  datetime: '2021-12-12T08:00:00Z',
  date: '2021-12-12',
  cloudCover: 3,
  baseline: 5.1,
  epsg: 32736,
  geometry: {
    type: 'Polygon',
    coordinates: [
      [
        [30, -18],
        [31, -18],
        [31, -17],
        [30, -17],
        [30, -18],
      ],
    ],
  },
  assets: {},
  reflectance: { scale: 0.0001, offset: -0.1, reason: 'profile', checkedRedMedian: null },
};

export const listOf = ({ x, y }: Metatile, scenes: readonly Scene[] = [SCENE]): SceneList => ({
  profile: 'world',
  season: SUMMER.name,
  year: 2021,
  metatile: { z: 12, x, y },
  scenes,
  leftOut: [],
  lookedUpAt: '2022-06-01T00:00:00Z',
  digest: scenesDigest(scenes),
});

export const SCENES = scenesDigest([SCENE]);

export function valuesOf(name: string, change: (value: number) => number = (value) => value): Raster {
  const pixels = METATILE_SIZE * METATILE_SIZE;
  const shape = { width: METATILE_SIZE, height: METATILE_SIZE };
  const field = (i: number): number =>
    Math.floor((i % METATILE_SIZE) / 37) + Math.floor(i / METATILE_SIZE / 29);
  if (productKind(name) === 'feature') {
    const data = Float32Array.from({ length: pixels }, (_, i) =>
      change(i % 97 === 0 ? NaN : Math.sin(field(i))),
    );
    return { ...shape, bands: 1, nodata: NaN, data };
  }
  if (name === 'truecolor') {
    const mask = Uint8Array.from({ length: pixels }, (_, i) => (field(i) % 5 === 0 ? 0 : 255));
    return {
      ...shape,
      bands: 3,
      nodata: null,
      mask,
      data: new Uint8Array(3 * pixels).map((_, i) => i % 251),
    };
  }
  const most = name === 'classes' ? CLASSES.length : 101;
  const data = Uint8Array.from({ length: pixels }, (_, i) => change(i % 113 === 0 ? 255 : field(i) % most));
  return { ...shape, bands: 1, nodata: name === 'observations' ? null : 255, data };
}

const encodedBefore = new Map<string, Promise<EncodedProduct>>();

/** A product of {@link valuesOf}, encoded once a process. */
function encodedOf(name: string, metatile: Metatile): Promise<EncodedProduct> {
  const key = `${name} ${metatile.x} ${metatile.y}`;
  const known = encodedBefore.get(key) ?? encodeValues(name, valuesOf(name), metatile);
  encodedBefore.set(key, known);
  return known;
}

export function encodeValues(name: string, raster: Raster, { x, y }: Metatile): Promise<EncodedProduct> {
  const window = { zoom: NATIVE_ZOOM, px0: x * METATILE_SIZE, py0: y * METATILE_SIZE };
  return encodeProduct(name, raster, { window, classes: CLASSES, palette: PALETTE });
}

const NAMES = ['classes', 'confidence', 'observations', 'truecolor'];
const FEATURE = 'ndvi_peak';

/** Scene list, products, item, pointer, and a feature that was asked for later. */
export async function archiveReal(store: ObjectStore, metatile: Metatile): Promise<void> {
  const encoded = new Map<string, EncodedProduct>();
  for (const name of NAMES) encoded.set(name, await encodedOf(name, metatile));
  const list = listOf(metatile);
  const archive = new Archive(store);
  await new SceneListStore(store).write(list);
  await archive.writeMetatile(RECIPE, SEASON, metatile, list.digest, {
    products: encoded,
    lookedUpAt: list.lookedUpAt,
    item: metatileItem({
      metatile,
      season: seasonWindow(SUMMER, 2021),
      products: encoded,
      sceneList: list,
      recipe: { digest: RECIPE },
      classes: { names: CLASSES, palette: PALETTE },
      model: { name: 'trees', version: '1', digest: 'd' },
      softwareVersion: '0',
      created: new Date('2022-06-02T00:00:00Z'),
    }),
  });
  const feature = await encodedOf(FEATURE, metatile);
  await archive.writeProduct(RECIPE, SEASON, metatile, list.digest, FEATURE, feature);
}
