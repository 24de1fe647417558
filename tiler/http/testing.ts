import type { Hono } from 'hono';
import { createLog } from '../log.js';
import type { Metrics } from '../metrics.js';
import { createMetrics } from '../metrics.js';
import type { FakeMap, FakeTileService } from '../tiles/testing.js';
import { fakeTileService } from '../tiles/testing.js';
import { createApp } from './app.js';
import type { Clock } from './clock.js';
import type { AppDeps, AppEnv, HttpConfig } from './deps.js';

/** A clock that stands still until it is told. */
export interface HandClock extends Clock {
  /** Lets `ms` milliseconds pass; timers that are due call back in order. */
  advance(ms: number): void;
}

export function handClock(): HandClock {
  let now = Date.parse('2026-01-01T00:00:00Z');
  interface Timer {
    due: number;
    readonly every: number | null;
    readonly callback: () => void;
  }
  const timers = new Set<Timer>();
  const start = (timer: Timer): (() => void) => {
    timers.add(timer);
    return () => timers.delete(timer);
  };
  return {
    now: () => now,
    every: (ms, callback) => start({ due: now + ms, every: ms, callback }),
    after: (ms, callback) => start({ due: now + ms, every: null, callback }),
    advance: (ms) => {
      const end = now + ms;
      for (;;) {
        const [next] = [...timers].filter((timer) => timer.due <= end).sort((a, b) => a.due - b.due);
        if (next === undefined) break;
        now = next.due;
        if (next.every === null) timers.delete(next);
        else next.due += next.every;
        next.callback();
      }
      now = end;
    },
  };
}

export const testConfig: HttpConfig = {
  waitSeconds: 25,
  compute: 'public',
  computeKey: null,
  publicUrl: null,
  attribution: 'Contains modified Copernicus Sentinel data',
  tileCacheBytes: 16 * 1024 * 1024,
  bodyBytes: 2 * 1024 * 1024,
};

export interface TestApp {
  readonly app: Hono<AppEnv>;
  readonly service: FakeTileService;
  readonly clock: HandClock;
  readonly metrics: Metrics;
  /** Log lines, parsed. */
  readonly lines: Record<string, unknown>[];
  readonly closing: AbortController;
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Response>;
}

/** The app over a map in memory. */
export function testApp(
  map: Partial<FakeMap> = {},
  deps: Partial<Omit<AppDeps, 'config'>> & { readonly config?: Partial<HttpConfig> } = {},
): TestApp {
  const service = fakeTileService(map);
  const clock = handClock();
  const metrics = createMetrics({ gauges: () => service.stats() });
  const lines: Record<string, unknown>[] = [];
  const log = createLog({
    level: 'debug',
    format: 'json',
    write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>),
    now: () => clock.now(),
  });
  const closing = new AbortController();
  const config = { ...testConfig, ...deps.config };
  const app = createApp({ service, clock, metrics, log, closing: closing.signal, ...deps, config });
  return {
    app,
    service,
    clock,
    metrics,
    lines,
    closing,
    get: async (path, headers = {}) => app.request(path, { headers }),
  };
}

/** Lets everything that is already settled run on. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
