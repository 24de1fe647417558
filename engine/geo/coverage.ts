import type { Bounds } from './tile-matrix.js';
import type { Area } from './polygon.js';
import { areaBounds, areaContains, areaMeetsBox, boxesMeet } from './polygon.js';
import { zimbabwe } from './zimbabwe.js';

/** Where we compute. All in degrees. */
export interface Coverage {
  /** [west, south, east, north]. */
  readonly bounds: Bounds;
  contains(lon: number, lat: number): boolean;
  /** True where the coverage and the box have a point in common. */
  meetsBox(box: Bounds): boolean;
}

/** The default for catalogues of the whole continent. */
export function zimbabweCoverage(): Coverage {
  return polygonsCoverage([zimbabwe()]);
}

/** The union of areas: of a static catalogue's items, or of a configured file. Without any, nothing is covered. */
export function polygonsCoverage(areas: readonly Area[]): Coverage {
  const parts = areas.map((area) => ({ area, bounds: areaBounds(area) }));
  const bounds = parts.reduce<Bounds>(
    (all, part) => [
      Math.min(all[0], part.bounds[0]),
      Math.min(all[1], part.bounds[1]),
      Math.max(all[2], part.bounds[2]),
      Math.max(all[3], part.bounds[3]),
    ],
    [Infinity, Infinity, -Infinity, -Infinity],
  );
  return {
    bounds: parts.length === 0 ? [0, 0, 0, 0] : bounds,
    contains: (lon, lat) =>
      parts.some((part) => boxesMeet(part.bounds, [lon, lat, lon, lat]) && areaContains(part.area, lon, lat)),
    meetsBox: (box) => parts.some((part) => boxesMeet(part.bounds, box) && areaMeetsBox(part.area, box)),
  };
}
