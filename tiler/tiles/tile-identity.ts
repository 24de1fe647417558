import { shortDigest } from '../../engine/digest.js';
import type { Coverage } from '../../engine/geo/coverage.js';
import { METATILE_ZOOM, metatileOf, tileBoundsLonLat, type TileId } from '../../engine/geo/tile-matrix.js';
import type { SceneList } from '../../engine/scenes/scene.js';
import { isClosed } from '../../engine/season.js';
import type { Archive } from '../../cache/archive.js';
import type { MapDefinition } from './maps.js';
import type { SceneLists } from './scene-lists.js';
import type { LayerInfo, TileIdentity } from './tile-service.js';

export interface IdentityDeps {
  readonly coverage: Pick<Coverage, 'meetsBox'>;
  readonly sceneLists: Pick<SceneLists, 'stored'>;
  readonly archive: Pick<Archive, 'has' | 'used'>;
  /** Zooms 0 to 11, where the coverage meets them. */
  readonly lowZooms: {
    identify(definition: MapDefinition, layer: LayerInfo, tile: TileId): Promise<TileIdentity>;
  };
  readonly computeMinZoom: number;
  readonly now: () => Date;
}

/** What a tile is, before any pixel is read: from its names and the stored scene list. */
export async function identifyTile(
  { coverage, sceneLists, archive, lowZooms, computeMinZoom, now }: IdentityDeps,
  definition: MapDefinition,
  layer: LayerInfo,
  tile: TileId,
): Promise<TileIdentity> {
  const over = isClosed(definition.season, now());
  const unknown: TileIdentity = { digest: null, closed: over, lastModified: null, empty: false };
  if (!coverage.meetsBox(tileBoundsLonLat(tile))) {
    return { ...unknown, digest: shortDigest('outside coverage'), empty: true };
  }
  if (tile.z < METATILE_ZOOM) return lowZooms.identify(definition, layer, tile);
  const metatile = metatileOf(tile);
  const list = await sceneLists.stored(definition, metatile);
  if (list === undefined) return unknown;
  // Scenes that were looked up before the season's end may not be all of them.
  const closed = over && isClosed(definition.season, new Date(list.lookedUpAt));
  const recipe = recipeOf(definition, layer);
  if (list.scenes.length === 0) {
    return { ...unknown, closed, digest: shortDigest({ recipe, scenes: list.digest }), empty: true };
  }
  const lastModified = newestOf(list);
  // Who is answered from memory looks at it too.
  archive.used(recipe, definition.seasonKey, metatile);
  const there =
    (closed && tile.z >= computeMinZoom) ||
    (await archive.has(recipe, definition.seasonKey, metatile, list.digest));
  if (!there) return { ...unknown, closed, lastModified };
  const { z, x, y } = tile;
  const season = definition.seasonKey;
  const digest = shortDigest({ recipe, season, scenes: list.digest, z, x, y, layer: layer.name });
  return { digest, closed, lastModified, empty: false };
}

/** `classes` and `confidence` hang on the model too; the rest on the pixels only. */
export function recipeOf(definition: MapDefinition, layer: LayerInfo): string {
  return layer.kind === 'classes' || layer.kind === 'percent'
    ? definition.mapDigest
    : definition.pixelsDigest;
}

/** When the newest scene was taken; null where there is none. */
export function newestOf(list: SceneList): Date | null {
  const newest = Math.max(...list.scenes.map(({ datetime }) => Date.parse(datetime)));
  return Number.isFinite(newest) ? new Date(newest) : null;
}
