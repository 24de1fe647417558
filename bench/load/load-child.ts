/** A process of its own that sends requests, so that what it takes is not the server's. */
import { runClosedLoop, type ClosedLoop } from './closed-loop.js';
import { runOpenLoop, type LoadReport, type OpenLoop } from './open-loop.js';

export type LoadOrder = { readonly open: OpenLoop } | { readonly closed: ClosedLoop };

export interface LoadAnswer extends LoadReport {
  /** Cores that the generator itself took, from 0 to 1: near 1 it is the generator that is measured. */
  readonly generatorShare: number;
}

async function run(order: LoadOrder): Promise<LoadAnswer> {
  const before = process.cpuUsage();
  const report = 'open' in order ? await runOpenLoop(order.open) : await runClosedLoop(order.closed);
  const { user, system } = process.cpuUsage(before);
  return { ...report, generatorShare: (user + system) / 1e6 / report.seconds };
}

process.on('message', (order: LoadOrder) => {
  void run(order).then(
    (report) => process.send?.({ report }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.stack : String(error) }),
  );
});

// It lives as long as the one who asks.
process.on('disconnect', () => process.exit());
