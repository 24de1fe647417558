import { LRUCache } from 'lru-cache';
import { isGeoCropError } from '../engine/errors.js';
import { readArchivedHeader, type ArchivedForm, type ReadRange } from './archive-cog.js';
import type { ArchivedCog } from './archive-header.js';
import type { Bucket, ObjectStore } from './object-store.js';

export interface ArchivedFile {
  readonly key: string;
  readonly product: string;
  readonly form: ArchivedForm;
}

/** Our own COGs in a store, their headers kept in memory: then a block is one range. */
export class KeptHeaders {
  private readonly headers: LRUCache<string, ArchivedCog>;

  constructor(
    private readonly store: ObjectStore,
    private readonly bucket: Bucket,
    max: number,
  ) {
    this.headers = new LRUCache({ max });
  }

  /**
   * With the kept header; where that does not fit the file any more, once again with a new one. undefined where there is no
   * file. Throws `store-corrupt`, and what the store throws.
   */
  async use<T>(
    { key, product, form }: ArchivedFile,
    signal: AbortSignal | undefined,
    use: (read: ReadRange, cog: ArchivedCog) => Promise<T>,
  ): Promise<T | undefined> {
    let gone = false;
    const read: ReadRange = async (start, end) => {
      const bytes = await this.store.getRange(this.bucket, key, start, end, signal);
      gone = bytes === undefined;
      return bytes ?? new Uint8Array();
    };
    const kept = this.headers.get(key);
    try {
      if (kept !== undefined) {
        try {
          return await use(read, kept);
        } catch (error) {
          if (!isGeoCropError(error, 'store-corrupt')) throw error;
          this.headers.delete(key);
        }
      }
      const cog = await readArchivedHeader(read, product, key, form);
      const used = await use(read, cog);
      this.headers.set(key, cog);
      return used;
    } catch (error) {
      if (gone && isGeoCropError(error, 'store-corrupt')) return undefined;
      throw error;
    }
  }

  forget(key: string): void {
    this.headers.delete(key);
  }
}
