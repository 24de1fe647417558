import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { lonLatToPixel, NATIVE_ZOOM, pixelCentreLonLat } from '../../engine/geo/tile-matrix.js';
import { SUMMER, WINTER } from '../../engine/season.js';
import { createByteSource } from '../../engine/windows/byte-source/create-byte-source.js';
import { CogReader } from '../../engine/windows/cog-reader.js';
import { readLevel, type LevelPixels } from '../../engine/windows/read-level.js';
import { mapStore } from '../../engine/windows/testing.js';
import type { LabelledPoint } from '../areas/labelled-points.js';
import { samplePoints, type SampleRow } from '../areas/sample-points.js';
import { lonLatOfUtm } from '../demo/utm-inverse.js';
import { openEngine, type Engine, type EngineOptions } from '../tiles/open-engine.js';

/** Real scenes lie beside the repository and are never committed. */
const DATA = new URL('../../../../shared/data/', import.meta.url);
export const withoutData: string | false = existsSync(DATA)
  ? false
  : 'needs the real scenes of ../shared/data';

/** A suite that needs something: without it one test, skipped with the reason, stands for all of them. */
export function describeWith(missing: string | false, name: string, suite: () => void): void {
  if (missing === false) describe(name, suite);
  else test(name, { skip: missing });
}

export const dataFolder = (path: string): string => fileURLToPath(new URL(path, DATA));

/** After all seasons of the data: nothing can be added to them any more. */
const LATER = new Date('2024-06-01T00:00:00Z');

export interface RealEngine {
  readonly engine: Engine;
  readonly warnings: readonly string[];
  readonly close: () => Promise<void>;
}

/** An engine on a folder of real scenes as a static catalogue, with a store of its own. @param path below shared/data */
export async function openReal(path: string, options: Partial<EngineOptions> = {}): Promise<RealEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'geocrop-real-'));
  const warnings: string[] = [];
  const engine = await openEngine({
    stac: dataFolder(path),
    storeDir: join(folder, 'store'),
    modelsDir: null,
    defaultModel: null,
    windowsDir: join(folder, 'windows'),
    windowsQuotaBytes: 2 ** 30,
    threads: 2,
    lazyThreads: true,
    computeMemoryBytes: 2 ** 30,
    computeMinZoom: 12,
    cloudLimit: 60,
    cloudBufferPixels: 3,
    coverage: 'items',
    seasons: [SUMMER, WINTER],
    mayCompute: true,
    queueLimit: 64,
    datesAtOnce: 3,
    source: {},
    fetch: globalThis.fetch,
    now: () => LATER,
    stopGraceMs: 5000,
    observer: {
      stage: () => undefined,
      read: () => undefined,
      warn: (message, context) => warnings.push(`${message}: ${JSON.stringify(context)}`),
    },
    ...options,
  });
  return {
    engine,
    warnings,
    close: async () => {
      await engine.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The 51 features at points, as `geocrop sample` gives them. */
export function sample(
  engine: Engine,
  season: string,
  points: readonly LabelledPoint[],
): Promise<SampleRow[]> {
  const { maps, sceneLists, compute, coverage, hasScl } = engine;
  return samplePoints(points, { maps, sceneLists, compute, coverage, hasScl, season });
}

/** The point in the middle of a map pixel. */
export function pointOfPixel(x: number, y: number, year: number): LabelledPoint {
  const [lon, lat] = pixelCentreLonLat(NATIVE_ZOOM, x, y);
  return { id: `${x}/${y}`, lon, lat, label: '', field: '', year };
}

/** A raster of the data, read whole, with its place. */
export interface RealRaster extends LevelPixels {
  readonly x0: number;
  readonly y0: number;
  readonly res: number;
  readonly epsg: number;
}

/** @param path below shared/data */
export async function readReal(path: string): Promise<RealRaster> {
  const reader = new CogReader({ source: createByteSource(), store: mapStore() });
  const { href } = pathToFileURL(dataFolder(path));
  const { transform, epsg } = await reader.header(href);
  if (transform === null || epsg === null) throw new RangeError(`${path} has no place`);
  return {
    ...(await readLevel(reader, href, 0)),
    x0: transform[2],
    y0: transform[5],
    res: transform[0],
    epsg,
  };
}

/** Longitude and latitude of a northern UTM zone's metres. */
export function lonLatOfNorthern(epsg: number, easting: number, northing: number): [number, number] {
  // The inverse is the demo's, for the south: its northings begin 10,000 km below the equator.
  return lonLatOfUtm(easting, northing + 10_000_000, epsg - 32600);
}

/** The map pixel that contains the centre of a raster's pixel. */
export function mapPixelOf(
  { x0, y0, res, epsg }: Pick<RealRaster, 'x0' | 'y0' | 'res' | 'epsg'>,
  column: number,
  row: number,
): { x: number; y: number } {
  const [lon, lat] = lonLatOfNorthern(epsg, x0 + (column + 0.5) * res, y0 - (row + 0.5) * res);
  return lonLatToPixel(NATIVE_ZOOM, lon, lat);
}
