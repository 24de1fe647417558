/** Where an S3 store is and how it is spoken to. */
export interface S3Options {
  /** `https://host[:port]`, without a path. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** `host/bucket/key` (MinIO) in place of `bucket.host/key`. Default true. */
  readonly pathStyle?: boolean;
  /** Put before the buckets' names, so that several installations can share a server. */
  readonly bucketPrefix?: string;
  /** Where browsers reach the server; presigned links are made for it. Default the endpoint. */
  readonly publicUrl?: string;
  /** For one try of a small object; larger ones get a second per MiB more. Default 5,000. */
  readonly timeoutMs?: number;
  /** Tries in all for what may pass. Default 3. */
  readonly tries?: number;
  /** Requests under way at once. Default 64. */
  readonly maxInFlight?: number;
  /** Waits between tries; rejects or returns early on abort. */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}
