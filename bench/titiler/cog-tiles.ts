import { seededRandom } from '../load/arrivals.js';

/** A tile of a file, as a path behind `/cog`. */
export interface CogTile {
  readonly file: string;
  readonly path: string;
}

/** Where the files lie: 61 km west of Harare. */
const WEST = 31.14;
const NORTH = -17.83;
const SIDE_DEGREES = 0.5;
const ZOOMS = [10, 11, 12, 13, 14];

/** Tiles of several zooms all over the files, each once, in an order that is no walk. @param query how they are drawn */
export function cogTiles(
  files: readonly string[],
  count: number,
  query: (file: string) => string,
): readonly CogTile[] {
  const random = seededRandom(5);
  const found = new Map<string, CogTile>();
  for (let tries = 0; found.size < count && tries < 100 * count; tries += 1) {
    const file = files[Math.floor(random() * files.length)] ?? '';
    const zoom = ZOOMS[Math.floor(random() * ZOOMS.length)] ?? 12;
    const size = 2 ** zoom;
    const lon = WEST + random() * SIDE_DEGREES;
    const lat = NORTH - random() * SIDE_DEGREES;
    const x = Math.floor(((lon + 180) / 360) * size);
    const y = Math.floor(((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * size);
    found.set(`${file} ${zoom}/${x}/${y}`, {
      file,
      path: `/tiles/WebMercatorQuad/${zoom}/${x}/${y}.png?tilesize=256&${query(file)}`,
    });
  }
  return [...found.values()];
}
