import type { Clock } from '../http/clock.js';
import type { ReadableStore } from '../tiles/store-source.js';
import type { AllowedPlace } from './address/allowed-places.js';
import { CogFiles } from './address/cog-files.js';
import { cogService, type CogService } from './cog-service.js';
import { CogThreads } from './threads/cog-threads.js';

export interface CogServiceOptions {
  readonly store: ReadableStore;
  readonly places: readonly AllowedPlace[];
  /** In front of the store's buckets' names. */
  readonly bucketPrefix: string;
  readonly privateHosts: readonly string[];
  readonly threads: number;
  readonly memoryBytes: number;
  readonly timeoutMs: number;
  /** Of one request to a web server, milliseconds. */
  readonly fetchTimeoutMs: number;
  /** Requests to web servers at once. */
  readonly fetchConcurrency: number;
  readonly onRead?: (bytes: number) => void;
  readonly clock: Clock;
}

/** Of each thread: blocks as they came, decoded ones, headers. */
const BLOCK_BYTES = 16 * 2 ** 20;
const DECODED_BYTES = 24 * 2 ** 20;
const HEADER_BYTES = 8 * 2 ** 20;

export function openCogService(options: CogServiceOptions): CogService {
  const { store, places, bucketPrefix, privateHosts, clock, onRead } = options;
  const files = new CogFiles({
    store,
    places,
    bucketPrefix,
    http: {
      privateHosts,
      timeoutMs: Math.min(options.fetchTimeoutMs, options.timeoutMs),
      maxInFlight: options.fetchConcurrency,
      ...(onRead === undefined ? {} : { onRead }),
    },
    now: () => clock.now(),
  });
  const runner = new CogThreads({
    source: files.source,
    threads: options.threads,
    memoryBytes: options.memoryBytes,
    timeoutMs: options.timeoutMs,
    data: { blockBytes: BLOCK_BYTES, decodedBytes: DECODED_BYTES, headerBytes: HEADER_BYTES },
    clock,
  });
  return cogService(files, runner);
}
