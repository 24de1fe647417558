import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeCog } from '../../engine/encode/cog.js';
import { overviews } from '../../engine/encode/overviews.js';
import { METATILE_SIZE, NATIVE_ZOOM, pixelCentreLonLat, type TileId } from '../../engine/geo/tile-matrix.js';
import { projectPoint } from '../../engine/geo/project.js';
import type { Raster } from '../../engine/raster.js';
import { BANDS, type AssetName } from '../../engine/scenes/scene.js';
import { CENTRE } from '../../tiler/demo/ground.js';
import { renderScene } from '../../tiler/demo/render-scene.js';
import { gridOver, WHOLE_AREA, type SceneGrid } from '../../tiler/demo/scene-grid.js';
import { surveyGround } from '../../tiler/demo/scene-ground.js';
import { PASSES, type PassPlan } from '../../tiler/demo/season-plan.js';
import {
  ASSETS,
  collectionDocument,
  sceneFolder,
  sceneId,
  sceneItem,
  sensedAt,
  type AssetFile,
} from '../../tiler/demo/stac-item.js';
import { sunAt } from '../../tiler/demo/sun.js';
import { mirrored, unstepped } from './mirrored.js';

/** Raised when what is made changes. */
const VERSION = 1;
export const BENCH_METATILE: TileId = { z: 12, x: 2389, y: 2254 };
/** Crosses the edge between two columns of blocks, as every second tile of a real scene crosses some edge. */
export const BENCH_TILE: TileId = { z: 14, x: 4 * BENCH_METATILE.x + 2, y: 4 * BENCH_METATILE.y + 1 };
export const DATES = 45;
/** Days from one date to the next: 45 of them fill September to May. */
const DAYS_APART = 6;
/** Scenes that are simulated; each stands for three dates under three names, so that nothing read once serves for all. */
const SIMULATED = DATES / 3;
/** Side of a scene in 10 m pixels: two blocks of 1024, as many as a metatile meets in a real scene. */
const SIDE = 2048;
/** How far the metatile's middle lies from where the four blocks meet, metres. */
const OFF_CENTRE = 1000;
const ZONE = 36;
const BLOCK = { 10: 1024, 20: 512 } as const;
const LEVELS = { 10: 3, 20: 2 } as const;

export interface BenchSeason {
  /** collection.json. */
  readonly catalogue: string;
  readonly folder: string;
  readonly scenes: number;
}

/** Makes the season of 45 dates below `dir`, or finds it made. About 600 MB; a minute, once. */
export async function makeBenchSeason(dir: string, onProgress: (text: string) => void): Promise<BenchSeason> {
  const folder = join(dir, 'season');
  const season = { catalogue: join(folder, 'collection.json'), folder, scenes: DATES };
  const marker = join(folder, 'finished.json');
  const known = await readFile(marker, 'utf8').catch(() => '');
  if (known === String(VERSION)) return season;
  await rm(folder, { recursive: true, force: true });
  const making = `${folder}.making-${process.pid}`;
  await rm(making, { recursive: true, force: true });
  try {
    await makeScenes(making, onProgress);
    await writeFile(join(making, 'finished.json'), String(VERSION));
    await rename(making, folder);
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  return season;
}

async function makeScenes(folder: string, onProgress: (text: string) => void): Promise<void> {
  const ground = surveyGround(gridOver(ZONE, WHOLE_AREA));
  const grid = benchGrid(ground.grid);
  const items: string[] = [];
  const simulated = PASSES.filter(({ cover }) => cover <= 0.5).slice(0, SIMULATED);
  let bbox: [number, number, number, number] = [0, 0, 0, 0];
  for (const [place, source] of simulated.entries()) {
    const sun = sunAt(sensedAt(source), ...CENTRE);
    const rendered = renderScene(ground, source, sun);
    const counts = [...rendered.sclCounts];
    const first = join(folder, '.rendered', String(place));
    const files: AssetFile[] = [];
    await mkdir(first, { recursive: true });
    for (const name of [...BANDS, 'scl'] as const) {
      files.push(
        await writeAsset(
          first,
          name,
          name === 'scl' ? rendered.scl : rendered.bands[name],
          ground.grid,
          grid,
        ),
      );
    }
    for (let copy = 0; copy < DATES / SIMULATED; copy += 1) {
      const product = { pass: redated(source, place * (DATES / SIMULATED) + copy), grid, baseline: '05.11' };
      const path = sceneFolder(product);
      await mkdir(join(folder, path), { recursive: true });
      for (const { file } of files) await link(join(first, file), join(folder, path, file));
      const item = sceneItem(product, sun, counts, files);
      bbox = item['bbox'] as typeof bbox;
      items.push(`${path}/${sceneId(product)}.json`);
      await writeFile(join(folder, path, `${sceneId(product)}.json`), JSON.stringify(item));
    }
    onProgress(`season: ${items.length} of ${DATES} dates`);
  }
  await rm(join(folder, '.rendered'), { recursive: true });
  const days = [0, DATES - 1].map((at) => `${dateOf(at)}T00:00:00Z`);
  await writeFile(
    join(folder, 'collection.json'),
    JSON.stringify(collectionDocument(bbox, [days[0] ?? '', days[1] ?? ''], items)),
  );
}

/** Where the bench's scenes lie: the metatile across the meeting of four blocks. */
function benchGrid(from: SceneGrid): SceneGrid {
  const middle = pixelCentreLonLat(
    NATIVE_ZOOM,
    (BENCH_METATILE.x + 0.5) * METATILE_SIZE,
    (BENCH_METATILE.y + 0.5) * METATILE_SIZE,
  );
  const [easting, northing] = projectPoint(from.epsg, ...middle);
  const half = SIDE * 5;
  const snap = (metres: number): number => Math.round(metres / 20) * 20;
  return {
    ...from,
    left: snap(easting - half + OFF_CENTRE),
    top: snap(northing + half - OFF_CENTRE),
    width: SIDE,
    height: SIDE,
  };
}

const dateOf = (at: number): string =>
  new Date(Date.parse('2024-09-03') + at * DAYS_APART * 86_400_000).toISOString().slice(0, 10);

function redated(pass: PassPlan, at: number): PassPlan {
  const { swathEnds: _swath, alsoOlder: _older, ...rest } = pass;
  return { ...rest, date: dateOf(at) };
}

async function writeAsset(
  folder: string,
  name: AssetName,
  data: Uint8Array | Uint16Array,
  from: SceneGrid,
  grid: SceneGrid,
): Promise<AssetFile> {
  const { file, metres } = ASSETS[name];
  const pixels = metres / 10;
  const wide = mirrored(data, from.width / pixels, from.height / pixels, SIDE / pixels);
  const raster: Raster<Uint8Array | Uint16Array> = {
    data: wide instanceof Uint16Array ? unstepped(wide) : wide,
    bands: 1,
    width: SIDE / pixels,
    height: SIDE / pixels,
    nodata: 0,
  };
  const bytes = await encodeCog({
    raster,
    overviews: overviews(raster, name === 'scl' ? 'mode' : 'mean', LEVELS[metres]),
    epsg: grid.epsg,
    transform: [metres, 0, grid.left, 0, -metres, grid.top],
    blockSize: BLOCK[metres],
    predictor: name === 'scl' ? 1 : 2,
    level: 6,
  });
  await writeFile(join(folder, file), bytes);
  return { name, file, bytes: bytes.length, sha256: '0'.repeat(64) };
}
