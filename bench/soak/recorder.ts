import type { Agent } from 'node:http';
import { gaugesOf } from './gauges.js';
import type { SoakServer } from './soak-server.js';
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
  #looks = 0;

  constructor(
    private readonly options: {
      readonly url: string;
      readonly server: SoakServer;
      readonly traffic: Traffic;
      readonly agent: Agent;
      readonly say: (line: string) => void;
    },
  ) {
    this.#timer = setInterval(() => void this.#look(), SAMPLE_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
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
    };
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
