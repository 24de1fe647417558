import type { KnownMaps } from '../../cache/housekeeping/plan.js';
import type { ObjectStore } from '../../cache/object-store.js';
import { GeoCropError } from '../../engine/errors.js';
import { openSceneSource } from '../../engine/scenes/open-scene-source.js';
import type { BundleListing } from '../../engine/classes/list-bundles.js';
import type { Config } from '../config/settings.js';
import { DynamicWorldBaseline } from '../tiles/baseline.js';
import type { Maps } from '../tiles/maps.js';
import { openMaps } from '../tiles/open-maps.js';

/** Which recipes and scene lists the maps of this configuration use: every season, year and model. */
export function knownMaps(maps: Maps): KnownMaps {
  const recipes = new Set<string>();
  const sceneLists = new Set<string>();
  for (const season of maps.seasons()) {
    for (const year of maps.years(season)) {
      for (const model of maps.models()) {
        const { pixelsDigest, mapDigest, source, seasonKey } = maps.definition({ season, year, model });
        recipes.add(pixelsDigest).add(mapDigest);
        sceneLists.add(`${source}/${seasonKey}`);
      }
    }
  }
  return { recipes, sceneLists };
}

/**
 * {@link knownMaps} of a configuration. @throws what the catalogue throws where it does not answer and nothing is kept of it,
 * and bundle-malformed where a model does not load: its maps would not be known.
 */
export async function openKnownMaps(
  config: Config,
  store: ObjectStore,
  listings: readonly BundleListing[],
  warn: (message: string) => void,
): Promise<KnownMaps> {
  const scenes = await openSceneSource({
    stac: config.stac,
    fetch: globalThis.fetch,
    ...(config.collection === null ? {} : { collection: config.collection }),
  });
  const { maps, bad } = await openMaps({
    ...config,
    scenes,
    store,
    listings,
    baselines: new DynamicWorldBaseline(store),
    now: () => new Date(),
    warn: (message) => warn(message),
  });
  if (bad[0] !== undefined) {
    const { folder, error } = bad[0];
    throw new GeoCropError('bundle-malformed', `The model ${folder} does not load: ${error.message}`, {
      cause: error,
    });
  }
  return knownMaps(maps);
}
