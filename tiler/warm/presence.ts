import type { Archive } from '../../cache/archive.js';
import type { TileId } from '../../engine/geo/tile-matrix.js';
import type { SceneList } from '../../engine/scenes/scene.js';
import { isClosed } from '../../engine/season.js';
import type { MapDefinition } from '../tiles/maps.js';
import type { SceneLists } from '../tiles/scene-lists.js';
import { RECOMPUTE_MS } from '../tiles/map-tile-service.js';

export interface PresenceDeps {
  readonly sceneLists: Pick<SceneLists, 'kept' | 'get'>;
  readonly archive: Pick<Archive, 'has' | 'current'>;
  readonly now: () => Date;
}

/**
 * `there`: archived; of today's scenes, or of an open season and not due yet. `empty`: the season has no scenes there.
 * `missing`: to be computed. `unknown`: its scenes were never looked up, so it is to be computed too.
 */
export type Presence = 'there' | 'empty' | 'missing' | 'unknown';

/** As the archive and the kept scene lists know it: nothing is looked up. Throws what the store throws. */
export async function presenceOf(
  deps: PresenceDeps,
  definition: MapDefinition,
  metatile: TileId,
): Promise<{ readonly presence: Presence; readonly list?: SceneList }> {
  const kept = await deps.sceneLists.kept(definition, metatile);
  if (kept === undefined) return { presence: 'unknown' };
  return { presence: await presenceFor(deps, definition, metatile, kept.list), list: kept.list };
}

/** With today's scenes: the catalogue is asked where nothing is kept, or what is kept is old. Throws stac-…, aborted too. */
export async function presenceToday(
  deps: PresenceDeps,
  definition: MapDefinition,
  metatile: TileId,
  signal: AbortSignal,
): Promise<Exclude<Presence, 'unknown'>> {
  const list = await deps.sceneLists.get(definition, metatile, signal);
  return presenceFor(deps, definition, metatile, list);
}

async function presenceFor(
  { archive, now }: PresenceDeps,
  { pixelsDigest, mapDigest, season, seasonKey }: MapDefinition,
  metatile: TileId,
  list: SceneList,
): Promise<Exclude<Presence, 'unknown'>> {
  // What could not be checked just now is no answer of the catalogue.
  if (list.scenes.length === 0) return list.unchecked === undefined ? 'empty' : 'missing';
  for (const recipe of new Set([mapDigest, pixelsDigest])) {
    if (await archive.has(recipe, seasonKey, metatile, list.digest)) continue;
    if (isClosed(season, now())) return 'missing';
    const current = await archive.current(recipe, seasonKey, metatile);
    const made = Date.parse(String(current?.item.properties['created']));
    if (!(now().getTime() - made < RECOMPUTE_MS)) return 'missing';
  }
  return 'there';
}
