import type { AreaStatistics, ClassStatistics } from './statistics.js';

/** One class of an area on two maps. */
export interface ClassChange {
  readonly name: string;
  readonly color: string;
  /** Hectares on the first map and on the second. */
  readonly hectares: readonly [first: number, second: number];
}

/**
 * The classes that the area has on either map, the largest first; null where the maps do not tell the same classes apart, so
 * that nothing can be said of a change.
 */
export function classChanges(first: AreaStatistics, second: AreaStatistics): readonly ClassChange[] | null {
  const others = new Map(second.classes.map((entry) => [entry.name, entry]));
  const known = first.classes.every(({ name }) => others.has(name));
  if (!known || first.classes.length !== second.classes.length) return null;
  const pixelsOn = ({ name }: ClassStatistics): number => others.get(name)?.pixels ?? 0;
  return first.classes
    .filter((entry) => entry.pixels > 0 || pixelsOn(entry) > 0)
    .map(({ name, color, hectares }): ClassChange => ({
      name,
      color,
      hectares: [hectares, others.get(name)?.hectares ?? 0],
    }))
    .sort((a, b) => Math.max(...b.hectares) - Math.max(...a.hectares));
}

/** Whether all of the area is in the numbers of both: else what is missing would look like a change. */
export const bothComplete = (...both: readonly AreaStatistics[]): boolean =>
  both.every(({ completeness }) => completeness.notComputed.pixels === 0);
