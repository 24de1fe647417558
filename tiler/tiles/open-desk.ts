import type { Archive } from '../../cache/archive.js';
import { LocalWorkQueue } from '../queue/local-work-queue.js';
import type { BullWorkQueue } from '../queue/bull-work-queue.js';
import type { SharedBoard } from '../queue/shared-board.js';
import type { Role } from '../role.js';
import { LocalDesk, type LocalDeskOptions } from './local-desk.js';
import type { PointSource } from './map-tile-service.js';
import type { Maps } from './maps.js';
import type { MetatileDesk, MetatileRequest } from './metatile-desk.js';
import type { SceneLists } from './scene-lists.js';
import { SharedDesk } from './shared-desk.js';
import { SharedPoints, servePoints } from './shared-points.js';
import { serveMetatiles } from './shared-worker.js';
import type { TileEvents } from './tile-events.js';

/** The queue and the board that several processes share. */
export interface SharedWork {
  readonly queue: BullWorkQueue;
  readonly board: SharedBoard;
}

/** Opens what processes share. The SDK is loaded only where it is used. */
export async function openSharedWork(options: {
  readonly url: string;
  readonly limit: number;
  readonly warn: (message: string, context: Record<string, unknown>) => void;
}): Promise<SharedWork> {
  const [{ openBullWorkQueue }, { openRedisBoard }] = await Promise.all([
    import('../queue/bull-work-queue.js'),
    import('../queue/redis-board.js'),
  ]);
  return { queue: openBullWorkQueue(options), board: openRedisBoard(options) };
}

export interface OpenDeskOptions extends Pick<LocalDeskOptions, 'run' | 'unfinished'> {
  readonly role: Role;
  /** null: this process has a queue of its own. */
  readonly shared: SharedWork | null;
  readonly points: PointSource;
  readonly maps: Maps;
  readonly sceneLists: SceneLists;
  readonly archive: Archive;
  readonly events: TileEvents;
  readonly limit: number;
  readonly maxBytes?: number;
  readonly maxAgeMs?: number;
  /** Milliseconds. */
  readonly now: () => number;
  readonly warn: (message: string, context: Record<string, unknown>) => void;
}

/** Where this process has metatiles and points computed: in itself, or by all that share a queue. */
export function openDesk(options: OpenDeskOptions): {
  readonly desk: MetatileDesk;
  readonly points: PointSource;
} {
  const { role, shared, now, warn, events } = options;
  const onQueued: LocalDeskOptions['onQueued'] = ({ map, metatile }, wanted) =>
    events.emit({ map, tile: wanted === 'whole' ? metatile : wanted, state: 'queued' });
  const local =
    role === 'api'
      ? null
      : new LocalDesk({
          queue: new LocalWorkQueue({
            ...options,
            // The shared queue tries again, perhaps elsewhere.
            ...(shared === null ? {} : { attempts: 1 }),
            onError: ({ key }, error) =>
              warn('a metatile could not be computed', { job: key, error: error.message }),
          }),
          run: options.run,
          unfinished: options.unfinished,
          onQueued,
          now,
        });
  if (shared === null) {
    if (local === null) throw new RangeError('an api computes nothing, and has no queue to share');
    return { desk: local, points: options.points };
  }
  const { queue, board } = shared;
  // First of all who hear of an end: a list that another process has looked up is read anew.
  queue.subscribe(({ kind, key }) => {
    const [, season, x, y] = key.split('/');
    if (kind === 'metatile') options.sceneLists.forget(`${season}/${x}/${y}`);
  });
  if (local !== null) {
    serveMetatiles({ queue, board, local, now, warn });
    servePoints(shared, options.points, (map) => options.maps.definition(map));
  }
  return {
    desk: new SharedDesk({
      queue,
      board,
      fallback: local,
      onQueued,
      isThere: (request) => isThere(options, request),
      ...(options.maxAgeMs === undefined ? {} : { maxAgeMs: options.maxAgeMs }),
      onScenes: ({ definition, metatile }, digest) => options.sceneLists.expect(definition, metatile, digest),
      now,
      warn,
    }),
    points: new SharedPoints({ queue, board, fallback: local === null ? null : options.points }),
  };
}

/** Pixels are archived before the map, and a feature beside them. @throws what the store throws */
async function isThere(
  { archive, sceneLists }: Pick<OpenDeskOptions, 'archive' | 'sceneLists'>,
  { definition, metatile, feature }: MetatileRequest,
): Promise<boolean> {
  const list = await sceneLists.stored(definition, metatile);
  if (list === undefined || list.scenes.length === 0) return false;
  const { pixelsDigest, mapDigest, seasonKey } = definition;
  if (feature === null) return archive.has(mapDigest, seasonKey, metatile, list.digest);
  return (await archive.productBytes(pixelsDigest, seasonKey, metatile, list.digest, feature)) !== undefined;
}
