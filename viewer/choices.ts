import { UNREACHABLE } from './api.js';
import type { GeoCropInfo, LayerInfo, Problem } from './api.js';
import { strings } from './strings.js';
import type { TileStatus } from './tile-status.js';
import { sayProblem } from './toasts.js';

/** The layer of that name; the first, and a word about it, where there is none. */
export function chooseLayer(info: GeoCropInfo, name: string | null): LayerInfo {
  const first = info.layers[0] ?? { name: 'classes', kind: 'classes', title: strings.controls.classes };
  if (name === null) return first;
  const found = info.layers.find((layer) => layer.name === name);
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
