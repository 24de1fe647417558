/** A process of its own that only serves what is archived, over a real socket, and says what CPU and memory it takes. */
import { silentLog } from '../../tiler/log.js';
import { createMetrics } from '../../tiler/metrics.js';
import { createApp } from '../../tiler/http/app.js';
import { systemClock } from '../../tiler/http/clock.js';
import { startServer } from '../../tiler/http/server.js';
import { openBenchEngine, type BenchEngineOptions } from '../open-bench-engine.js';

export interface ServeOptions extends BenchEngineOptions {
  /** Encoded tiles in memory; 0: none, so that each comes from the archive. */
  readonly tileCacheBytes: number;
}

export interface ServerUse {
  /** Of all threads, since the process began. */
  readonly cpuMs: number;
  readonly maxRssBytes: number;
}

async function serve(options: ServeOptions): Promise<{ url: string }> {
  const { engine } = await openBenchEngine(options);
  const app = createApp({
    service: engine.service,
    config: {
      waitSeconds: 0,
      compute: 'none',
      computeKey: null,
      publicUrl: null,
      attribution: 'bench',
      tileCacheBytes: options.tileCacheBytes,
      bodyBytes: 0,
    },
    metrics: createMetrics({ gauges: () => engine.service.stats() }),
    clock: systemClock,
    log: silentLog,
  });
  return startServer(app, { host: '127.0.0.1', port: 0 }).then(({ url }) => ({ url }));
}

function use(): ServerUse {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1000, maxRssBytes: process.resourceUsage().maxRSS * 1024 };
}

process.on('message', (message: { serve?: ServeOptions }) => {
  if (message.serve === undefined) {
    process.send?.({ report: use() });
    return;
  }
  void serve(message.serve).then(
    (report) => process.send?.({ report }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.stack : String(error) }),
  );
});

// It lives as long as the bench does.
process.on('disconnect', () => process.exit());
