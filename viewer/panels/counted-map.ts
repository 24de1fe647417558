import { mapQuery } from '../api.js';
import type { MapKey } from '../api.js';
import { baselineYear, DYNAMIC_WORLD } from '../choices.js';
import { nameOfMap, namesOfMaps } from '../controls/comparisons.js';
import type { ShownMap } from '../panel-host.js';
import { strings } from '../strings.js';

/** A map whose hectares are counted. */
export interface CountedMap {
  /** Of Dynamic World the model is its layer's name. */
  readonly key: MapKey;
  /** What POST /statistics is asked with. */
  readonly query: string;
  /** Changes when the map is made anew. */
  readonly version: string;
  /** `Summer 2024/25 · Ensemble`. */
  readonly name: string;
  /** What tells it from the other one: `Summer 2024/25`, `Ensemble`, `Dynamic World 2024`. */
  readonly short: string;
}

/** What shows, one or two: of two seasons the earlier first, whichever side it is on; else the left one. */
export function countedMaps(maps: readonly ShownMap[]): readonly CountedMap[] {
  const [left, right] = maps;
  if (left === undefined) return [];
  if (right === undefined) return [countedMap(left)];
  const [leftName, rightName] = namesOfMaps(left, right);
  const [first, second] = [countedMap(left, leftName), countedMap(right, rightName)];
  // Two seasons can have the same year of Dynamic World.
  if (first.query === second.query) return [first];
  const later = first.key.model === second.key.model && first.key.year > second.key.year;
  return later ? [second, first] : [first, second];
}

function countedMap(map: ShownMap, short?: string): CountedMap {
  const { key, layer, tileJson } = map;
  const { version } = tileJson.geocrop;
  const baseline = layer.name === DYNAMIC_WORLD ? baselineYear(tileJson.geocrop) : null;
  if (baseline !== null) {
    const name = strings.layers.dynamicWorldOf(baseline);
    const query = new URLSearchParams({ layer: DYNAMIC_WORLD, year: String(baseline) }).toString();
    return { key: { ...key, year: baseline, model: DYNAMIC_WORLD }, query, version, name, short: name };
  }
  const name = nameOfMap(map);
  return { key, query: mapQuery(key).toString(), version, name, short: short ?? name };
}
