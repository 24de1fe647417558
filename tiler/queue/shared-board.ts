/**
 * What processes tell each other beside the queue, through one Redis: who wants what, results that are too early for the
 * archive, and messages. Implemented in tiler/queue/redis-board.ts. Every call that needs Redis @throws queue-unavailable
 * within {@link BOARD_TIMEOUT_MS}; subscriptions survive a lost connection and go on when it is back.
 */
export interface SharedBoard {
  /** Notes or renews that somebody wants a part of some work, for `ttlMs` from now by Redis's clock. When it was first asked stays. */
  want(key: string, part: string, ttlMs: number): Promise<void>;
  /** Parts that are wanted now, oldest first. */
  wanted(key: string): Promise<readonly { readonly part: string; readonly sinceMs: number }[]>;
  /** It need not be done any more. */
  settle(key: string, part: string): Promise<void>;

  /** Keeps a result for `ttlMs` and then tells all who listen. */
  post(name: string, bytes: Uint8Array, ttlMs: number): Promise<void>;
  fetch(name: string): Promise<Uint8Array | undefined>;
  /** Told of the name of each result that is posted, by any process. */
  onPost(listener: (name: string) => void): () => void;

  /** To all processes, this one too; lost where nobody listens, or Redis is away. Never throws. */
  announce(topic: string, text: string): void;
  onAnnounce(topic: string, listener: (text: string) => void): () => void;

  /** False while Redis does not answer: asks nothing. */
  readonly up: boolean;
  close(): Promise<void>;
}

/** Redis answers in a millisecond, or is in trouble. */
export const BOARD_TIMEOUT_MS = 2_000;
