import type { Coverage } from '../../engine/geo/coverage.js';
import { areaBounds, areaMeetsBox, boxesMeet, type Area } from '../../engine/geo/polygon.js';
import {
  lonLatToPixel,
  MERCATOR_MAX_LATITUDE,
  METATILE_SIZE,
  METATILE_ZOOM,
  NATIVE_ZOOM,
  tileBoundsLonLat,
  type Bounds,
  type TileId,
} from '../../engine/geo/tile-matrix.js';

/** Degrees, a tenth of a millimetre: an area that ends at a metatile's edge does not want the next one too. */
const TOUCH = 1e-9;

/** The metatiles that hold ground of the areas and of the coverage: each once, from north to south and west to east. */
export function metatilesOfAreas(
  areas: readonly Area[],
  coverage: Pick<Coverage, 'bounds' | 'meetsBox'>,
): TileId[] {
  const found = new Map<number, TileId>();
  for (const area of areas) {
    const bounds = areaBounds(area);
    if (!boxesMeet(bounds, coverage.bounds)) continue;
    for (const tile of tilesOfBox(meetOf(bounds, coverage.bounds))) {
      const key = tile.y * 2 ** METATILE_ZOOM + tile.x;
      if (found.has(key)) continue;
      const inside = shrink(tileBoundsLonLat(tile));
      if (areaMeetsBox(area, inside) && coverage.meetsBox(inside)) found.set(key, tile);
    }
  }
  return [...found].sort(([a], [b]) => a - b).map(([, tile]) => tile);
}

function meetOf(a: Bounds, b: Bounds): Bounds {
  const limit = (latitude: number): number =>
    Math.max(-MERCATOR_MAX_LATITUDE, Math.min(MERCATOR_MAX_LATITUDE, latitude));
  return [
    Math.max(a[0], b[0]),
    limit(Math.max(a[1], b[1])),
    Math.min(a[2], b[2]),
    limit(Math.min(a[3], b[3])),
  ];
}

function* tilesOfBox([west, south, east, north]: Bounds): Iterable<TileId> {
  const first = lonLatToPixel(NATIVE_ZOOM, west, north);
  const last = lonLatToPixel(NATIVE_ZOOM, east, south);
  const of = (pixel: number): number => Math.floor(pixel / METATILE_SIZE);
  for (let y = of(first.y); y <= of(last.y); y += 1) {
    for (let x = of(first.x); x <= of(last.x); x += 1) yield { z: METATILE_ZOOM, x, y };
  }
}

const shrink = ([west, south, east, north]: Bounds): Bounds => [
  west + TOUCH,
  south + TOUCH,
  east - TOUCH,
  north - TOUCH,
];
