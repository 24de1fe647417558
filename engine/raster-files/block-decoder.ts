import { setImmediate } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { abortedError } from '../windows/byte-source/slots.js';
import type { WorkerPool } from '../workers/pool.js';
import type { BlockArray, BlockSpec } from '../windows/block-spec.js';
import type { BlockRequest, CogReader } from '../windows/cog-reader.js';
import type { CogHeader } from '../windows/cog-header.js';
import { decodePlanes } from '../windows/decode-planes.js';

/** Blocks that one read has decoded at a time: enough for all threads of a small machine. */
const AT_ONCE = 4;
/** Blocks decoded between two looks at what else there is to do. */
const BLOCKS_A_BREATH = 8;

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
   * Hands over blocks as planes (samples · blockHeight · blockWidth), each as soon as it is decoded, in no certain order;
   * null: sparse, `spec.fill` all over. They are shared: not to be written to, not to be held. Few are decoded at a time.
   * Throws what reading and decoding throw; what did not decode is not taken from a store again.
   */
  async each<W extends WantedBlock>(
    reader: CogReader,
    header: CogHeader,
    wanted: readonly W[],
    use: (one: W, block: BlockArray | null) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    const missing: W[] = [];
    for (const one of wanted) {
      const block = this.kept?.get(this.keyOf(header, one.request));
      if (block === undefined) missing.push(one);
      else use(one, block);
    }
    this.stats.kept += wanted.length - missing.length;
    const bytes = await reader.blocks(
      header,
      missing.map(({ request }) => request),
      signal,
    );
    let next = 0;
    const work = async (): Promise<void> => {
      for (let i = next++; i < missing.length; i = next++) {
        const one = missing[i]!;
        const compressed = bytes[i] ?? null;
        bytes[i] = null;
        use(one, compressed === null ? null : await this.decode(reader, header, one, compressed));
        // Decoding here holds the thread: whoever has lost patience must be heard.
        if (this.pool === undefined && i % BLOCKS_A_BREATH === BLOCKS_A_BREATH - 1) await setImmediate();
        if (signal?.aborted === true) throw abortedError(signal);
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, missing.length) }, work));
  }

  private decode(
    reader: CogReader,
    header: CogHeader,
    { request, spec }: WantedBlock,
    bytes: Uint8Array,
  ): Promise<BlockArray> {
    const key = this.keyOf(header, request);
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
