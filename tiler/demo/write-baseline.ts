import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { encodeCog } from '../../engine/encode/cog.js';
import { overviewCount, overviews } from '../../engine/encode/overviews.js';
import type { Raster } from '../../engine/raster.js';
import type { GroundUnit } from './ground-unit.js';
import { CoarseField } from './coarse-field.js';
import { hashUnit, noise2 } from './random.js';
import { gridOver, groundOfPixel, type GroundArea } from './scene-grid.js';
import { World } from './world.js';

/** Dynamic World's classes by value (GOOGLE/DYNAMICWORLD/V1), as its catalogue page colours them. */
export const DYNAMIC_WORLD = [
  ['water', '#419bdf'],
  ['trees', '#397d49'],
  ['grass', '#88b053'],
  ['flooded_vegetation', '#7a87c6'],
  ['crops', '#e49635'],
  ['shrub_and_scrub', '#dfc35a'],
  ['built', '#c4281b'],
  ['bare', '#a59b8f'],
  ['snow_and_ice', '#b39fe1'],
] as const;
const [WATER, TREES, GRASS, FLOODED, CROPS, SHRUB, BUILT, BARE] = [0, 1, 2, 3, 4, 5, 6, 7] as const;

const SEED = 2601;
/** Dynamic World's network smooths: its edges lie this far from the true ones, metres. */
const BLUR = 16;

/** Key of the baseline in its bucket. */
export function baselineKey(year: number): string {
  return `dw/zim/summer/${year}_${year + 1}/highest_conf/DW_Zim_HighestConf_${year}_${year + 1}.tif`;
}

/** What Dynamic World would say of this season: nine covers, crops all alike, edges rounded, and its usual mistakes. */
export async function writeBaseline(path: string, area: GroundArea): Promise<{ bytes: number }> {
  // All of the area on zone 35's grid: the baseline was exported in one piece, in one projection.
  const grid = gridOver(35, area);
  const world = new World();
  const doubt = new CoarseField(SEED, 260, 3);
  const data = new Uint8Array(grid.width * grid.height);
  for (let row = 0; row < grid.height; row++) {
    for (let col = 0; col < grid.width; col++) {
      const { x, y } = groundOfPixel(grid, col, row);
      const dx = BLUR * noise2(SEED + 1, x / 45, y / 45);
      const dy = BLUR * noise2(SEED + 2, x / 45, y / 45);
      data[row * grid.width + col] = coverOf(
        world.describe(x + dx, y + dy),
        doubt.at(x, y),
        hashUnit(SEED + 3, Math.floor(x / 30), Math.floor(y / 30)),
      );
    }
  }
  const raster: Raster<Uint8Array> = { data, bands: 1, width: grid.width, height: grid.height, nodata: 255 };
  const bytes = await encodeCog({
    raster,
    overviews: overviews(raster, 'mode', overviewCount(grid.width, grid.height, 256)),
    epsg: grid.epsg,
    transform: [10, 0, grid.left, 0, -10, grid.top],
    blockSize: 256,
    photometric: 'palette',
    colors: DYNAMIC_WORLD.map(([, color]) => color),
  });
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
  return { bytes: bytes.length };
}

/** @param doubt −1 … 1, alike over some 100 m; @param luck 0 … 1, alike over 30 m */
function coverOf(unit: GroundUnit, doubt: number, luck: number): number {
  switch (unit.kind) {
    case 'water':
      return luck < 0.03 ? FLOODED : WATER;
    case 'shore':
      return doubt > 0.1 ? FLOODED : WATER;
    case 'sand':
      return BARE;
    case 'riparian':
      return doubt < -0.35 ? SHRUB : TREES;
    case 'woodland':
      return unit.strength < 0.7 && doubt > 0.05 ? SHRUB : TREES;
    case 'vlei':
      return doubt > 0.3 ? FLOODED : GRASS;
    case 'grass':
      return doubt > 0.05 ? SHRUB : doubt < -0.4 ? CROPS : GRASS;
    case 'crop':
      if (unit.class === 'fallow') return doubt > 0.12 ? SHRUB : doubt < -0.2 ? GRASS : CROPS;
      return doubt > 0.42 ? SHRUB : luck < 0.015 ? BARE : CROPS;
    case 'road':
    case 'roof':
    case 'wall':
      return BUILT;
    case 'yard':
      return unit.strength > 0.3 && luck < 0.3 ? CROPS : BUILT;
    case 'track':
      return doubt > 0.3 ? BARE : CROPS;
  }
}
