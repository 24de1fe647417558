import type { TileAddress } from './api.js';
import { NO_CLASS } from './picture.js';
import { placeOf, tilePosition } from './tile-math.js';

export interface ShareTile {
  readonly tile: TileAddress;
  readonly ids: Uint8Array;
  readonly width: number;
}

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
  for (const { tile, ids, width } of tiles) {
    const [left, top] = tilePosition(view[0], view[3], tile.z);
    const [right, bottom] = tilePosition(view[2], view[1], tile.z);
    const column = (position: number): number =>
      Math.min(width, Math.max(0, Math.round((position - tile.x) * width)));
    const row = (position: number): number =>
      Math.min(width, Math.max(0, Math.round((position - tile.y) * width)));
    for (let y = row(top); y < row(bottom); y += 1) {
      const [, lat] = placeOf(tile.x, tile.y + (y + 0.5) / width, tile.z);
      const weight = (Math.cos((lat * Math.PI) / 180) / 2 ** tile.z / width) ** 2;
      for (let x = column(left); x < column(right); x += 1) {
        const id = ids[y * width + x] ?? NO_CLASS;
        areas[id] = (areas[id] ?? 0) + weight;
      }
    }
  }
  areas[NO_CLASS] = 0;
  const total = areas.reduce((sum, area) => sum + area, 0);
  const shares = new Map<number, number>();
  if (total > 0) areas.forEach((area, id) => area > 0 && shares.set(id, area / total));
  return shares;
}
