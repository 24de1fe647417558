import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { GeoCropError } from '../../engine/errors.js';
import { CENTRE } from './ground.js';
import { WHOLE_AREA, ZONES, type GroundArea } from './scene-grid.js';
import { PASSES, type PassPlan } from './season-plan.js';
import { SeasonPool } from './season-pool.js';
import { COLLECTION, collectionDocument } from './stac-item.js';
import { baselineKey } from './write-baseline.js';
import type { WrittenScene } from './write-scene.js';

/** Raised when the simulated season changes: folders of another version are made anew. */
export const SEASON_VERSION = 2;
export const SIMULATED_SEASON = 'summer';
export const SIMULATED_YEAR = 2024;

const MARKER = 'finished.json';
const BASELINES = 'geocrop-baselines';
const POINTS_PER_CLASS = 360;
/** Each worker holds one scene; more of them would not fit the promised memory. */
const MAX_THREADS = 2;

export interface SeasonOptions {
  /** Where the season is kept; made if it is not there. Whatever else is in it is replaced. */
  readonly dir: string;
  /** Called after each step, `done` of `total`, with what was made. */
  readonly onProgress?: (progress: SeasonProgress) => void;
  readonly signal?: AbortSignal;
  /** For tests: a smaller piece of the country, and some of the passes. */
  readonly area?: GroundArea;
  readonly passes?: readonly PassPlan[];
  readonly pointsPerClass?: number;
}

export interface SeasonProgress {
  readonly done: number;
  readonly total: number;
  /** e.g. "scenes of 2024-12-18, zone 35". */
  readonly stage: string;
}

/** Where everything of a simulated season lies. Paths are absolute. */
export interface SimulatedSeason {
  readonly dir: string;
  /** collection.json of a static STAC catalogue with one item a scene. */
  readonly catalogue: string;
  /** GeoJSON points with `label`, `field`, `year`. */
  readonly fields: string;
  /** Dynamic World: its key in the bucket of baselines, and the file; `{dir}` itself is laid out as a store. */
  readonly baseline: { readonly bucket: typeof BASELINES; readonly key: string; readonly path: string };
  /** [west, south, east, north], degrees. */
  readonly bbox: readonly [number, number, number, number];
  /** [lon, lat]: where the map opens. */
  readonly centre: readonly [number, number];
  readonly season: typeof SIMULATED_SEASON;
  readonly year: typeof SIMULATED_YEAR;
  readonly scenes: number;
  /** Bytes on disk. */
  readonly bytes: number;
}

interface Marker {
  readonly version: number;
  readonly request: string;
  readonly scenes: number;
  readonly bytes: number;
  readonly bbox: readonly [number, number, number, number];
  /** Every file, relative, with its size. */
  readonly files: readonly (readonly [path: string, bytes: number])[];
}

/**
 * Makes the simulated season, or finds it already made: the same pixels every time. A folder that is half made, of another
 * version, or has lost a file is made anew; it appears under its name only when it is whole.
 * @throws GeoCropError `store-full`, `store-unavailable`, `aborted`
 */
export async function generateSimulatedSeason(options: SeasonOptions): Promise<SimulatedSeason> {
  const dir = resolve(options.dir);
  const request = JSON.stringify([
    options.area ?? null,
    options.passes ?? null,
    options.pointsPerClass ?? null,
  ]);
  const known = await readMarker(dir, request);
  if (known !== null && options.signal?.aborted !== true) return seasonAt(dir, known);
  const making = `${dir}.making-${process.pid}-${(attempts += 1)}`;
  inTheMaking.add(making);
  try {
    options.signal?.throwIfAborted();
    await removeAbandoned(dir);
    await mkdir(making, { recursive: true });
    const marker = await make(making, request, options);
    // Another process may have finished first, and may be reading what it made.
    const others = await readMarker(dir, request);
    if (others !== null) return seasonAt(dir, others);
    await rm(dir, { recursive: true, force: true });
    await rename(making, dir);
    return seasonAt(dir, marker);
  } catch (error) {
    throw explain(error, dir, options.signal);
  } finally {
    inTheMaking.delete(making);
    // What went wrong is more worth telling than that its traces could not be removed.
    await rm(making, { recursive: true, force: true }).catch(() => undefined);
  }
}

let attempts = 0;
/** Folders that this process is filling. */
const inTheMaking = new Set<string>();

async function make(dir: string, request: string, options: SeasonOptions): Promise<Marker> {
  const area = options.area ?? WHOLE_AREA;
  const passes = options.passes ?? PASSES;
  const jobs = passes.flatMap((pass) => ZONES.map((zone) => ({ pass, zone })));
  const total = jobs.length + ZONES.length + 2;
  let done = 0;
  const report = (stage: string): void => options.onProgress?.({ done: ++done, total, stage });
  const pool = new SeasonPool(Math.min(MAX_THREADS, availableParallelism()));
  const stop = (): void => void pool.close();
  options.signal?.addEventListener('abort', stop);
  try {
    const grounds = await Promise.all(
      ZONES.map(async (zone) => {
        const ground = await pool.run({ kind: 'survey', zone, area });
        report(`ground of zone ${zone}`);
        return ground;
      }),
    );
    for (const ground of grounds) await pool.runOnAll({ kind: 'ground', ground });
    const scenes: WrittenScene[] = [];
    await Promise.all([
      pool
        .run({
          kind: 'fields',
          path: join(dir, 'fields.geojson'),
          area,
          perClass: options.pointsPerClass ?? POINTS_PER_CLASS,
        })
        .then(() => report('labelled fields')),
      pool
        .run({ kind: 'baseline', path: join(dir, BASELINES, baselineKey(SIMULATED_YEAR)), area })
        .then(() => report('Dynamic World baseline')),
      ...jobs.map(async ({ pass, zone }) => {
        scenes.push(...(await pool.run({ kind: 'scenes', pass, zone, folder: join(dir, COLLECTION) })));
        report(`scenes of ${pass.date}, zone ${zone}`);
      }),
    ]);
    options.signal?.throwIfAborted();
    const bbox = await writeCatalogue(join(dir, COLLECTION), scenes);
    return await writeMarker(dir, request, scenes.length, bbox);
  } finally {
    options.signal?.removeEventListener('abort', stop);
    await pool.close();
  }
}

async function writeCatalogue(
  folder: string,
  scenes: readonly WrittenScene[],
): Promise<[number, number, number, number]> {
  const sorted = [...scenes].sort((a, b) => (a.datetime + a.item < b.datetime + b.item ? -1 : 1));
  const bbox: [number, number, number, number] = [
    Math.min(...scenes.map(({ bbox }) => bbox[0])),
    Math.min(...scenes.map(({ bbox }) => bbox[1])),
    Math.max(...scenes.map(({ bbox }) => bbox[2])),
    Math.max(...scenes.map(({ bbox }) => bbox[3])),
  ];
  const document = collectionDocument(
    bbox,
    [sorted[0]?.datetime ?? '', sorted[sorted.length - 1]?.datetime ?? ''],
    sorted.map(({ item }) => item),
  );
  await writeFile(join(folder, 'collection.json'), `${JSON.stringify(document, null, 2)}\n`);
  return bbox;
}

async function writeMarker(
  dir: string,
  request: string,
  scenes: number,
  bbox: readonly [number, number, number, number],
): Promise<Marker> {
  const files: [string, number][] = [];
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.push([path.slice(dir.length + 1), (await stat(path)).size]);
  }
  files.sort(([a], [b]) => (a < b ? -1 : 1));
  const bytes = files.reduce((sum, [, size]) => sum + size, 0);
  const marker: Marker = { version: SEASON_VERSION, request, scenes, bytes, bbox, files };
  await writeFile(join(dir, MARKER), JSON.stringify(marker));
  return marker;
}

/** The marker of a whole season of this version, or null. */
async function readMarker(dir: string, request: string): Promise<Marker | null> {
  try {
    const marker = JSON.parse(await readFile(join(dir, MARKER), 'utf8')) as Marker;
    if (marker.version !== SEASON_VERSION || marker.request !== request) return null;
    for (const [path, bytes] of marker.files) {
      if ((await stat(join(dir, path))).size !== bytes) return null;
    }
    return marker;
  } catch {
    return null;
  }
}

/** Folders that a killed process left half made. */
async function removeAbandoned(dir: string): Promise<void> {
  const prefix = `${basename(dir)}.making-`;
  const siblings = await readdir(dirname(dir)).catch(() => []);
  for (const name of siblings) {
    const path = join(dirname(dir), name);
    if (!name.startsWith(prefix) || inTheMaking.has(path)) continue;
    const pid = parseInt(name.slice(prefix.length), 10);
    // A process of this one's number that is not this one has ended.
    if (pid !== process.pid && isRunning(pid)) continue;
    await rm(path, { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function seasonAt(dir: string, marker: Marker): SimulatedSeason {
  const key = baselineKey(SIMULATED_YEAR);
  return {
    dir,
    catalogue: join(dir, COLLECTION, 'collection.json'),
    fields: join(dir, 'fields.geojson'),
    baseline: { bucket: BASELINES, key, path: join(dir, BASELINES, key) },
    bbox: marker.bbox,
    centre: CENTRE,
    season: SIMULATED_SEASON,
    year: SIMULATED_YEAR,
    scenes: marker.scenes,
    bytes: marker.bytes,
  };
}

function explain(error: unknown, dir: string, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) {
    return new GeoCropError('aborted', 'The simulated season was given up.', { cause: error });
  }
  if (error instanceof GeoCropError) return error;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new GeoCropError('store-full', 'The disk is full: the simulated season needs about 300 MB.', {
      hint: 'Free some space, or name a folder on another disk.',
      context: { dir },
      cause: error,
    });
  }
  if (code === undefined) return error;
  return new GeoCropError('store-unavailable', `The simulated season cannot be written: ${code}.`, {
    hint: 'Name a folder that can be written to.',
    context: { dir, cause: code },
    cause: error,
  });
}
