import { GeoCropError } from '../engine/errors.js';
import { checkKey, checkPrefix, checkRange } from './object-key.js';
import type { Bucket, ObjectEntry, ObjectInfo, ObjectStore, PutOptions } from './object-store.js';

/** Objects in memory: for tests, and for runs that leave nothing behind. What is given and taken is copied. */
export class MemoryObjectStore implements ObjectStore {
  private readonly objects = new Map<string, { bytes: Uint8Array; modified: Date }>();

  constructor(private readonly now: () => Date = () => new Date()) {}

  async get(bucket: Bucket, key: string, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    return this.find(bucket, key, signal)?.bytes.slice();
  }

  async getRange(
    bucket: Bucket,
    key: string,
    start: number,
    end: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array | undefined> {
    checkRange(start, end);
    return this.find(bucket, key, signal)?.bytes.slice(start, end);
  }

  async head(bucket: Bucket, key: string): Promise<ObjectInfo | undefined> {
    const found = this.find(bucket, key);
    return found && { size: found.bytes.length, modified: found.modified };
  }

  async put(
    bucket: Bucket,
    key: string,
    bytes: Uint8Array,
    options: PutOptions = {},
  ): Promise<'written' | 'exists'> {
    if (options.ifNoneMatch === '*' && this.find(bucket, key) !== undefined) return 'exists';
    this.objects.set(place(bucket, checkKey(key)), { bytes: Uint8Array.from(bytes), modified: this.now() });
    return 'written';
  }

  async delete(bucket: Bucket, key: string): Promise<void> {
    this.objects.delete(place(bucket, checkKey(key)));
  }

  async *list(bucket: Bucket, prefix: string): AsyncIterable<string> {
    for await (const { key } of this.entries(bucket, prefix)) yield key;
  }

  async *entries(bucket: Bucket, prefix: string): AsyncIterable<ObjectEntry> {
    const start = place(bucket, checkPrefix(prefix));
    const places = [...this.objects.keys()].filter((key) => key.startsWith(start)).sort();
    for (const at of places) {
      const found = this.objects.get(at);
      if (found === undefined) continue;
      yield { key: at.slice(bucket.length + 1), size: found.bytes.length, modified: found.modified };
    }
  }

  private find(
    bucket: Bucket,
    key: string,
    signal?: AbortSignal,
  ): { bytes: Uint8Array; modified: Date } | undefined {
    if (signal?.aborted === true) {
      throw new GeoCropError('aborted', `Reading ${key} was given up.`, { context: { bucket, key } });
    }
    return this.objects.get(place(bucket, checkKey(key)));
  }
}

const place = (bucket: Bucket, key: string): string => `${bucket}/${key}`;
