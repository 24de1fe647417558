import type { Agent } from 'node:http';
import { httpGet, reasonOf, type Answer } from '../load/http-get.js';
import { Tally } from '../load/tally.js';

export const KINDS = ['cached tile', 'cold tile', 'point', 'tilejson', 'healthz', 'metrics'] as const;
export type Kind = (typeof KINDS)[number];

export interface Request {
  /** With `/` at the front. */
  readonly path: string;
  readonly agent: Agent;
  /** When it should have been sent, by `performance.now()`: what its latency counts from. */
  readonly due: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The client's own: who leaves is no error of the server. */
  readonly signal?: AbortSignal;
  readonly keepBody?: boolean;
}

/** Of what must not happen, this much is told in full. */
const TOLD = 20;

/** All that was asked of the server and what became of it. */
export class Traffic {
  readonly tallies = Object.fromEntries(KINDS.map((kind) => [kind, new Tally()])) as Record<Kind, Tally>;
  /** Requests whose client left, by kind. */
  readonly left: Partial<Record<Kind, number>> = {};
  /** What must not happen, as text; the first of them. */
  readonly wrong: string[] = [];
  wrongCount = 0;

  constructor(private readonly url: string) {}

  /** null where the client left, or nothing came. */
  async get(kind: Kind, request: Request): Promise<Answer | null> {
    const { path, due, signal } = request;
    try {
      const answer = await httpGet(this.url + path, request);
      this.tallies[kind].answer(answer, performance.now() - due);
      const problem = problemOf(kind, answer);
      if (problem !== null) this.tell(`${path}: ${problem}`);
      return answer;
    } catch (error) {
      if (signal?.aborted === true) this.left[kind] = (this.left[kind] ?? 0) + 1;
      else {
        this.tallies[kind].failure(reasonOf(error), performance.now() - due);
        this.tell(`${path}: no answer (${reasonOf(error)})`);
      }
      return null;
    }
  }

  tell(what: string): void {
    this.wrongCount += 1;
    if (this.wrong.length < TOLD) this.wrong.push(what);
  }
}

const KEPT: readonly unknown[] = ['memory', 'redis', 'archive'];

/** What is wrong with an answer of a server under too much load; null: nothing. */
export function problemOf(
  kind: Kind,
  { status, headers }: Pick<Answer, 'status' | 'headers'>,
): string | null {
  const retryAfter = headers['retry-after'];
  const tier = headers['x-geocrop-cache'];
  if (status === 503 && kind === 'healthz') return '503: it must answer whatever else there is to do';
  if (status === 503 && kind === 'cached tile') return '503 for a tile that is there';
  if (status === 503) return /^\d+$/.test(retryAfter ?? '') ? null : '503 without Retry-After';
  if (status !== 200 && status !== 304) return `status ${status}`;
  if (kind === 'cached tile' && status === 200 && !KEPT.includes(tier)) {
    return `a tile that is there was not found: ${String(tier)}`;
  }
  return null;
}
