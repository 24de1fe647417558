import { MemoryObjectStore } from '../../../cache/memory-store.js';
import { parseAllowedPlaces } from '../../cog/address/allowed-places.js';
import type { CogServiceOptions } from '../../cog/open-cog-service.js';
import { openCogService } from '../../cog/open-cog-service.js';
import { systemClock } from '../../http/clock.js';
import { testApp, type TestApp } from '../../http/testing.js';
import type { ReadableStore } from '../../tiles/store-source.js';

export interface CogTestServer extends TestApp {
  close(): Promise<void>;
}

/** A server with the COG service over folders and a store. @param allow as GEOCROP_COG_ALLOW */
export function cogTestServer(
  allow: string,
  store: ReadableStore = new MemoryObjectStore(),
  options: Partial<CogServiceOptions> = {},
): CogTestServer {
  const cog = openCogService({
    store,
    places: parseAllowedPlaces(allow),
    bucketPrefix: '',
    privateHosts: [],
    threads: 2,
    memoryBytes: 256 * 2 ** 20,
    timeoutMs: 120_000,
    fetchTimeoutMs: 10_000,
    fetchConcurrency: 8,
    clock: systemClock,
    ...options,
  });
  return { ...testApp({}, { cog }), close: () => cog.close() };
}
