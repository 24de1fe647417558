/**
 * Where bytes of scenes come from. The engine is given one; it never opens sockets or files by itself.
 * Implementations throw GeoCropError: `source-missing` (404, 410, ENOENT), `source-forbidden` (401, 403),
 * `source-unavailable` (time-out, 5xx, reset, short body), `aborted`.
 */
export interface ByteSource {
  /**
   * Bytes [start, end) of `href`. Shorter than asked only where the file ends before `end`; never longer.
   * An answer cut short by the network is an error, not a short result.
   */
  read(href: string, start: number, end: number, signal?: AbortSignal): Promise<Uint8Array>;
}

/** A keyed store of bytes that may forget anything at any time: compressed blocks and headers of scenes. */
export interface BlockStore {
  get(key: string): Promise<Uint8Array | undefined>;
  /** Never rejects for lack of room: what cannot be kept is dropped and counted. */
  put(key: string, bytes: Uint8Array): Promise<void>;
}
