import { SUMMER } from '../engine/season.js';
import type { CogReader } from '../engine/windows/cog-reader.js';
import { DATES_AT_ONCE } from '../tiler/cli/engine-options.js';
import { defaultWindowsDir, openEngine, type Engine } from '../tiler/tiles/open-engine.js';

export interface BenchEngineOptions {
  readonly stac: string;
  readonly storeDir: string;
  readonly modelsDir: string;
  readonly threads: number;
  readonly mayCompute: boolean;
}

export interface BenchEngine {
  readonly engine: Engine;
  readonly reader: CogReader;
  /** Ranges that were read, and their bytes: headers, gaps and the catalogue's scenes included. */
  readonly source: { requests: number; bytes: number };
}

/** 2 GB for a process that computes, less what it takes beside its arena. */
export const COMPUTE_BYTES = 1.5 * 2 ** 30;
/** The season has closed when the bench runs, whatever the clock of the machine says. */
const NOW = new Date('2026-01-01T00:00:00Z');

/** The engine of the server, with its reads counted. */
export async function openBenchEngine(options: BenchEngineOptions): Promise<BenchEngine> {
  const source = { requests: 0, bytes: 0 };
  const engine = await openEngine({
    stac: options.stac,
    storeDir: options.storeDir,
    modelsDir: options.modelsDir,
    seasons: [SUMMER],
    windowsDir: defaultWindowsDir(options.storeDir),
    windowsQuotaBytes: 4 * 2 ** 30,
    threads: options.threads,
    computeMemoryBytes: COMPUTE_BYTES,
    computeMinZoom: 12,
    cloudLimit: 60,
    cloudBufferPixels: 3,
    coverage: 'items',
    mayCompute: options.mayCompute,
    queueLimit: 100,
    datesAtOnce: DATES_AT_ONCE,
    source: {
      onRead: (_href, bytes) => {
        source.requests += 1;
        source.bytes += bytes;
      },
    },
    fetch: globalThis.fetch,
    now: () => NOW,
    observer: {
      stage: () => undefined,
      read: () => undefined,
      warn: (message, context) => process.stderr.write(`${message} ${JSON.stringify(context)}\n`),
    },
    stopGraceMs: 1000,
  });
  return { engine, reader: engine.compute.reader, source };
}
