import { encodeCog } from '../encode/cog.js';
import { overviews } from '../encode/overviews.js';
import { pixelCentreLonLat, METATILE_SIZE, NATIVE_ZOOM, type TileId } from '../geo/tile-matrix.js';
import { projectPoint } from '../geo/project.js';
import { compileKernels, createKernelMemory, STATIC_BYTES } from '../kernels/load.js';
import { BANDS, type AssetName, type Scene } from '../scenes/scene.js';
import { CogReader } from '../windows/cog-reader.js';
import { CountingSource, mapStore, memorySource } from '../windows/testing.js';
import { WorkerPool } from '../workers/pool.js';
import { Arena } from './arena.js';
import type { ComputeDeps } from './season-reader.js';

/** A small world for tests: scenes of two UTM zones and two overlapping MGRS tiles around one metatile. */
export interface TestWorld {
  readonly scenes: readonly Scene[];
  readonly files: Record<string, Uint8Array>;
  /** The rasters that the files hold, for plain checks. */
  readonly rasters: ReadonlyMap<string, TestRaster>;
  readonly metatile: TileId;
}

export interface TestRaster {
  readonly data: Uint16Array | Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly x0: number;
  readonly y0: number;
  readonly res: number;
}

/** Deterministic noise in [0, 1). */
export function hash(...values: number[]): number {
  let h = 2166136261;
  for (const value of values) {
    h = Math.imul(h ^ (value | 0), 16777619);
    h ^= h >>> 13;
  }
  h = Math.imul(h ^ (h >>> 16), 2246822507);
  return ((h ^ (h >>> 13)) >>> 0) / 2 ** 32;
}

interface TestScene {
  readonly id: string;
  readonly date: string;
  readonly epsg: number;
  readonly baseline: number;
  /** Corner and size in metres. */
  readonly x0: number;
  readonly y0: number;
  readonly width: number;
  readonly height: number;
  /** SCL of a 20 m pixel by its column and row. */
  readonly scl: (col: number, row: number) => number;
}

const BAND_RES: Readonly<Record<AssetName, number>> = {
  blue: 10,
  green: 10,
  red: 10,
  nir: 10,
  rededge1: 20,
  swir16: 20,
  swir22: 20,
  scl: 20,
};

async function writeScene(
  scene: TestScene,
  world: Pick<TestWorld, 'files'> & { rasters: Map<string, TestRaster> },
): Promise<Scene> {
  const assets: Partial<Record<AssetName, { href: string }>> = {};
  for (const [place, name] of [...BANDS, 'scl' as const].entries()) {
    const res = BAND_RES[name];
    const width = scene.width / res;
    const height = scene.height / res;
    const data = name === 'scl' ? new Uint8Array(width * height) : new Uint16Array(width * height);
    const day = Date.parse(scene.date) / 86_400_000;
    for (let row = 0; row < height; row += 1) {
      for (let col = 0; col < width; col += 1) {
        const i = row * width + col;
        if (name === 'scl') data[i] = scene.scl(col, row);
        else {
          // fields of 70 m, each with its own course, on the ground's own grid; a hole of nodata here and there
          const field = [
            Math.floor((scene.x0 + col * res) / 70),
            Math.floor((scene.y0 - row * res) / 70),
          ] as const;
          const phase = hash(field[0], field[1], place) * 6;
          const wave = 1500 + 1000 * Math.sin(day / 40 + phase) + 300 * hash(col, row, day, place);
          data[i] =
            hash(col >> 3, row >> 3, day, place + 100) < 0.002
              ? 0
              : Math.round(wave + (name === 'nir' ? 2000 : 0)) + 1000;
        }
      }
    }
    const href = `memory://${scene.id}/${name}.tif`;
    const raster = { data, bands: 1, width, height, nodata: 0 };
    world.files[href] = await encodeCog({
      raster,
      overviews: overviews(raster as never, name === 'scl' ? 'mode' : 'mean', 2),
      epsg: scene.epsg,
      transform: [res, 0, scene.x0, 0, -res, scene.y0],
      blockSize: res === 10 ? 512 : 256,
      predictor: name === 'scl' ? 1 : 2,
      level: 1,
    });
    world.rasters.set(href, { data, width, height, x0: scene.x0, y0: scene.y0, res });
    assets[name] = { href };
  }
  return {
    id: scene.id,
    collection: 'test',
    datetime: `${scene.date}T08:00:00Z`,
    date: scene.date,
    cloudCover: 10,
    baseline: scene.baseline,
    epsg: scene.epsg,
    geometry: { type: 'Polygon', coordinates: [] },
    assets,
    reflectance: { scale: 0.0001, offset: -0.1, reason: 'test', checkedRedMedian: null },
  };
}

/** The metatile that holds the border of the zones, 30° E, near Chegutu. */
export const TEST_METATILE: TileId = { z: 12, x: 2389, y: 2254 };

/** Five dates, eleven scenes over the metatile's northern half: both zones, an MGRS overlap, clouds, a scene that is all cloud, one of an older baseline. */
export async function makeTestWorld(): Promise<TestWorld> {
  const metatile = TEST_METATILE;
  const corner = (dx: number, dy: number): readonly [number, number] =>
    pixelCentreLonLat(NATIVE_ZOOM, metatile.x * METATILE_SIZE + dx, metatile.y * METATILE_SIZE + dy);
  const scenes: TestScene[] = [];
  const clouds =
    (seed: number, share: number) =>
    (col: number, row: number): number => {
      const patch = hash(col >> 4, row >> 4, seed);
      return patch < share ? [8, 9, 10, 3][Math.floor(patch * 1e4) % 4]! : patch > 0.98 ? 0 : 4;
    };
  const dates = ['2021-09-10', '2021-11-05', '2022-01-12', '2022-03-03', '2022-05-20'];
  for (const [d, date] of dates.entries()) {
    for (const epsg of [32735, 32736]) {
      const west = projectPoint(epsg, ...corner(-20, 512))[0];
      const east = projectPoint(epsg, ...corner(METATILE_SIZE + 20, 512))[0];
      const [, north] = projectPoint(epsg, ...corner(512, -40));
      // the northern half: the rest of the metatile shows what happens where no scene is
      const snap = (value: number): number => Math.round(value / 20) * 20;
      // each zone sees its side and some of the other
      const middle = (west + east) / 2;
      const x0 = snap(epsg === 32735 ? west : middle - 1400);
      const x1 = snap(epsg === 32735 ? middle + 1400 : east);
      scenes.push({
        id: `S2_${epsg}_${date}`,
        date,
        epsg,
        baseline: 5,
        x0,
        y0: snap(north),
        width: x1 - x0,
        height: 5_200,
        scl: date === '2022-01-12' && epsg === 32736 ? () => 9 : clouds(d * 10 + epsg, 0.15),
      });
    }
  }
  const first = scenes[0]!;
  scenes.push({ ...first, id: 'S2_older', baseline: 4, scl: clouds(99, 0.02) });
  const world = { files: {} as Record<string, Uint8Array>, rasters: new Map<string, TestRaster>() };
  const written: Scene[] = [];
  for (const scene of scenes) written.push(await writeScene(scene, world));
  return { ...world, scenes: written, metatile };
}

/** A pool and everything else that computing needs, reading the world's files and counting the reads. */
export async function testCompute(
  world: Pick<TestWorld, 'files'>,
  threads: number,
): Promise<{ deps: ComputeDeps; source: CountingSource; pool: WorkerPool; reader: CogReader }> {
  const source = new CountingSource(memorySource(world.files));
  const pool = new WorkerPool({ threads, kernels: await compileKernels() });
  const reader = new CogReader({ source, store: mapStore() });
  const arena = new Arena(1, createKernelMemory(STATIC_BYTES), STATIC_BYTES, 2 ** 31);
  return { deps: { pool, reader, arena, datesAtOnce: 3 }, source, pool, reader };
}
