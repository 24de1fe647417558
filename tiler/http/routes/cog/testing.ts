import { MemoryObjectStore } from '../../../../cache/memory-store.js';
import { encodeCog } from '../../../../engine/encode/cog.js';
import { overviews } from '../../../../engine/encode/overviews.js';

/** West of Harare, in zone 36 south. */
const EPSG = 32736;
const [LEFT, TOP] = [300_000, 8_030_000];
export const SIDE = 600;

/** Longitude and latitude well inside, and a tile of zoom 13 that lies there. */
export const INSIDE = { lon: 31.14, lat: -17.83, tile: '13/4804/4508' };

export const KEY = 'results/1/refined.tif';
export const FILE = `s3://geocrop-results/${KEY}`;

/** Values rise from the west, 0 to 199; 255 is nodata, in the north. */
export function testCog(add = 0): Promise<Uint8Array> {
  const data = new Uint8Array(SIDE * SIDE);
  for (let row = 0; row < SIDE; row += 1) {
    for (let column = 0; column < SIDE; column += 1) {
      data[row * SIDE + column] = row < SIDE / 10 ? 255 : Math.floor(column / 3) + add;
    }
  }
  const raster = { data, bands: 1, width: SIDE, height: SIDE, nodata: 255 };
  return encodeCog({
    raster,
    overviews: overviews(raster, 'mean', 2),
    epsg: EPSG,
    transform: [10, 0, LEFT, 0, -10, TOP],
    blockSize: 256,
  });
}

export async function testStore(): Promise<MemoryObjectStore> {
  let written = 0;
  const store = new MemoryObjectStore(() => new Date(Date.parse('2026-01-01T00:00:00Z') + 1000 * written++));
  await store.put('geocrop-results', KEY, await testCog());
  return store;
}
