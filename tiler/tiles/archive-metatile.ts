import type { Archive } from '../../cache/archive.js';
import type { EncodedProduct } from '../../engine/encode/products.js';
import { metatileItem } from '../../engine/encode/stac-item.js';
import { METATILE_SIZE, NATIVE_ZOOM, type TileId } from '../../engine/geo/tile-matrix.js';
import type { Raster } from '../../engine/raster.js';
import type { SceneList } from '../../engine/scenes/scene.js';
import type { WorkerPool } from '../../engine/workers/pool.js';
import { SOFTWARE_VERSION } from '../version.js';
import type { MapDefinition } from './maps.js';

export interface ArchiveRequest {
  readonly archive: Archive;
  readonly pool: WorkerPool;
  readonly definition: MapDefinition;
  readonly metatile: TileId;
  readonly list: SceneList;
  /** All products of the whole metatile, by name. */
  readonly products: ReadonlyMap<string, Raster>;
  /** A feature that was asked for, to be kept too. */
  readonly feature: string | null;
  readonly now: Date;
}

/** What hangs on the pixels only, and what hangs on the model too: two folders of the archive. */
const PIXEL_PRODUCTS = ['observations', 'truecolor'];
const MAP_PRODUCTS = ['classes', 'confidence'];

/** Writes a finished metatile: idempotent, `item.json` last. @throws store-full, store-unavailable */
export async function archiveMetatile(request: ArchiveRequest): Promise<void> {
  const { definition, feature } = request;
  await write(request, definition.pixelsDigest, [...PIXEL_PRODUCTS, ...(feature === null ? [] : [feature])]);
  if (definition.bundle !== null && feature === null)
    await write(request, definition.mapDigest, MAP_PRODUCTS);
}

async function write(request: ArchiveRequest, recipe: string, names: readonly string[]): Promise<void> {
  const { archive, definition, metatile, list, feature } = request;
  const { seasonKey } = definition;
  if (await archive.has(recipe, seasonKey, metatile, list.digest)) {
    if (feature !== null && names.includes(feature)) {
      const encoded = await encode(request, feature);
      await archive.writeProduct(recipe, seasonKey, metatile, list.digest, feature, encoded);
    }
    // A list may come back to scenes that were finished before.
    await archive.markCurrent(recipe, seasonKey, metatile, list.digest, list.lookedUpAt);
    return;
  }
  const encoded = new Map(
    await Promise.all(names.map(async (name) => [name, await encode(request, name)] as const)),
  );
  const { bundle } = definition;
  const isMap = names === MAP_PRODUCTS && bundle !== null;
  await archive.writeMetatile(recipe, seasonKey, metatile, list.digest, {
    products: encoded,
    lookedUpAt: list.lookedUpAt,
    item: metatileItem({
      metatile,
      season: definition.season,
      products: encoded,
      sceneList: list,
      recipe: { ...definition.pixels, digest: recipe },
      softwareVersion: SOFTWARE_VERSION,
      created: request.now,
      ...(isMap
        ? {
            classes: { names: bundle.classes, palette: bundle.palette },
            model: { name: bundle.name, version: bundle.version, digest: bundle.digest },
          }
        : {}),
    }),
  });
}

function encode(
  { pool, definition, metatile, products }: ArchiveRequest,
  name: string,
): Promise<EncodedProduct> {
  const raster = products.get(name);
  if (raster === undefined) throw new RangeError(`the metatile has no ${name}`);
  const { bundle } = definition;
  return pool.run('encode', {
    name,
    raster,
    options: {
      window: { zoom: NATIVE_ZOOM, px0: metatile.x * METATILE_SIZE, py0: metatile.y * METATILE_SIZE },
      ...(bundle === null ? {} : { classes: bundle.classes, palette: bundle.palette }),
    },
  });
}
