import type { GeoCropInfo } from '../api.js';
import { baselineYear, DYNAMIC_WORLD } from '../choices.js';
import type { ShownMap } from '../panel-host.js';
import { strings } from '../strings.js';
import { formatComparison } from '../url-state.js';
import { seasonName, sentenceCase } from '../words.js';
import type { Option } from './choice.js';

/** What the map can be compared with: its other seasons and models, and Dynamic World. The first is nothing. */
export function comparisons({ map, years, models, period, baselineYears }: GeoCropInfo): readonly Option[] {
  const { compareNothing, compareSeasons, compareModels, compareBaselines, dynamicWorld } = strings.layers;
  return [
    { value: '', label: compareNothing },
    ...years
      .filter((year) => year !== map.year)
      .map((year) => ({
        value: formatComparison({ with: 'year', year }),
        label: sentenceCase(seasonName({ ...map, year }, period)),
        group: compareSeasons,
      })),
    ...models
      .filter((model) => model !== map.model)
      .map((model) => ({
        value: formatComparison({ with: 'model', model }),
        label: model,
        group: compareModels,
      })),
    ...(baselineYears.length === 0
      ? []
      : [{ value: formatComparison({ with: 'baseline' }), label: dynamicWorld, group: compareBaselines }]),
  ];
}

/** What stands over the sides of the divider: what differs between them, `Summer 2024/25`, `Ensemble`, `Dynamic World 2024`. */
export function namesOfMaps(left: ShownMap, right: ShownMap): readonly [string, string] {
  const sameModel = left.key.model === right.key.model;
  const name = ({ key, tileJson, layer }: ShownMap): string => {
    const { geocrop } = tileJson;
    if (layer.name === DYNAMIC_WORLD) return strings.layers.dynamicWorldOf(baselineYear(geocrop) ?? key.year);
    return sameModel ? sentenceCase(seasonName(key, geocrop.period)) : key.model;
  };
  return [name(left), name(right)];
}

/** `Summer 2024/25 · Ensemble`. */
export function nameOfMap({ key, tileJson }: ShownMap): string {
  const season = sentenceCase(seasonName(key, tileJson.geocrop.period));
  return strings.layers.mapName(season, key.model);
}
