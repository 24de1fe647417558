import { GeoCropError } from '../../errors.js';
import type { ByteSource } from '../byte-source.js';
import { onAbort } from '../on-abort.js';
import { readFileRange, type OpenFile } from './read-file.js';
import { networkMessage, readHttpRange, Transient, type Fetch } from './read-http.js';
import { s3Url, type S3Options } from './s3.js';
import { abortedError, Slots } from './slots.js';

export interface ByteSourceOptions {
  /** Default: the platform's. */
  readonly fetch?: Fetch;
  /** Default: `open` of node:fs/promises. */
  readonly openFile?: OpenFile;
  readonly s3?: S3Options;
  /** Tries in all for what may pass: 5xx, 429, network, time-out, short body. Default 3. */
  readonly tries?: number;
  /** For one try, from request to last byte. Default 30,000. */
  readonly timeoutMs?: number;
  /** Requests and file reads at once, over all callers. Default 32. */
  readonly maxInFlight?: number;
  /** Waits between tries; rejects or returns early on abort. */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Called for each range that was read, with the bytes that came. */
  readonly onRead?: (href: string, bytes: number) => void;
}

const FIRST_WAIT_MS = 250;
/** A server may ask for more patience than a map client has. */
const LONGEST_WAIT_MS = 10_000;

/** Reads ranges of `http(s)://`, `s3://` (public objects) and `file://`. Failures: see {@link ByteSource}. */
export function createByteSource(options: ByteSourceOptions = {}): ByteSource {
  const {
    fetch = globalThis.fetch,
    tries = 3,
    timeoutMs = 30_000,
    maxInFlight = 32,
    sleep = sleepUnlessAborted,
    onRead,
  } = options;
  const slots = new Slots(maxInFlight);

  /** One try, under its own time limit; the caller's signal reaches the socket. */
  async function attempt(
    url: string,
    href: string,
    start: number,
    end: number,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    const controller = new AbortController();
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      controller.abort();
    }, timeoutMs);
    const letGo = onAbort(signal, () => controller.abort(signal?.reason));
    try {
      return await readHttpRange(fetch, url, href, start, end, controller.signal);
    } catch (error) {
      if (signal?.aborted === true) throw abortedError(signal);
      if (error instanceof GeoCropError || error instanceof Transient) throw error;
      throw new Transient(
        timedOut
          ? `gave no full answer within ${timeoutMs} ms`
          : `could not be reached: ${networkMessage(error)}`,
        null,
        { cause: error },
      );
    } finally {
      clearTimeout(timer);
      letGo();
    }
  }

  async function readRemote(
    url: string,
    href: string,
    start: number,
    end: number,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    for (let failed = 0; ;) {
      try {
        return await slots.run(() => attempt(url, href, start, end, signal), signal);
      } catch (error) {
        if (!(error instanceof Transient)) throw error;
        failed += 1;
        if (failed >= tries) {
          throw new GeoCropError('source-unavailable', `The source ${error.message}, ${failed} times.`, {
            hint: 'Try again later; if it stays so, the server or the network is down.',
            context: { href, start, end, tries: failed },
            cause: error,
          });
        }
        const wait = Math.max(FIRST_WAIT_MS * 2 ** (failed - 1), error.retryAfterMs ?? 0);
        await sleep(Math.min(wait, LONGEST_WAIT_MS), signal);
        if (signal?.aborted === true) throw abortedError(signal);
      }
    }
  }

  return {
    async read(href, start, end, signal) {
      if (!(Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && end >= start)) {
        throw new RangeError(`read: got [${start}, ${end}), expected 0 <= start <= end`);
      }
      if (signal?.aborted === true) throw abortedError(signal);
      if (start === end) return new Uint8Array(0);
      const bytes = await readScheme();
      onRead?.(href, bytes.length);
      return bytes;

      function readScheme(): Promise<Uint8Array> {
        const scheme = /^[a-z0-9+.-]+(?=:)/i.exec(href)?.[0].toLowerCase();
        switch (scheme) {
          case 'http':
          case 'https':
            return readRemote(href, href, start, end, signal);
          case 's3':
            return readRemote(s3Url(href, options.s3), href, start, end, signal);
          case 'file':
            return slots.run(() => readFileRange(href, start, end, signal, options.openFile), signal);
          case undefined:
          default:
            throw new GeoCropError('source-missing', 'Scenes of this kind of address cannot be read.', {
              hint: 'Use https://, http://, s3:// or file:// addresses.',
              context: { href },
            });
        }
      }
    },
  };
}

function sleepUnlessAborted(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      letGo();
      resolve();
    };
    const timer = setTimeout(done, ms);
    const letGo = onAbort(signal, done);
  });
}
