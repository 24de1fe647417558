import type { BlockStore, ByteSource } from './byte-source.js';

/** One read of a source: bytes [start, end) of href. */
export interface RecordedRead {
  readonly href: string;
  readonly start: number;
  readonly end: number;
}

/** Wraps a source and records what is asked of it, failed reads included. For tests. */
export class CountingSource implements ByteSource {
  readonly reads: RecordedRead[] = [];

  constructor(private readonly inner: ByteSource) {}

  read(href: string, start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
    this.reads.push({ href, start, end });
    return this.inner.read(href, start, end, signal);
  }

  get bytes(): number {
    return this.reads.reduce((sum, { start, end }) => sum + end - start, 0);
  }

  clear(): void {
    this.reads.length = 0;
  }
}

/** Files in memory, by href. */
export function memorySource(files: Readonly<Record<string, Uint8Array>>): ByteSource {
  return {
    async read(href, start, end) {
      const file = files[href];
      if (file === undefined) throw new RangeError(`no file ${href}`);
      return file.slice(start, end);
    },
  };
}

/** A store that forgets nothing. */
export function mapStore(): BlockStore & { readonly entries: Map<string, Uint8Array> } {
  const entries = new Map<string, Uint8Array>();
  return {
    entries,
    get: async (key) => entries.get(key),
    put: async (key, bytes) => {
      entries.set(key, bytes);
    },
  };
}
