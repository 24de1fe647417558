/**
 * A process of its own that serves a map in memory, for tests of stopping: prints its address, then what it does. With
 * `slow` in its arguments tiles are held until the service is closed.
 */
import { fileURLToPath } from 'node:url';
import { createLog } from '../log.js';
import { createMetrics } from '../metrics.js';
import { fakeTileService } from '../tiles/testing.js';
import { createApp } from './app.js';
import { systemClock } from './clock.js';
import { startServer } from './server.js';
import { untilStopped } from './stop.js';
import { testConfig } from './testing.js';

export const TESTING_SERVER = fileURLToPath(import.meta.url);

async function main(slow: boolean, stuck: boolean): Promise<number> {
  const fake = fakeTileService();
  let release = (): void => {};
  if (slow) fake.map.gate = new Promise((resolve) => (release = resolve));
  const service = {
    ...fake,
    close: async (): Promise<void> => {
      if (stuck) await new Promise(() => {});
      // What is being made when the signal comes is made, and sent.
      release();
    },
  };
  const write = (line: string): void => void process.stdout.write(line);
  const log = createLog({ level: 'info', format: 'json', write, now: () => systemClock.now() });
  const closing = new AbortController();
  const app = createApp({
    service,
    config: testConfig,
    metrics: createMetrics({
      gauges: () => ({ queued: fake.calls.values.length, running: 0, memoryBytes: 0 }),
    }),
    clock: systemClock,
    log,
    closing: closing.signal,
  });
  const server = await startServer(app, { host: '127.0.0.1', port: 0 });
  // Whoever reads the address may send a signal at once.
  const stopped = untilStopped({ server, service, closing, log });
  log.info('listening', { url: server.url });
  return (await stopped) === 'clean' ? 0 : 1;
}

if (process.argv[1] === TESTING_SERVER) {
  process.exitCode = await main(process.argv.includes('slow'), process.argv.includes('stuck'));
}
