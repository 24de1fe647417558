import { fromErrorData } from '../../../engine/errors.js';
import { abortedError } from '../../../engine/windows/byte-source/slots.js';
import type { ByteSource } from '../../../engine/windows/byte-source.js';
import { onAbort } from '../../../engine/windows/on-abort.js';
import type { FromThread, ToThread } from './messages.js';

interface Reading {
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
}

/** In a thread: bytes that the main thread reads. */
export class RemoteSource implements ByteSource {
  readonly #readings = new Map<number, Reading>();
  #next = 1;

  constructor(private readonly send: (message: FromThread) => void) {}

  read(href: string, start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
    if (signal?.aborted === true) return Promise.reject(abortedError(signal));
    return new Promise((resolve, reject) => {
      const read = this.#next++;
      const settled = onAbort(signal, () => {
        this.#readings.delete(read);
        this.send({ type: 'leave', read });
        reject(abortedError(signal));
      });
      this.#readings.set(read, {
        resolve: (bytes) => {
          settled();
          resolve(bytes);
        },
        reject: (error) => {
          settled();
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- passed on as it came
          reject(error);
        },
      });
      this.send({ type: 'read', read, href, start, end });
    });
  }

  /** What came for a read; late ones are nobody's. */
  deliver(message: Extract<ToThread, { readonly type: 'bytes' | 'failed' }>): void {
    const reading = this.#readings.get(message.read);
    this.#readings.delete(message.read);
    if (message.type === 'bytes') reading?.resolve(message.bytes);
    else reading?.reject(fromErrorData(message.error));
  }
}
