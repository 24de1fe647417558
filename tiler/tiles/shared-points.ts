import { seal, unseal } from '../../cache/block-envelope.js';
import { GeoCropError } from '../../engine/errors.js';
import type { SharedBoard } from '../queue/shared-board.js';
import type { Work } from '../queue/work.js';
import { errorOf } from '../queue/work-failure.js';
import type { WorkQueue } from '../queue/work-queue.js';
import type { PointSource } from './map-tile-service.js';
import type { MapDefinition } from './maps.js';
import type { PointAnswer } from './tile-service.js';

export interface SharedPointsOptions {
  readonly queue: WorkQueue;
  readonly board: SharedBoard;
  /** Computes in this process while the queue does not answer; null: this process computes nothing. */
  readonly fallback: PointSource | null;
}

/** A person looks at an answer for a while, and others may ask the same. */
const ANSWER_MS = 60_000;
/** A worker reads a season's dates at one place; more patience than a client's is of no use. */
const PATIENCE_MS = 55_000;

/** Points computed by whichever process takes them from the shared queue; answers come as posts. */
export class SharedPoints implements PointSource {
  constructor(private readonly options: SharedPointsOptions) {}

  async read(
    definition: MapDefinition,
    lon: number,
    lat: number,
    signal?: AbortSignal,
  ): Promise<PointAnswer> {
    const { queue, board } = this.options;
    const { mapDigest, seasonKey, key: map } = definition;
    const work: Work<'point'> = {
      kind: 'point',
      key: [mapDigest, seasonKey, lon, lat].join('/'),
      payload: { map, lon, lat },
      class: 'waited',
      owner: 'public',
    };
    const patience = AbortSignal.any([
      AbortSignal.timeout(PATIENCE_MS),
      ...(signal === undefined ? [] : [signal]),
    ]);
    let stop = (): void => undefined;
    try {
      const answered = new Promise<void>((resolve, reject) => {
        const unsubscribe = queue.subscribe((end) => {
          if (end.kind !== 'point' || end.key !== work.key) return;
          if (end.outcome === 'done') resolve();
          else reject(errorOf(end));
        });
        const leave = (): void => reject(leaving(signal));
        patience.addEventListener('abort', leave, { once: true });
        stop = () => {
          unsubscribe();
          patience.removeEventListener('abort', leave);
        };
      });
      answered.catch(() => undefined);
      const kept = await board.fetch(pointPost(work.key));
      const answer = kept === undefined ? undefined : parse(kept);
      if (answer !== undefined) return answer;
      await queue.add(work);
      await answered;
      const post = await board.fetch(pointPost(work.key));
      const found = post === undefined ? undefined : parse(post);
      if (found === undefined) throw new GeoCropError('queue-unavailable', 'The answer was lost on its way.');
      return found;
    } catch (error) {
      const { fallback } = this.options;
      const away = error instanceof GeoCropError && error.code === 'queue-unavailable';
      if (fallback === null || !away) throw error;
      return await fallback.read(definition, lon, lat, signal);
    } finally {
      stop();
    }
  }
}

/** Answers points of the shared queue in this process. */
export function servePoints(
  { queue, board }: Pick<SharedPointsOptions, 'queue' | 'board'>,
  points: PointSource,
  definition: (map: PointAnswer['map']) => MapDefinition,
): void {
  queue.serve('point', {
    run: async ({ key, payload: { map, lon, lat } }, { signal }) => {
      const answer = await points.read(definition(map), lon, lat, signal);
      await board.post(pointPost(key), seal(Buffer.from(JSON.stringify(answer))), ANSWER_MS);
      return null;
    },
  });
}

function pointPost(key: string): string {
  return `point ${key}`;
}

/** undefined where it is not whole. */
function parse(post: Uint8Array): PointAnswer | undefined {
  const whole = unseal(post);
  return whole && (JSON.parse(Buffer.from(whole).toString('utf8')) as PointAnswer);
}

function leaving(signal: AbortSignal | undefined): GeoCropError {
  if (signal?.aborted === true) return new GeoCropError('aborted', 'The caller left.');
  return new GeoCropError('not-ready', 'The point is being computed.', { hint: 'Ask again in a moment.' });
}
