import type { TileAddress } from './api.js';
import { NO_CLASS } from './picture.js';
import { placeOf, tileKey, tilePosition } from './tile-math.js';

export interface ShareTile {
  readonly tile: TileAddress;
  readonly ids: Uint8Array;
  readonly width: number;
}

/** Areas of whole tiles: while the map moves only those at the edge of the view are counted anew. */
const whole = new WeakMap<Uint8Array, { readonly key: string; readonly areas: Float64Array }>();

/**
 * Share of each class of what is in view and has a class: 0 to 1 by id. Each pixel counts with its area on the ground
 * (cos² of its latitude). Tiles must not overlap.
 * @param view [west, south, east, north]
 */
export function classShares(
  tiles: readonly ShareTile[],
  view: readonly [number, number, number, number],
): Map<number, number> {
  const areas = new Float64Array(256);
  for (const shared of tiles) {
    const part = partInView(shared, view);
    const found = part.every((edge, at) => edge === (at < 2 ? 0 : shared.width))
      ? areasOfTile(shared)
      : areasOf(shared, part);
    found.forEach((area, id) => (areas[id] = (areas[id] ?? 0) + area));
  }
  areas[NO_CLASS] = 0;
  const total = areas.reduce((sum, area) => sum + area, 0);
  const shares = new Map<number, number>();
  if (total > 0) areas.forEach((area, id) => area > 0 && shares.set(id, area / total));
  return shares;
}

/** Columns and rows of the tile's pixels: from the first ones to before the last ones. */
type Part = readonly [left: number, top: number, right: number, bottom: number];

function partInView({ tile, width }: ShareTile, view: readonly [number, number, number, number]): Part {
  const [left, top] = tilePosition(view[0], view[3], tile.z);
  const [right, bottom] = tilePosition(view[2], view[1], tile.z);
  const pixel = (position: number, origin: number): number =>
    Math.min(width, Math.max(0, Math.round((position - origin) * width)));
  return [pixel(left, tile.x), pixel(top, tile.y), pixel(right, tile.x), pixel(bottom, tile.y)];
}

function areasOfTile(shared: ShareTile): Float64Array {
  const key = tileKey(shared.tile);
  const known = whole.get(shared.ids);
  if (known?.key === key) return known.areas;
  const areas = areasOf(shared, [0, 0, shared.width, shared.width]);
  whole.set(shared.ids, { key, areas });
  return areas;
}

function areasOf({ tile, ids, width }: ShareTile, [left, top, right, bottom]: Part): Float64Array {
  const areas = new Float64Array(256);
  for (let y = top; y < bottom; y += 1) {
    const [, lat] = placeOf(tile.x, tile.y + (y + 0.5) / width, tile.z);
    const weight = (Math.cos((lat * Math.PI) / 180) / 2 ** tile.z / width) ** 2;
    for (let x = left; x < right; x += 1) {
      const id = ids[y * width + x] ?? NO_CLASS;
      areas[id] = (areas[id] ?? 0) + weight;
    }
  }
  return areas;
}
