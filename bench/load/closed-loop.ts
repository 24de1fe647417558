import { Agent } from 'node:http';
import type { LoadReport } from './open-loop.js';
import { LatencyHistogram } from './histogram.js';
import { httpGet, reasonOf } from './http-get.js';
import { Tally } from './tally.js';

export interface ClosedLoop {
  readonly urls: readonly string[];
  /** Clients that each send their next request when they have their answer. */
  readonly clients: number;
  readonly seconds: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * As many requests as a number of patient clients get answered: how much a server can do. Its latencies are from sent to
 * answered, as most load generators have them, and say nothing of what people would see (open-loop.ts).
 */
export async function runClosedLoop(load: ClosedLoop): Promise<LoadReport> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.clients });
  const tally = new Tally();
  let sent = 0;
  const begun = performance.now();
  const client = async (): Promise<void> => {
    while (performance.now() - begun < load.seconds * 1000) {
      const url = load.urls[sent++ % load.urls.length] ?? '';
      const at = performance.now();
      try {
        tally.answer(await httpGet(url, { agent, headers: load.headers ?? {} }), performance.now() - at);
      } catch (error) {
        tally.failure(reasonOf(error), performance.now() - at);
      }
    }
  };
  await Promise.all(Array.from({ length: load.clients }, client));
  agent.destroy();
  return {
    ...tally.report(),
    offered: sent,
    seconds: (performance.now() - begun) / 1000,
    late: new LatencyHistogram().counts(),
  };
}
