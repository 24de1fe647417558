import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { TileTier as EncodedTier } from '../cache/tile-tier.js';
import { registerTiers } from './tier-metrics.js';
import type { TileState, TileTier } from './tiles/tile-service.js';

/** Seconds; a tile takes a millisecond from memory and half a minute cold. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 60];

/** All that is counted, in one place. One registry an app: tests and processes share nothing. */
export interface Metrics {
  readonly contentType: string;
  request(route: string, method: string, status: number, seconds: number): void;
  tile(tier: TileTier, zoom: number, state: TileState): void;
  /** @param timings milliseconds by stage */
  stages(timings: Readonly<Record<string, number>>): void;
  /** A range that was read from a source, and the bytes that came. */
  read(bytes: number): void;
  /** Source blocks that were decoded, from the source or from the block cache, and their compressed bytes. */
  decoded(blocks: number, bytes: number): void;
  /** The tiers of encoded tiles, asked for at each scrape. Once a registry. */
  tiers(list: () => readonly EncodedTier[]): void;
  /** Open event streams. */
  streams(change: 1 | -1): void;
  /** The text that Prometheus reads. */
  text(): Promise<string>;
}

export interface MetricsOptions {
  /** Asked for at each scrape. */
  readonly gauges?: () => { readonly queued: number; readonly running: number; readonly memoryBytes: number };
  /** CPU, memory, event loop and garbage collection of this process: once a process. */
  readonly process?: boolean;
}

export function createMetrics(options: MetricsOptions = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: 'geocrop_http_requests_total',
    help: 'HTTP requests by route and status',
    labelNames: ['route', 'method', 'status'],
    registers,
  });
  const requestSeconds = new Histogram({
    name: 'geocrop_http_request_seconds',
    help: 'Time until an answer was ready, by route',
    labelNames: ['route'],
    buckets: SECONDS,
    registers,
  });
  const tiles = new Counter({
    name: 'geocrop_tiles_total',
    help: 'Tiles sent, by the tier that had them, zoom and state',
    labelNames: ['tier', 'zoom', 'state'],
    registers,
  });
  const stageSeconds = new Histogram({
    name: 'geocrop_stage_seconds',
    help: 'Time by stage of making tiles and metatiles',
    labelNames: ['stage'],
    buckets: SECONDS,
    registers,
  });
  const counter = (name: string, help: string): Counter => new Counter({ name, help, registers });
  const reads = counter('geocrop_source_reads_total', 'Ranges read from sources');
  const readBytes = counter('geocrop_source_bytes_total', 'Bytes read from sources');
  const blocks = counter('geocrop_blocks_decoded_total', 'Source blocks decoded');
  const blockBytes = counter(
    'geocrop_block_bytes_decoded_total',
    'Compressed bytes of source blocks decoded',
  );
  const streams = new Gauge({ name: 'geocrop_event_streams', help: 'Open event streams', registers });
  const { gauges } = options;
  if (gauges !== undefined) {
    const figures = {
      queued: ['geocrop_queue_metatiles', 'Metatiles that wait to be computed'],
      running: ['geocrop_running_metatiles', 'Metatiles that are being computed'],
      memoryBytes: ['geocrop_memory_bytes', 'Memory of the tile service'],
    } as const;
    for (const [figure, [name, help]] of Object.entries(figures)) {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(gauges()[figure as keyof typeof figures]);
        },
      });
    }
  }
  if (options.process === true) collectDefaultMetrics({ register: registry });

  return {
    contentType: registry.contentType,
    request: (route, method, status, seconds) => {
      requests.inc({ route, method, status });
      requestSeconds.observe({ route }, seconds);
    },
    tile: (tier, zoom, state) => tiles.inc({ tier, zoom, state }),
    stages: (timings) => {
      for (const [stage, ms] of Object.entries(timings)) stageSeconds.observe({ stage }, ms / 1000);
    },
    read: (bytes) => {
      reads.inc();
      readBytes.inc(bytes);
    },
    decoded: (count, bytes) => {
      blocks.inc(count);
      blockBytes.inc(bytes);
    },
    tiers: (list) => registerTiers(registry, list),
    streams: (change) => streams.inc(change),
    text: () => registry.metrics(),
  };
}
