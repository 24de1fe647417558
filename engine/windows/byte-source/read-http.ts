import { GeoCropError, messageOf, type ErrorCode } from '../../errors.js';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** A failure that another try may mend. `retryAfterMs` is what the server asked for, if it did. */
export class Transient extends Error {
  constructor(
    message: string,
    readonly retryAfterMs: number | null = null,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A server that ignores Range sends all that lies before the window too: up to here that is bearable. */
export const WHOLE_BODY_LIMIT = 32 * 1024 * 1024;

/**
 * One try at bytes [start, end) of an http(s) URL, as RFC 9110 §14 has ranges. Shorter only where the file ends.
 * Throws {@link Transient} where another try may help, GeoCropError where not, and whatever `fetch` throws on abort.
 * @param href what errors name: the address as the caller knows it
 */
export async function readHttpRange(
  fetch: Fetch,
  url: string,
  href: string,
  start: number,
  end: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const response = await fetch(url, {
    // `identity`: a range of a compressed representation would be of no use.
    headers: { range: `bytes=${start}-${end - 1}`, 'accept-encoding': 'identity' },
    signal,
  });
  try {
    switch (response.status) {
      case 206:
        return await readPart(response, start, end);
      case 200:
        return await readWhole(response, href, start, end);
      case 416:
        // The file ends at or before `start`.
        return new Uint8Array(0);
      default:
        throw statusError(response, href);
    }
  } finally {
    // Frees the socket where the body was not read to its end.
    if (response.body !== null && !response.bodyUsed) await response.body.cancel().catch(() => undefined);
  }
}

async function readPart(response: Response, start: number, end: number): Promise<Uint8Array> {
  const header = response.headers.get('content-range') ?? '';
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(header.trim());
  if (match === null) throw new Transient(`answered 206 with Content-Range "${header}"`);
  const first = Number(match[1]);
  const last = Number(match[2]);
  const size = match[3] === '*' ? null : Number(match[3]);
  const complete = last === end - 1 || (last < end && size !== null && last === size - 1);
  if (first !== start || last < first || !complete) {
    throw new Transient(`answered "${header}" when asked for bytes ${start}-${end - 1}`);
  }
  const bytes = new Uint8Array(last - first + 1);
  const got = await fill(response, bytes, 0);
  if (got.kept < bytes.length) throw new Transient(`sent ${got.kept} of ${bytes.length} bytes`);
  if (got.more) throw new Transient(`sent more than the ${bytes.length} bytes it announced`);
  return bytes;
}

async function readWhole(response: Response, href: string, start: number, end: number): Promise<Uint8Array> {
  const lengthHeader = response.headers.get('content-length');
  const length = lengthHeader === null ? null : Number(lengthHeader);
  const needed = length === null ? end : Math.min(end, length);
  if (needed > WHOLE_BODY_LIMIT) {
    throw new GeoCropError(
      'source-unavailable',
      'The server ignores Range and the file is too large without.',
      {
        hint: 'Serve the file from a server that answers range requests (206).',
        context: { href, end: needed },
      },
    );
  }
  const bytes = new Uint8Array(Math.max(0, needed - start));
  const { kept, seen, more } = await fill(response, bytes, start);
  // Without Content-Length a clean end is the file's end.
  if (!more && length !== null && seen < length) throw new Transient(`sent ${seen} of ${length} bytes`);
  return bytes.subarray(0, kept);
}

/** Skips `skip` bytes of the body, then fills `into`; `more` where the body goes on after that. */
async function fill(
  response: Response,
  into: Uint8Array,
  skip: number,
): Promise<{ kept: number; seen: number; more: boolean }> {
  let seen = 0;
  let kept = 0;
  if (response.body === null) return { kept, seen, more: false };
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { kept, seen, more: false };
      const from = Math.max(0, skip - seen);
      const piece = value.subarray(from, from + into.length - kept);
      into.set(piece, kept);
      kept += piece.length;
      seen += value.length;
      if (seen > skip + into.length) {
        await reader.cancel().catch(() => undefined);
        return { kept, seen, more: true };
      }
    }
  } finally {
    reader.releaseLock();
  }
}

/** HTTP status to error: 404 and 410 are final, so are 401 and 403; overload and server faults pass. */
function statusError(response: Response, href: string): Error {
  const { status } = response;
  const final = (code: ErrorCode, message: string, hint: string): GeoCropError =>
    new GeoCropError(code, message, { hint, context: { href, status } });
  if (status === 404 || status === 410) {
    return final(
      'source-missing',
      'The file is not there.',
      'Check the address; the scene may have been withdrawn.',
    );
  }
  if (status === 401 || status === 403) {
    return final(
      'source-forbidden',
      'The server refuses to give the file.',
      'Only files that are public can be read; some buckets also say this of files that are not there.',
    );
  }
  if (status >= 500 || status === 408 || status === 425 || status === 429) {
    return new Transient(`answered ${status}`, retryAfter(response));
  }
  return final('source-unavailable', `The server answered ${status}.`, 'Check the address.');
}

function retryAfter(response: Response): number | null {
  const seconds = Number(response.headers.get('retry-after') ?? NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null;
}

/** What went wrong, with the socket's reason that `fetch` hides in its cause. */
export function networkMessage(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? `${messageOf(error)} (${cause.message})` : messageOf(error);
}
