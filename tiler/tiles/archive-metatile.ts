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
  for (const { recipe, names } of foldersOf(request)) await write(request, recipe, names);
}

/** True where all of it is there, made by whomever; it is then the newest, also where a list came back to scenes of before. */
export async function isArchived(
  request: Pick<ArchiveRequest, 'archive' | 'definition' | 'metatile' | 'list' | 'feature'>,
): Promise<boolean> {
  const { archive, definition, metatile, list } = request;
  const { seasonKey } = definition;
  const folders = foldersOf(request);
  for (const { recipe, names } of folders) {
    const lacking = await archive.lacking(recipe, seasonKey, metatile, list.digest, names);
    if (lacking.length > 0) return false;
  }
  for (const { recipe } of folders) {
    await archive.markCurrent(recipe, seasonKey, metatile, list.digest, list.lookedUpAt);
  }
  return true;
}

/** What of a metatile lies in which folder of the archive. */
export function foldersOf({ definition, feature }: Pick<ArchiveRequest, 'definition' | 'feature'>): {
  readonly recipe: string;
  readonly names: readonly string[];
}[] {
  const { pixelsDigest, mapDigest, bundle } = definition;
  return [
    { recipe: pixelsDigest, names: [...PIXEL_PRODUCTS, ...(feature === null ? [] : [feature])] },
    ...(bundle !== null && feature === null ? [{ recipe: mapDigest, names: MAP_PRODUCTS }] : []),
  ];
}

async function write(request: ArchiveRequest, recipe: string, names: readonly string[]): Promise<void> {
  const { archive, definition, metatile, list } = request;
  const { seasonKey } = definition;
  const lacking = await archive.lacking(recipe, seasonKey, metatile, list.digest, names);
  if (lacking.length < names.length) {
    for (const name of lacking) {
      const encoded = await encode(request, name);
      await archive.writeProduct(recipe, seasonKey, metatile, list.digest, name, encoded);
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
