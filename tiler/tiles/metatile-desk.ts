import type { TileId } from '../../engine/geo/tile-matrix.js';
import type { WorkClass } from '../queue/work.js';
import type { JobProducts, Wanted } from './metatile-job.js';
import type { MapDefinition } from './maps.js';

/** A metatile of a map, and perhaps a feature of it. */
export interface MetatileRequest {
  readonly definition: MapDefinition;
  readonly metatile: TileId;
  /** The feature that is to be archived too; null: the map itself. */
  readonly feature: string | null;
}

/** Where metatiles are asked for: computed in this process, or by whichever process takes them from the shared queue. */
export interface MetatileDesk {
  /**
   * One native tile, or the whole; null where all of it is in the archive by now. Callers share the work and own their patience.
   * @throws not-ready after `waitMs`, aborted, queue-full, queue-unavailable, and what computing throws
   */
  want(
    request: MetatileRequest,
    wanted: Wanted,
    patience: { readonly waitMs: number; readonly signal?: AbortSignal },
  ): Promise<JobProducts | null>;
  /**
   * Has all of it computed and archived, for nobody who waits for a tile. Resolves once it is archived; rejects with the reason when
   * the last attempt has failed: `no-scenes` where there is nothing to compute. What could not be read whole is no success: `source-unavailable`, with the scenes.
   * Aborting the signal leaves what has not begun undone.
   */
  order(
    request: MetatileRequest,
    order: {
      readonly class: Extract<WorkClass, 'job' | 'warming'>;
      readonly owner: string;
      readonly signal?: AbortSignal;
    },
  ): Promise<void>;
  /** How many orders are worth having under way at once: more keep no worker busier. */
  readonly ordersAtOnce: number;
  stats(): { readonly queued: number; readonly running: number };
  close(graceMs: number): Promise<void>;
}
