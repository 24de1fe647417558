import { setMaxListeners } from 'node:events';
import type { Band, SceneList } from '../scenes/scene.js';
import type { SeasonWindow } from '../season.js';
import type { CogReader } from '../windows/cog-reader.js';
import type { WorkerPool } from '../workers/pool.js';
import type { Arena } from './arena.js';
import { DateReader, newTally, type ReadFault, type ReadTally } from './read-date.js';
import { planSeason } from './season-plan.js';
import { settleAll } from './settle-all.js';
import { SeasonStack } from './season-stack.js';
import type { Rect, Target } from './target.js';

/** What computing needs of the process around it. */
export interface ComputeDeps {
  readonly pool: WorkerPool;
  readonly reader: CogReader;
  /** Nothing else may use it while a job runs. */
  readonly arena: Arena;
  /** Dates that are read side by side: enough to keep the line busy, few enough to bound the bytes in memory. */
  readonly datesAtOnce: number;
}

/** The scenes of a place and season, and how they are to be read. */
export interface SeasonInput {
  readonly list: Pick<SceneList, 'scenes'>;
  readonly season: SeasonWindow;
  /** The band set, in the order of BANDS. */
  readonly bands: readonly Band[];
  /** null: the collection has no SCL. */
  readonly cloudBufferPixels: number | null;
}

/** Reads a season's dates into a stack, regions of the target one after another, dates side by side. */
export class SeasonReader {
  readonly stack: SeasonStack;
  readonly tally: ReadTally = newTally();
  readonly #dates: readonly DateReader[];

  constructor(
    private readonly deps: ComputeDeps,
    input: SeasonInput,
    target: Target,
    /** A target pixel whose scene classes are to be known: see {@link seen}. */
    look?: number,
  ) {
    const plan = planSeason(input.list, input.season);
    this.stack = new SeasonStack(deps.pool, deps.arena, target, input.season, plan, input.bands);
    this.#dates = plan.map(
      (_, date) => new DateReader(this.stack, deps.reader, date, input.cloudBufferPixels, this.tally, look),
    );
  }

  /** Dates that had to be dropped, and why. */
  get faults(): readonly ReadFault[] {
    return this.#dates.flatMap((date) => date.fault ?? []);
  }

  /** SCL at the looked-at pixel by date and place of the scene, once read; null outside the scene. */
  get seen(): readonly (readonly (number | null)[])[] {
    return this.#dates.map((date) => date.seen);
  }

  /** @param onDate called with the share of dates done, 0 to 1. Rejects only when aborted or broken: see {@link faults}. */
  async read(region: Rect, signal?: AbortSignal, onDate?: (share: number) => void): Promise<void> {
    // Every read of every date listens to it.
    if (signal !== undefined) setMaxListeners(0, signal);
    const waiting = [...this.#dates];
    let done = 0;
    const line = async (): Promise<void> => {
      for (let date = waiting.shift(); date !== undefined; date = waiting.shift()) {
        try {
          await date.read(region, signal);
        } catch (error) {
          waiting.length = 0;
          throw error;
        }
        done += 1;
        onDate?.(done / this.#dates.length);
      }
    };
    await settleAll(Array.from({ length: this.deps.datesAtOnce }, line));
  }
}
