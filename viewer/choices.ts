import { UNREACHABLE } from './api.js';
import type { GeoCropInfo, LayerInfo, Problem } from './api.js';
import { strings } from './strings.js';
import type { TileStatus } from './tile-status.js';
import { sayProblem } from './toasts.js';

/** The name of the layer that is Dynamic World by itself; the server has its tiles elsewhere. */
export const DYNAMIC_WORLD = 'dynamic_world';

/** The server's layers that have a picture, and Dynamic World where there is a year of it. */
export function layersOf(info: GeoCropInfo): readonly LayerInfo[] {
  const baseline: LayerInfo = { name: DYNAMIC_WORLD, kind: 'classes', title: strings.layers.dynamicWorld };
  return [
    ...info.layers.filter(({ name }) => name !== 'probabilities'),
    ...(info.baselineYears.length === 0 ? [] : [baseline]),
  ];
}

/** The layer of that name; the first, and a word about it, where there is none. */
export function layerOn(info: GeoCropInfo, name: string | null): LayerInfo {
  const layers = layersOf(info);
  const first = layers[0] ?? { name: 'classes', kind: 'classes', title: strings.controls.classes };
  if (name === null) return first;
  const found = layers.find((layer) => layer.name === name);
  if (found === undefined)
    sayProblem({
      code: 'unknown-layer',
      detail: strings.problems.noSuchLayer(name),
      hint: strings.problems.otherLayerShown(first.title),
    });
  return found ?? first;
}

/** The season's own year, else the newest before it, else the oldest. */
export function baselineYear(info: GeoCropInfo): number | null {
  const years = [...info.baselineYears].sort((a, b) => b - a);
  return years.find((year) => year <= info.map.year) ?? years.at(-1) ?? null;
}

/** A tile that failed or waits shows it by itself: said above the map only where it is about the whole view. */
export function problemToSay(statuses: readonly TileStatus[]): Problem | null {
  const withProblem = statuses.filter((status) => status.problem !== null);
  const urgent = withProblem.find(
    (status) => status.problem?.code === UNREACHABLE || status.phase === 'absent',
  );
  const first = urgent ?? (withProblem.length * 2 > statuses.length ? withProblem[0] : undefined);
  return first?.problem ?? null;
}
