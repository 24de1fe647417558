import type { Archive } from '../../cache/archive.js';
import type { ObjectStore } from '../../cache/object-store.js';
import { Pyramid } from '../../cache/pyramid.js';
import type { Candidate } from '../../cache/pyramid-candidate.js';
import { PyramidMarks } from '../../cache/pyramid-marks.js';
import { PyramidNodes } from '../../cache/pyramid-nodes.js';
import { PyramidRefresh } from '../../cache/pyramid-refresh.js';
import type { Coverage } from '../../engine/geo/coverage.js';
import { METATILE_ZOOM, type TileId } from '../../engine/geo/tile-matrix.js';
import type { GeoCropError } from '../../engine/errors.js';
import type { WorkerPool } from '../../engine/workers/pool.js';
import type { MapDefinition, Maps } from '../tiles/maps.js';
import type { SceneLists } from '../tiles/scene-lists.js';
import type { TileEvents } from '../tiles/tile-events.js';
import type { TileEvent } from '../tiles/tile-service.js';
import { CoveredMetatiles } from './covered-metatiles.js';
import { LowZooms } from './low-zooms.js';
import { definitionsOf, pyramidMapOf, pyramidMapsOf } from './pyramid-maps.js';
import { PyramidKeeper } from './pyramid-keeper.js';

export interface OpenPyramidOptions {
  readonly store: ObjectStore;
  readonly pool: Pick<WorkerPool, 'run'>;
  readonly maps: Maps;
  readonly coverage: Coverage;
  readonly sceneLists: SceneLists;
  readonly events: TileEvents;
  /** Tells all processes of a tile. */
  readonly tell: (event: TileEvent) => void;
  /** False: this process only serves. */
  readonly works: boolean;
  readonly now: () => Date;
  readonly warn: (message: string, context: Record<string, unknown>) => void;
}

/** The zooms below 12 of an engine: read, kept in step, checked. */
export interface EnginePyramid {
  readonly lowZooms: LowZooms;
  readonly keeper: PyramidKeeper;
  /**
   * Holds all that is archived of a map against the pyramid and makes what differs: for archives that were filled before, and after
   * warming. `onProgress` counts nodes of one zoom. Throws what the store throws, and the signal's reason.
   */
  refreshAll(
    definition: MapDefinition,
    signal?: AbortSignal,
    onProgress?: (done: number, total: number) => void,
  ): Promise<void>;
  /** Resolves when no refresh is due or running; what is due is done at once. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** @param archive of the engine; what it is told of goes to `keeper` */
export function openPyramid(
  options: OpenPyramidOptions,
  archiveOf: (keeper: PyramidKeeper) => Archive,
): { readonly pyramid: EnginePyramid; readonly archive: Archive } {
  const { store, pool, maps, coverage, sceneLists, events, tell, works, now, warn } = options;
  const onDamage = (error: GeoCropError): void =>
    warn('a file of the zooms below 12 is damaged and is made anew', { error: error.message });
  const marks = new PyramidMarks(store, () => now().getTime());
  const nodes = new PyramidNodes(store, { onDamage });
  const reader = new Pyramid(store, {
    nodes,
    now: () => performance.now(),
    onDamage,
    onBroken: (name, node) => keeper.broken(name, node),
  });
  const keeper: PyramidKeeper = new PyramidKeeper({
    refresh: {
      useMarks: (...args) => refresh.useMarks(...args),
      check: (...args) => refresh.check(...args),
    },
    marks,
    mapOf: (name) => pyramidMapOf(maps, name),
    onShown: (name, places) => {
      reader.forget();
      for (const { key } of definitionsOf(maps, name)) {
        for (const tile of places) if (tile.z === METATILE_ZOOM) tell({ map: key, tile, state: 'archived' });
      }
    },
    warn,
    now,
    works,
  });
  const archive = archiveOf(keeper);
  const refresh = new PyramidRefresh({
    store,
    archive,
    nodes,
    marks,
    reduce: (parts) => pool.run('reduce', parts),
    now,
    onDamage,
  });
  // Another process may have refreshed it and says so.
  const unsubscribe = events.subscribe(({ state }) => {
    if (state === 'archived') reader.forget();
  });
  const lowZooms = new LowZooms({ pyramid: reader, archive, covered: new CoveredMetatiles(coverage), now });
  keeper.start();
  return {
    archive,
    pyramid: {
      lowZooms,
      keeper,
      refreshAll: async (definition, signal, onProgress) => {
        const sceneless = (): Promise<Candidate[]> => scenelessOf(definition, store, sceneLists, signal);
        for (const map of pyramidMapsOf(definition)) {
          await keeper.check(map, sceneless, signal, onProgress);
        }
        reader.forget();
      },
      idle: () => keeper.idle(),
      close: async () => {
        unsubscribe();
        await keeper.close();
      },
    },
  };
}

/** Metatiles whose stored scene lists are empty. */
async function scenelessOf(
  definition: MapDefinition,
  store: ObjectStore,
  sceneLists: SceneLists,
  signal: AbortSignal | undefined,
): Promise<Candidate[]> {
  const { source, seasonKey, mapDigest } = definition;
  const archived = new Set<string>();
  for (const { x, y } of await placesOf(
    store,
    `archive/${mapDigest}/${seasonKey}/12/`,
    /^(\d+)\/(\d+)\/current\.json$/,
  )) {
    archived.add(`${x}/${y}`);
  }
  const found: Candidate[] = [];
  for (const tile of await placesOf(store, `scenes/${source}/${seasonKey}/12/`, /^(\d+)\/(\d+)\.json$/)) {
    if (archived.has(`${tile.x}/${tile.y}`)) continue;
    signal?.throwIfAborted();
    const list = await sceneLists.stored(definition, tile);
    if (list?.scenes.length !== 0) continue;
    found.push({
      metatile: { x: tile.x, y: tile.y },
      content: { empty: true, scenes: list.digest, lookedUpAt: list.lookedUpAt },
    });
  }
  return found;
}

async function placesOf(store: ObjectStore, prefix: string, pattern: RegExp): Promise<TileId[]> {
  const places: TileId[] = [];
  for await (const key of store.list('geocrop-results', prefix)) {
    const [, x, y] = pattern.exec(key.slice(prefix.length)) ?? [];
    if (x !== undefined && y !== undefined) places.push({ z: METATILE_ZOOM, x: Number(x), y: Number(y) });
  }
  return places;
}
