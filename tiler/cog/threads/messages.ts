import type { ErrorData } from '../../../engine/errors.js';
import type { CogAnswer, CogWork } from '../jobs/job.js';

/** What a thread is started with. */
export interface ThreadData {
  /** Memory for compressed blocks, for decoded ones, and for headers, bytes. */
  readonly blockBytes: number;
  readonly decodedBytes: number;
  readonly headerBytes: number;
}

/** To a thread. */
export type ToThread =
  | { readonly type: 'job'; readonly id: number; readonly href: string; readonly work: CogWork }
  /** Nobody waits for the job any more. */
  | { readonly type: 'abort'; readonly id: number }
  | { readonly type: 'bytes'; readonly read: number; readonly bytes: Uint8Array }
  | { readonly type: 'failed'; readonly read: number; readonly error: ErrorData };

/** From a thread. */
export type FromThread =
  | { readonly type: 'done'; readonly id: number; readonly answer: CogAnswer }
  | { readonly type: 'lost'; readonly id: number; readonly error: ErrorData }
  /** Bytes of a file are wanted: threads open neither files nor sockets. */
  | {
      readonly type: 'read';
      readonly read: number;
      readonly href: string;
      readonly start: number;
      readonly end: number;
    }
  | { readonly type: 'leave'; readonly read: number };
