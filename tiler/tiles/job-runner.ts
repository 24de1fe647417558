import type { Archive } from '../../cache/archive.js';
import { GeoCropError, isGeoCropError, messageOf } from '../../engine/errors.js';
import { TILE_SIZE, METATILE_SIZE, type TileId } from '../../engine/geo/tile-matrix.js';
import { MetatileComputation } from '../../engine/metatile/metatile-computation.js';
import type { ComputeDeps } from '../../engine/metatile/season-reader.js';
import { noScenesMessage } from '../../engine/scenes/scene-list.js';
import type { SceneList } from '../../engine/scenes/scene.js';
import { archiveMetatile, isArchived, type ArchiveRequest } from './archive-metatile.js';
import type { ReadBaseline } from './baseline-feature.js';
import { checkRead } from './check-read.js';
import type { MapDefinition } from './maps.js';
import type { JobResult, StoreFault } from './local-desk.js';
import type { SeenFault } from './scene-lists.js';
import type { JobProducts, MetatileJob, Wanted } from './metatile-job.js';
import type { TileEvent } from './tile-service.js';

/** What is told to metrics, log and /events while a metatile is made. */
export interface JobObserver {
  tile(event: TileEvent): void;
  stage(stage: string, seconds: number): void;
  read(blocks: number, bytes: number): void;
  warn(message: string, context: Record<string, unknown>): void;
}

export interface JobRunnerOptions {
  readonly compute: ComputeDeps;
  readonly archive: Archive;
  readonly definition: (job: MetatileJob) => MapDefinition;
  readonly scenes: (job: MetatileJob, signal: AbortSignal) => Promise<SceneList>;
  /** Keeps a metatile that is made and not archived: incomplete, or the archive cannot take it. */
  readonly shelve: (job: MetatileJob) => void;
  /** Called with what could not be read of a metatile; with nothing where all was read. */
  readonly onFaults: (job: MetatileJob, faults: readonly SeenFault[]) => Promise<void>;
  /** Called where the catalogue has nothing there: nothing will be archived of it. */
  readonly onNoScenes?: (job: MetatileJob, list: SceneList) => Promise<void>;
  readonly baseline: ReadBaseline;
  /** null: the collection has no SCL. */
  readonly hasScl: boolean;
  readonly observer: JobObserver;
  readonly now: () => Date;
}

/** Does one metatile: wanted tiles first, each delivered when it is ready; then the rest; then the archive. */
export function createJobRunner(
  options: JobRunnerOptions,
): (job: MetatileJob, signal: AbortSignal) => Promise<JobResult> {
  return async (job, signal) => {
    try {
      return await runJob(options, job, signal);
    } catch (error) {
      if (!signal.aborted) {
        // Without a scene there is nothing to make: who asks again gets that answer at once.
        const nothing = isGeoCropError(error, 'no-scenes');
        options.observer.tile({
          map: job.map,
          tile: job.metatile,
          ...(nothing
            ? { state: 'ready' as const }
            : { state: 'failed' as const, message: messageOf(error) }),
        });
      }
      throw error;
    } finally {
      options.compute.arena.reset();
    }
  };
}

async function runJob(options: JobRunnerOptions, job: MetatileJob, signal: AbortSignal): Promise<JobResult> {
  const { observer } = options;
  const begun = performance.now();
  const list = await options.scenes(job, signal);
  await job.refresh();
  // Nothing has been read yet, and whoever asked has left.
  if (!job.begun && job.standing() === null) {
    return { archived: false, missing: [], dropped: true };
  }
  const definition = options.definition(job);
  const { metatile, feature } = job;
  // Another process, or this one before a restart, may have made it meanwhile.
  if (list.scenes.length > 0 && (await isThere(options, { definition, metatile, list, feature }))) {
    job.archived();
    return { archived: true, missing: [] };
  }
  if (list.scenes.length === 0) await nothingToRead(options, job, list, definition);
  const { pixels } = definition;
  // A feature hangs on the pixels only: no model is run for it.
  const { bundle, baseline } = job.feature === null ? definition : { bundle: null, baseline: null };
  const computation = new MetatileComputation(options.compute, {
    metatile: job.metatile,
    list,
    season: definition.season,
    bands: pixels.bands,
    cloudBufferPixels: options.hasScl ? pixels.cloudBufferPixels : null,
    bundle,
    features: job.feature === null ? [] : [job.feature],
    ...(baseline === null ? {} : { dwClass: (target) => options.baseline(target, baseline, signal) }),
  });
  const planMs = performance.now() - begun;
  const native = nativeTiles(job.metatile);
  const timings = (): Record<string, number> => ({
    plan: planMs,
    read: computation.season.tally.readMs,
    decode: computation.season.tally.decodeMs,
    sample: computation.season.tally.sampleMs + computation.season.tally.maskMs,
    features: computation.timings.featuresMs,
    inference: computation.timings.inferenceMs,
    smoothing: computation.timings.smoothingMs,
  });

  const told = new Set<string>();
  const finish = async (tile: TileId): Promise<void> => {
    const name = nameOf(tile);
    // What was sent before the rest was read is made again with all of it; who listens has it.
    const tell: JobObserver['tile'] = told.has(name) ? () => undefined : (event) => observer.tile(event);
    tell({ map: job.map, tile, state: 'reading', progress: 0 });
    await computation.tile(tile, signal, (progress) => {
      tell(
        progress < 1
          ? { map: job.map, tile, state: 'reading', progress }
          : { map: job.map, tile, state: 'computing' },
      );
    });
    deliver(job, tile, list, computation, timings());
    tell({ map: job.map, tile, state: 'ready' });
    told.add(name);
  };

  const finishAll = async (): Promise<void> => {
    for (let wanted = await nextNative(job); wanted !== undefined; wanted = await nextNative(job)) {
      await finish(wanted);
    }
    await computation.readAll(signal);
    const remaining = new Set(native);
    while (remaining.size > 0) {
      signal.throwIfAborted();
      const wanted = await nextNative(job);
      const tile =
        [...remaining].find((one) => one.x === wanted?.x && one.y === wanted.y) ?? [...remaining][0];
      if (tile === undefined) break;
      remaining.delete(tile);
      await finish(tile);
    }
  };

  job.begun = true;
  try {
    await finishAll();
  } finally {
    // What is given up has been read, too.
    const { tally } = computation.season;
    observer.read(tally.blocksDecoded, tally.bytes);
    for (const [stage, ms] of Object.entries(timings())) observer.stage(stage, ms / 1000);
  }
  const products = computation.products();
  const faults = faultsOf(list, computation);
  const whole: JobProducts = {
    products,
    ...missingOf(faults),
    timings: timings(),
    scenes: list.digest,
  };
  if (faults.length > 0) {
    observer.warn('a metatile is incomplete and was not archived', {
      metatile: nameOf(job.metatile),
      faults,
    });
    options.shelve(job);
    await options.onFaults(job, faults);
    job.deliver('whole', whole);
    return { archived: false, missing: whole.missing };
  }
  await options.onFaults(job, []);
  const problem = await archive(options, job, { definition, list, products });
  job.deliver('whole', whole);
  if (problem !== null) return { archived: false, missing: [problem.message], code: problem.code };
  observer.tile({ map: job.map, tile: job.metatile, state: 'archived' });
  return { archived: true, missing: [] };
}

/** A store that does not answer has nothing: it is computed, and shown. */
async function isThere(
  { archive, observer }: JobRunnerOptions,
  request: Omit<Parameters<typeof isArchived>[0], 'archive'>,
): Promise<boolean> {
  try {
    return await isArchived({ archive, ...request });
  } catch (error) {
    if (!isGeoCropError(error, 'store-full', 'store-unavailable')) throw error;
    observer.warn('the archive could not be asked', { error: error.message });
    return false;
  }
}

/** Why the store could not take it; null where it did. What was made is shown all the same. */
async function archive(
  { archive, compute, observer, now, shelve }: JobRunnerOptions,
  job: MetatileJob,
  made: Pick<ArchiveRequest, 'definition' | 'list' | 'products'>,
): Promise<{ readonly code: StoreFault; readonly message: string } | null> {
  const begun = performance.now();
  const { metatile, feature } = job;
  try {
    await archiveMetatile({ archive, pool: compute.pool, metatile, feature, now: now(), ...made });
  } catch (error) {
    if (!isGeoCropError(error, 'store-full', 'store-unavailable')) throw error;
    observer.warn('a metatile could not be archived', { metatile: nameOf(metatile), error: error.message });
    shelve(job);
    return { code: error.code as StoreFault, message: error.message };
  }
  observer.stage('write', (performance.now() - begun) / 1000);
  return null;
}

function nameOf({ z, x, y }: TileId): string {
  return `${z}/${x}/${y}`;
}

/** A catalogue without scenes here is an answer; one whose scenes could not be read just now is none. */
async function nothingToRead(
  options: JobRunnerOptions,
  job: MetatileJob,
  list: SceneList,
  { season }: MapDefinition,
): Promise<never> {
  const faults = uncheckedOf(list);
  if (faults.length > 0) {
    await options.onFaults(job, faults);
    checkRead(list, [], 'Ask again later.');
  }
  await options.onNoScenes?.(job, list);
  throw new GeoCropError('no-scenes', noScenesMessage(list, season));
}

function missingOf(faults: readonly SeenFault[]): Pick<JobProducts, 'incomplete' | 'missing'> {
  return { incomplete: faults.length > 0, missing: faults.map(({ scene, reason }) => `${scene}: ${reason}`) };
}

/** Scenes that could not be checked or read: with any, the result is incomplete. */
function faultsOf(list: SceneList, computation: MetatileComputation): SeenFault[] {
  return [
    ...uncheckedOf(list),
    ...computation.faults.map(({ scene, asset, error }) => ({
      scene,
      code: error.code,
      reason: `${asset}: ${error.message}`,
    })),
  ];
}

function uncheckedOf({ unchecked }: SceneList): SeenFault[] {
  return (unchecked ?? []).map(({ id, code, reason }) => ({ scene: id, code, reason }));
}

function deliver(
  job: MetatileJob,
  tile: TileId,
  list: SceneList,
  computation: MetatileComputation,
  timings: Record<string, number>,
): void {
  const products: JobProducts = {
    products: computation.products(tile),
    ...missingOf(faultsOf(list, computation)),
    timings,
    scenes: list.digest,
  };
  job.deliver(tile, products);
}

/** The next wanted native tile; undefined where all of the metatile, or nothing, is wanted next. */
async function nextNative(job: MetatileJob): Promise<TileId | undefined> {
  await job.refresh();
  const wanted: Wanted | undefined = job.nextWanted();
  return wanted === 'whole' ? undefined : wanted;
}

/** The 16 tiles of zoom 14, row by row. */
export function nativeTiles(metatile: TileId): TileId[] {
  const across = METATILE_SIZE / TILE_SIZE;
  return Array.from({ length: across ** 2 }, (_, i) => ({
    z: 14,
    x: metatile.x * across + (i % across),
    y: metatile.y * across + Math.floor(i / across),
  }));
}
