import { join } from 'node:path';
import { Archive } from '../../cache/archive.js';
import { runJournal } from '../../cache/housekeeping/running-journal.js';
import type { ObjectStore } from '../../cache/object-store.js';
import { SceneListStore } from '../../cache/scene-list-store.js';
import { GeoCropError, messageOf } from '../../engine/errors.js';
import { polygonsCoverage, zimbabweCoverage, type Coverage } from '../../engine/geo/coverage.js';
import { compileKernels, createKernelMemory, STATIC_BYTES } from '../../engine/kernels/load.js';
import { Arena } from '../../engine/metatile/arena.js';
import type { ComputeDeps } from '../../engine/metatile/season-reader.js';
import { openSceneSource } from '../../engine/scenes/open-scene-source.js';
import type { Timers } from '../../engine/scenes/scene-source.js';
import type { SeasonDefinition } from '../../engine/season.js';
import {
  createByteSource,
  type ByteSourceOptions,
} from '../../engine/windows/byte-source/create-byte-source.js';
import { CogReader } from '../../engine/windows/cog-reader.js';
import { WorkerPool } from '../../engine/workers/pool.js';
import type { BaselineFeature } from './baseline-feature.js';
import { DynamicWorldBaseline } from './baseline.js';
import { createJobRunner, type JobObserver } from './job-runner.js';
import { JobShelf } from './job-shelf.js';
import { MapTileService } from './map-tile-service.js';
import type { MetatileDesk } from './metatile-desk.js';
import type { Maps } from './maps.js';
import type { Role } from '../role.js';
import { openDesk, type SharedWork } from './open-desk.js';
import { openPyramid, type EnginePyramid } from '../pyramid/open-pyramid.js';
import { pyramidMapsOf } from '../pyramid/pyramid-maps.js';
import { PointReader } from './point-reader.js';
import type { CatalogueFacts } from './catalogue-facts.js';
import { openFolderKeeping, type FolderKeeping, type Keeping } from './keeping.js';
import { openMaps } from './open-maps.js';
import { lookUpScenes } from './look-up-scenes.js';
import { faultStore } from './fault-store.js';
import { SceneLists } from './scene-lists.js';
import { shareEvents } from './shared-events.js';
import { TileEvents } from './tile-events.js';

/** Everything that decides how the engine runs: plain values, from configuration or from a command's options. */
export interface EngineOptions extends FolderKeeping {
  readonly stac: string;
  readonly collection?: string;
  /** In place of the folders: where things are kept. */
  readonly keep?: () => Promise<Keeping>;
  /** Of requests that name none; null: the first by name. */
  readonly defaultModel?: string | null;
  readonly seasons: readonly SeasonDefinition[];
  readonly threads: number;
  /** Threads start when there is something to compute. Default: at once, so that the first who asks does not wait for them. */
  readonly lazyThreads?: boolean;
  /** Limit of one metatile's memory. */
  readonly computeMemoryBytes: number;
  readonly computeMinZoom: number;
  readonly cloudLimit: number;
  readonly cloudBufferPixels: number;
  /** `auto`: the items' footprints for a static catalogue, Zimbabwe for an API. */
  readonly coverage: Coverage | 'auto' | 'zimbabwe' | 'items';
  readonly mayCompute: boolean;
  /** Metatiles that may wait. */
  readonly queueLimit: number;
  /** What waiting and half-done metatiles may hold in memory. */
  readonly queueBytes?: number;
  /** Nothing new is taken while somebody has waited for longer than this, milliseconds. */
  readonly queueAgeMs?: number;
  /** Default `all`. */
  readonly role?: Role;
  /** Opens the queue that processes share; without, this one has its own. */
  readonly shared?: () => Promise<SharedWork>;
  /** What is known of scenes in memory: lists two thirds of it, headers of their files the rest. */
  readonly sceneMemoryBytes?: number;
  readonly datesAtOnce: number;
  readonly source: ByteSourceOptions;
  readonly fetch: typeof globalThis.fetch;
  /** Of the catalogue's retries and time-outs; default real ones. */
  readonly timers?: Timers;
  readonly now: () => Date;
  /** Where Dynamic World lies; default: the engine's own store. */
  readonly baselines?: ObjectStore;
  readonly observer: Omit<JobObserver, 'tile'>;
  readonly stopGraceMs: number;
}

/** A running engine: what serves tiles, and what commands use directly. */
export interface Engine {
  readonly service: MapTileService;
  /** Where metatiles are ordered. */
  readonly desk: MetatileDesk;
  /** Whether other processes compute what is ordered here, too. */
  readonly sharesWork: boolean;
  readonly maps: Maps;
  readonly sceneLists: SceneLists;
  readonly compute: ComputeDeps;
  readonly coverage: Coverage;
  readonly store: ObjectStore;
  readonly archive: Archive;
  readonly pyramid: Pick<EnginePyramid, 'refreshAll' | 'idle'>;
  /** Dynamic World out of the store, for the HTTP layer and as the feature `dw_class`. */
  readonly baselines: DynamicWorldBaseline;
  readonly baseline: BaselineFeature;
  readonly hasScl: boolean;
  /** Bundles that did not load, and why. */
  readonly badBundles: readonly { readonly folder: string; readonly error: GeoCropError }[];
  /** Members of models that ONNX Runtime runs, and why the forest kernel does not. */
  readonly fallbacks: readonly { readonly model: string; readonly file: string; readonly why: string }[];
  close(): Promise<void>;
}

/** Where others look scenes up too, a list in memory is read again after this, milliseconds. */
const SHARED_LIST_MS = 60_000;

/** A point's neighbourhood, or a table's points in one metatile, need little. */
const POINT_MEMORY = 2 ** 30;

export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { now, observer, role = 'all', sceneMemoryBytes } = options;
  const scenes = await openSceneSource({
    stac: options.stac,
    fetch: options.fetch,
    ...(options.collection === undefined ? {} : { collection: options.collection }),
    ...(options.timers === undefined ? {} : { timers: options.timers }),
  });
  const keeping = await (options.keep?.() ?? openFolderKeeping(options));
  const { store } = keeping;
  const baselines = new DynamicWorldBaseline(options.baselines ?? store);
  const { maps, facts, hasScl, bundles, bad, baseline } = await openMaps({
    ...options,
    scenes,
    store,
    listings: await keeping.bundles(),
    baselines,
    warn: observer.warn,
  });
  const usage = runJournal(store, now, (error) =>
    observer.warn('what is looked at could not be noted', { error: messageOf(error) }),
  );
  const reader = new CogReader({
    source: createByteSource(options.source),
    store: keeping.windows,
    ...(sceneMemoryBytes === undefined ? {} : { headerBytes: Math.ceil(sceneMemoryBytes / 3) }),
  });
  const pool = new WorkerPool({
    threads: role === 'api' ? 1 : options.threads,
    kernels: await compileKernels(),
    lazy: options.lazyThreads === true,
  });
  if (role !== 'api') {
    for (const bundle of bundles.values()) pool.setup('bundle', { digest: bundle.digest, data: bundle });
  }

  const arena = (id: number, limit: number): Arena =>
    new Arena(id, createKernelMemory(STATIC_BYTES), STATIC_BYTES, limit);
  const compute: ComputeDeps = {
    pool,
    reader,
    arena: arena(1, options.computeMemoryBytes),
    datesAtOnce: options.datesAtOnce,
  };
  const pointCompute: ComputeDeps = { ...compute, arena: arena(2, POINT_MEMORY) };
  const coverage = coverageOf(options, facts);
  const lists = new SceneListStore(store, {
    onDamage: (error) =>
      observer.warn('a stored scene list is damaged and is made anew', { error: error.message }),
  });
  const sceneLists = new SceneLists({
    ...faultStore(store),
    readList: (definition, metatile) => lists.read(listName(definition, metatile)),
    writeList: async (definition, metatile, list) => {
      await lists.write(list);
    },
    lookUp: lookUpScenes({ source: scenes, reader, hasScl, cloudLimit: options.cloudLimit, now }),
    ...(options.shared === undefined ? {} : { keptMs: SHARED_LIST_MS }),
    ...(sceneMemoryBytes === undefined ? {} : { memoryBytes: Math.ceil((2 * sceneMemoryBytes) / 3) }),
    revision: () => scenes.revision(),
    now,
    warn: observer.warn,
  });
  const events = new TileEvents();
  const shared = (await options.shared?.()) ?? null;
  const tell: JobObserver['tile'] =
    shared === null ? (event) => events.emit(event) : shareEvents(shared.board, events);
  const { pyramid, archive } = openPyramid(
    {
      store,
      pool,
      maps,
      coverage,
      sceneLists,
      events,
      tell,
      works: options.mayCompute && role !== 'api',
      now,
      warn: observer.warn,
    },
    (watcher) =>
      new Archive(store, {
        watcher,
        onUse: usage.used,
        onDamage: (error) =>
          observer.warn('an archived file is damaged and is made anew', { error: error.message }),
      }),
  );
  const unfinished = new JobShelf(() => now().getTime());
  const runner = createJobRunner({
    compute,
    archive,
    definition: (job) => maps.definition(job.map),
    scenes: (job, signal) => sceneLists.get(maps.definition(job.map), job.metatile, signal),
    shelve: (job) => unfinished.put(job),
    onNoScenes: async (job, list) => {
      for (const { name } of pyramidMapsOf(maps.definition(job.map))) {
        await pyramid.keeper.sceneless(name, job.metatile, list.digest, list.lookedUpAt);
      }
    },
    onFaults: (job, faults) => sceneLists.report(maps.definition(job.map), job.metatile, faults),
    baseline: baseline.read,
    hasScl,
    observer: { ...observer, tile: tell },
    now,
  });
  const { desk, points } = openDesk({
    role,
    shared,
    run: runner,
    unfinished,
    points: new PointReader({ compute: pointCompute, sceneLists, hasScl, baseline: baseline.read }),
    maps,
    sceneLists,
    archive,
    events,
    limit: options.queueLimit,
    ...(options.queueBytes === undefined ? {} : { maxBytes: options.queueBytes }),
    ...(options.queueAgeMs === undefined ? {} : { maxAgeMs: options.queueAgeMs }),
    now: () => now().getTime(),
    warn: observer.warn,
  });
  const service = new MapTileService({
    maps,
    coverage,
    sceneLists,
    archive,
    lowZooms: pyramid.lowZooms,
    desk,
    points,
    events,
    computeMinZoom: options.computeMinZoom,
    mayCompute: options.mayCompute,
    now,
    stopGraceMs: options.stopGraceMs,
  });
  return {
    service,
    desk,
    sharesWork: shared !== null,
    maps,
    sceneLists,
    compute: pointCompute,
    coverage,
    store,
    archive,
    pyramid,
    baselines,
    baseline,
    hasScl,
    badBundles: bad,
    fallbacks: [...bundles.values()].flatMap(({ name, members }) =>
      members.flatMap(({ file, fallback }) =>
        fallback === null ? [] : [{ model: name, file, why: fallback }],
      ),
    ),
    close: async () => {
      sceneLists.close();
      await service.close();
      await pyramid.close();
      await pool.close();
      await usage.close();
      keeping.close();
    },
  };
}

/** Where the windows go unless configured: beside the store's buckets. */
export function defaultWindowsDir(storeDir: string): string {
  return join(storeDir, 'geocrop-windows');
}

function listName(
  { source, season }: ReturnType<Maps['definition']>,
  metatile: { readonly x: number; readonly y: number },
): Parameters<SceneListStore['read']>[0] {
  return { profile: source, season: season.name, year: season.year, metatile };
}

function coverageOf({ coverage }: EngineOptions, { areas }: CatalogueFacts): Coverage {
  if (coverage === 'zimbabwe') return zimbabweCoverage();
  if (typeof coverage !== 'string') return coverage;
  if (areas !== null) return polygonsCoverage(areas);
  if (coverage === 'auto') return zimbabweCoverage();
  throw new GeoCropError(
    'config-invalid',
    'Coverage "items" needs a static catalogue; an API does not list its items.',
    {
      hint: 'Use "zimbabwe", or a GeoJSON file.',
    },
  );
}
