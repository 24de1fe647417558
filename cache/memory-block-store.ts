import { LRUCache } from 'lru-cache';
import type { BlockStore } from '../engine/windows/byte-source.js';

/** Blocks in memory, up to a number of bytes; the least recently used goes first. For tests and small commands. */
export class MemoryBlockStore implements BlockStore {
  private readonly blocks: LRUCache<string, Uint8Array>;

  constructor(quotaBytes: number) {
    // lru-cache takes no entry of size 0.
    this.blocks = new LRUCache({ maxSize: quotaBytes, sizeCalculation: (bytes) => bytes.length + 1 });
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return this.blocks.get(key);
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    this.blocks.set(key, bytes);
  }

  get bytes(): number {
    return this.blocks.calculatedSize;
  }
}
