import { setMaxListeners } from 'node:events';
import { Agent } from 'node:http';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { dueTimes, seededRandom, type Arrivals } from './arrivals.js';
import { LatencyHistogram, type HistogramCounts } from './histogram.js';
import { httpGet, reasonOf } from './http-get.js';
import { Tally, type TallyReport } from './tally.js';

export interface OpenLoop {
  /** Asked for in turn. */
  readonly urls: readonly string[];
  /** Requests a second, whatever becomes of them. */
  readonly rate: number;
  readonly arrivals: Arrivals;
  readonly seconds: number;
  /** At most; a request that finds none free stands in line, and its latency runs. */
  readonly connections: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the Poisson arrivals. */
  readonly seed?: number;
  /** For answers after the last request was due. Default 5 s. */
  readonly graceMs?: number;
}

export interface LoadReport extends TallyReport {
  /** Requests that were due. */
  readonly offered: number;
  /** From the first request to the last answer. */
  readonly seconds: number;
  /** How late the generator itself was, due to sent: where this is long, the generator is what is measured. */
  readonly late: HistogramCounts;
}

/**
 * Sends requests when they are due and counts each one's latency from then, not from when it could be sent: a server that
 * stalls for a second is seen by all who would have come in that second. A client that waits for one answer before it
 * sends the next leaves them out ("coordinated omission": Gil Tene, How NOT to Measure Latency).
 */
export async function runOpenLoop(load: OpenLoop): Promise<LoadReport> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.connections });
  const giveUp = new AbortController();
  setMaxListeners(0, giveUp.signal);
  const tally = new Tally();
  const late = new LatencyHistogram();
  const under = new Set<Promise<void>>();
  const begun = performance.now();
  const send = (at: number, place: number): void => {
    const due = begun + at;
    late.record(Math.max(0, performance.now() - due));
    const url = load.urls[place % load.urls.length] ?? '';
    const answered = httpGet(url, { agent, headers: load.headers ?? {}, signal: giveUp.signal }).then(
      (answer) => tally.answer(answer, performance.now() - due),
      (error: unknown) =>
        tally.failure(giveUp.signal.aborted ? 'unanswered' : reasonOf(error), performance.now() - due),
    );
    under.add(answered);
    void answered.then(() => under.delete(answered));
  };

  let offered = 0;
  for (const at of dueTimes(load.arrivals, load.rate, seededRandom(load.seed ?? 1))) {
    if (at >= load.seconds * 1000) break;
    await until(begun + at);
    send(at, offered);
    offered += 1;
  }
  const grace = setTimeout(() => giveUp.abort(), load.graceMs ?? 5000);
  await Promise.all(under);
  clearTimeout(grace);
  agent.destroy();
  return { ...tally.report(), offered, seconds: (performance.now() - begun) / 1000, late: late.counts() };
}

/** Timers count whole milliseconds: the rest of one is waited for turn by turn. */
async function until(time: number): Promise<void> {
  for (let left = time - performance.now(); left > 0; left = time - performance.now()) {
    if (left > 2) await sleep(left - 1);
    else await nextTurn();
  }
}
