import type { PyramidName } from '../../cache/pyramid-keys.js';
import type { PyramidMap } from '../../cache/pyramid-map.js';
import { foldersOf } from '../tiles/archive-metatile.js';
import type { MapDefinition, Maps } from '../tiles/maps.js';

/** The parts of the pyramid that a map has: what hangs on the pixels, and what hangs on the model too. Features are not kept in it. */
export function pyramidMapsOf(definition: MapDefinition): PyramidMap[] {
  const { bundle, seasonKey: season } = definition;
  return foldersOf({ definition, feature: null }).map(({ recipe, names }) => ({
    name: { recipe, season },
    made: {
      products: names,
      ...(bundle === null ? {} : { classes: bundle.classes, palette: bundle.palette }),
    },
  }));
}

/** The maps that can be asked for and have a part of this name; none where its model or catalogue is gone. */
export function definitionsOf(maps: Maps, { recipe, season }: PyramidName): MapDefinition[] {
  const found: MapDefinition[] = [];
  for (const name of maps.seasons()) {
    for (const year of maps.years(name)) {
      if (`${name}-${year}` !== season) continue;
      for (const model of maps.models()) {
        const definition = maps.definition({ season: name, year, model });
        if (definition.mapDigest === recipe || definition.pixelsDigest === recipe) found.push(definition);
      }
    }
  }
  return found;
}

export function pyramidMapOf(maps: Maps, name: PyramidName): PyramidMap | undefined {
  for (const definition of definitionsOf(maps, name)) {
    const map = pyramidMapsOf(definition).find((one) => one.name.recipe === name.recipe);
    if (map !== undefined) return map;
  }
  return undefined;
}
