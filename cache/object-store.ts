/**
 * Keyed objects in buckets: a folder on disk by default, any S3 API where one is configured. One conformance suite runs over all of them
 * (cache/object-store.conformance.ts). Keys are `/`-separated, without `.` or `..` segments, never starting with `/`.
 */
export interface ObjectStore {
  /** Whole object, or undefined where there is none. */
  get(bucket: Bucket, key: string, signal?: AbortSignal): Promise<Uint8Array | undefined>;
  /** Bytes [start, end) of an object, cut at its end; undefined where there is none. */
  getRange(
    bucket: Bucket,
    key: string,
    start: number,
    end: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array | undefined>;
  head(bucket: Bucket, key: string): Promise<ObjectInfo | undefined>;
  /**
   * Writes all or nothing: a reader sees the old object, the new one, or none; never a part, also after kill -9.
   * With `ifNoneMatch: '*'` an existing object stays and the answer is `exists`.
   */
  put(bucket: Bucket, key: string, bytes: Uint8Array, options?: PutOptions): Promise<'written' | 'exists'>;
  /** Nothing happens where there is none. */
  delete(bucket: Bucket, key: string): Promise<void>;
  /** Keys below a prefix, in code-unit order. */
  list(bucket: Bucket, prefix: string): AsyncIterable<string>;
  /** {@link list} with size and time, without a request for each: what goes away meanwhile may be missing. */
  entries(bucket: Bucket, prefix: string): AsyncIterable<ObjectEntry>;
}

export interface ObjectEntry {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly modified: Date;
}

export interface ObjectInfo {
  readonly size: number;
  readonly modified: Date;
  /** Differs where the bytes differ; undefined where the store has nothing better than size and time. */
  readonly version?: string;
}

export interface PutOptions {
  readonly ifNoneMatch?: '*';
  readonly contentType?: string;
}

export const BUCKETS = [
  'geocrop-models',
  'geocrop-baselines',
  'geocrop-results',
  'geocrop-windows',
  'geocrop-datasets',
] as const;
export type Bucket = (typeof BUCKETS)[number];
