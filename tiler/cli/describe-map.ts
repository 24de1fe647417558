import type { MapDescription } from '../http/deps.js';
import type { Engine } from '../tiles/open-engine.js';
import type { MapKey } from '../tiles/tile-service.js';

/** What a viewer says of a map: its season's days and its model's card. @param center where it opens */
export function mapDescriber(
  { maps }: Pick<Engine, 'maps'>,
  center?: readonly [lon: number, lat: number, zoom: number],
): (map: MapKey) => MapDescription {
  return (map) => {
    const { season, bundle } = maps.definition(map);
    return {
      period: [season.start, season.end],
      ...(bundle === null ? {} : { card: bundle.card }),
      ...(center === undefined ? {} : { center }),
    };
  };
}
