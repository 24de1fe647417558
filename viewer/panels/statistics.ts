import { ApiError, getJson, unreachable, UNREACHABLE } from '../api.js';
import type { Problem } from '../api.js';
import type { AreaGeometry } from '../panel-host.js';

/** POST /statistics, as far as this page reads it. Hectares are ground areas; shares are 0 to 1. */
export interface AreaStatistics {
  readonly period: readonly [first: string, last: string] | null;
  readonly area: Amount;
  readonly completeness: {
    readonly complete: boolean;
    readonly classified: PartOfArea;
    readonly noData: PartOfArea;
    readonly notComputed: PartOfArea;
    readonly outsideCoverage: PartOfArea;
    readonly metatiles: { readonly all: number; readonly missing: number } | null;
  };
  readonly classes: readonly ClassStatistics[];
  readonly estimate:
    | { readonly possible: false; readonly reason: string }
    | {
        readonly possible: true;
        readonly method: string;
        readonly samples: number;
        readonly simulated: boolean;
        readonly assumptions: readonly string[];
      };
  readonly notes: readonly string[];
  readonly attribution: string;
}

export interface Amount {
  readonly pixels: number;
  readonly hectares: number;
}

export interface PartOfArea extends Amount {
  readonly share: number;
}

export interface ClassStatistics extends Amount {
  readonly id: number;
  readonly name: string;
  readonly color: string;
  /** Of what has a class. */
  readonly share: number;
  /** Percent. */
  readonly meanConfidence: number | null;
  readonly adjusted: {
    readonly hectares: number;
    readonly standardError: number;
    readonly interval: readonly [low: number, high: number];
  } | null;
}

/** How far the counting is: `computing` goes on by itself, `ended` does not, though parts may be missing. */
export interface Progress {
  readonly statistics: AreaStatistics | null;
  readonly state: 'computing' | 'ended';
  /** What keeps the rest from being computed, where something does. */
  readonly problem: Problem | null;
}

/** The server computes while it waits; less than the minute after which proxies cut. */
const WAIT_SECONDS = 20;
const LEAST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** What goes by. */
const PASSING: readonly string[] = [
  'not-ready',
  'queue-full',
  'queue-unavailable',
  'shutting-down',
  UNREACHABLE,
];
/** As often in a row without anything new, and nobody computes it. */
const PATIENCE = 30;

/**
 * Counts an area: what is there at once; then the rest is asked for, and what is there by then counted again, until all is.
 * @param map the query that names it
 * @param pause resolves after the milliseconds; injected for tests
 */
export async function countArea(
  map: string,
  area: AreaGeometry,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
  pause: (ms: number) => Promise<void> = (ms) => new Promise((done) => setTimeout(done, ms)),
  ask: typeof getJson = getJson,
): Promise<void> {
  let statistics: AreaStatistics | null = null;
  let unchanged = 0;
  // With `wait` the server has the rest computed; without, it counts what is there.
  for (let wait = false; !signal.aborted;) {
    const query = new URLSearchParams(map);
    if (wait) query.set('wait', String(WAIT_SECONDS));
    let problem: Problem | null = null;
    try {
      const before = left(statistics);
      statistics = await ask<AreaStatistics>(`statistics?${query.toString()}`, signal, area);
      unchanged = left(statistics) === before ? unchanged + 1 : 0;
      wait = true;
    } catch (error) {
      if (signal.aborted) return;
      problem = error instanceof ApiError ? error.problem : unreachable().problem;
      unchanged += wait ? 0 : 1;
      wait = false;
    }
    if (signal.aborted) return;
    const passes = problem === null ? !isComplete(statistics) : PASSING.includes(problem.code);
    const goesOn = passes && unchanged < PATIENCE;
    onProgress({ statistics, state: goesOn ? 'computing' : 'ended', problem });
    if (!goesOn) return;
    if (problem !== null)
      await pause(Math.min(LONGEST_PAUSE_MS, Math.max(LEAST_PAUSE_MS, (problem.retryAfter ?? 0) * 1000)));
  }
}

const isComplete = (statistics: AreaStatistics | null): boolean => statistics?.completeness.complete === true;

const left = (statistics: AreaStatistics | null): number =>
  statistics?.completeness.notComputed.pixels ?? Number.NaN;
