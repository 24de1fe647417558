import type { Agent } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { gaugesOf, type GeoCropServer } from '../geocrop-server.js';
import type { Traffic } from './traffic.js';

/** The server at a time. Bytes; NaN where it was not asked. */
export interface Moment {
  /** Since the load began. */
  readonly seconds: number;
  readonly rss: number;
  readonly heap: number;
  /** Buffers outside of the heap. */
  readonly external: number;
  /** Metatiles that wait. */
  readonly queued: number;
  /** The longest that the server's event loop stood still since it was asked before, milliseconds. */
  readonly lagMs: number;
  /** The same of the soak's own: then it is the machine, or the soak, that is slow. */
  readonly ownLagMs: number;
}

const SAMPLE_MS = 1000;
/** Seconds from one scrape to the next. */
const SCRAPED = 5;
/** Seconds from one line to the next. */
const SAID = 60;

/** Looks at the server each second, as Prometheus and `ps` do. */
export class Recorder {
  readonly moments: Moment[] = [];
  readonly #begun = performance.now();
  readonly #timer: NodeJS.Timeout;
  readonly #own = monitorEventLoopDelay({ resolution: 10 });
  #looks = 0;

  constructor(
    private readonly options: {
      readonly url: string;
      readonly server: GeoCropServer;
      readonly traffic: Traffic;
      readonly agent: Agent;
      readonly say: (line: string) => void;
    },
  ) {
    this.#own.enable();
    this.#timer = setInterval(() => void this.#look(), SAMPLE_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#own.disable();
  }

  async #look(): Promise<void> {
    const { server, traffic, agent, say } = this.options;
    const look = this.#looks;
    this.#looks += 1;
    const due = performance.now();
    const seconds = (due - this.#begun) / 1000;
    const scraped =
      look % SCRAPED === 0
        ? await traffic.get('metrics', { path: '/metrics', agent, due, keepBody: true })
        : null;
    const gauges = gaugesOf(String(scraped?.body ?? ''));
    const moment: Moment = {
      seconds,
      rss: await server.rss(),
      heap: gauges.get('nodejs_heap_size_used_bytes') ?? NaN,
      external: gauges.get('nodejs_external_memory_bytes') ?? NaN,
      queued: gauges.get('geocrop_queue_metatiles') ?? NaN,
      lagMs: 1000 * (gauges.get('nodejs_eventloop_lag_max_seconds') ?? NaN),
      ownLagMs: this.#own.max / 1e6,
    };
    this.#own.reset();
    this.moments.push(moment);
    if (look === 0 || look % SAID !== 0) return;
    const cached = traffic.tallies['cached tile'].latency;
    const health = traffic.tallies.healthz.latency;
    say(
      `${(seconds / 60).toFixed(0)} min: ${mb(moment.rss)} MB (heap ${mb(moment.heap)}), ${moment.queued} wait; ` +
        `${cached.count} cached tiles, p95 ${cached.quantile(0.95).toFixed(0)} ms; health p99 ${health.quantile(0.99).toFixed(0)} ms; ${traffic.wrongCount} wrong`,
    );
  }
}

const mb = (bytes: number): string => (bytes / 1e6).toFixed(0);
