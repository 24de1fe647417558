import { LRUCache } from 'lru-cache';
import type { WorkerPool } from '../workers/pool.js';
import type { BlockArray, BlockSpec } from '../windows/block-spec.js';
import type { BlockRequest, CogReader } from '../windows/cog-reader.js';
import type { CogHeader } from '../windows/cog-header.js';
import { decodePlanes } from '../windows/decode-planes.js';

export interface BlockDecoderOptions {
  /** Decodes in its threads; without one, where it is called: for tests and tools. */
  readonly pool?: Pick<WorkerPool, 'run'>;
  /** Memory for decoded blocks, which neighbouring tiles share. Default 64 MiB; 0: none. */
  readonly cacheBytes?: number;
}

/** A block of a file and how it is decoded. */
export interface WantedBlock {
  readonly request: BlockRequest;
  readonly spec: BlockSpec;
}

/** Blocks of open files, decoded, each once however many ask for it, and kept for a while. One for all datasets of a process. */
export class BlockDecoder {
  private readonly pool: Pick<WorkerPool, 'run'> | undefined;
  private readonly kept: LRUCache<string, BlockArray> | undefined;
  private readonly running = new Map<string, Promise<BlockArray>>();
  /** Headers by number: a file that is opened anew, because it was replaced, has blocks of its own. */
  private readonly headers = new WeakMap<CogHeader, number>();
  private nextHeader = 1;
  /** Blocks decoded, and those that were there. */
  readonly stats = { decoded: 0, kept: 0 };

  constructor(options: BlockDecoderOptions = {}) {
    this.pool = options.pool;
    const { cacheBytes = 64 * 1024 * 1024 } = options;
    if (cacheBytes > 0) {
      this.kept = new LRUCache({
        maxSize: cacheBytes,
        // One block that is most of the cache would push out all others.
        maxEntrySize: Math.max(1, Math.floor(cacheBytes / 4)),
        sizeCalculation: ({ byteLength }) => Math.max(1, byteLength),
      });
    }
  }

  /**
   * Blocks as planes (samples · blockHeight · blockWidth), in the order asked; null: sparse, `spec.fill` all over. They are
   * shared: not to be written to. Throws what reading and decoding throw; what did not decode is not taken from a store again.
   */
  async blocks(
    reader: CogReader,
    header: CogHeader,
    wanted: readonly WantedBlock[],
    signal?: AbortSignal,
  ): Promise<(BlockArray | null)[]> {
    const keys = wanted.map(({ request }) => this.keyOf(header, request));
    const found = keys.map((key) => this.kept?.get(key) ?? this.running.get(key));
    const missing = wanted.filter((_, i) => found[i] === undefined);
    this.stats.kept += wanted.length - missing.length;
    const bytes = await reader.blocks(
      header,
      missing.map(({ request }) => request),
      signal,
    );
    let next = 0;
    return Promise.all(
      wanted.map(async ({ request, spec }, i) => {
        const there = found[i];
        if (there !== undefined) return there;
        const compressed = bytes[next++] ?? null;
        return compressed === null
          ? null
          : this.decode(reader, header, request, spec, keys[i] ?? '', compressed);
      }),
    );
  }

  private decode(
    reader: CogReader,
    header: CogHeader,
    request: BlockRequest,
    spec: BlockSpec,
    key: string,
    bytes: Uint8Array,
  ): Promise<BlockArray> {
    const running = this.running.get(key);
    if (running !== undefined) return running;
    this.stats.decoded += 1;
    const decoded =
      this.pool === undefined ? decodePlanes(spec, bytes) : this.pool.run('decode', { spec, bytes });
    const work = decoded.then(
      (block) => {
        this.running.delete(key);
        this.kept?.set(key, block);
        return block;
      },
      async (error: unknown) => {
        this.running.delete(key);
        await reader.forget(header, [request]);
        throw error;
      },
    );
    this.running.set(key, work);
    return work;
  }

  private keyOf(header: CogHeader, { level, block, plane = 0 }: BlockRequest): string {
    let number = this.headers.get(header);
    if (number === undefined) {
      number = this.nextHeader++;
      this.headers.set(header, number);
    }
    return `${number}/${level}/${plane}/${block}`;
  }
}
