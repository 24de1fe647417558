import { GeoCropError } from '../../engine/errors.js';
import { jsonErrorAt } from './json-error.js';
import { HttpError } from './problem.js';

/** Characters of a body that a message shows. */
const SHOWN = 12;

/**
 * A request's body as JSON, never more than `most` bytes of it.
 * @throws HttpError body-too-large; bad-request with the place of what is no JSON; the signal's reason
 */
export async function readJsonBody(request: Request, most: number, signal: AbortSignal): Promise<unknown> {
  const coding = request.headers.get('Content-Encoding')?.toLowerCase() ?? 'identity';
  if (coding !== 'identity') {
    throw new GeoCropError('bad-request', `The body is compressed (${coding.slice(0, SHOWN)}).`, {
      hint: 'Send it as it is, without Content-Encoding.',
    });
  }
  const text = decode(await readBytes(request, most, signal));
  if (text.trim() === '') throw malformed('The body is empty.');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw malformed(`The body is not JSON: ${placed(text)}.`);
  }
}

async function readBytes(request: Request, most: number, signal: AbortSignal): Promise<Uint8Array> {
  // Said before anything is read, where the client says how much it is.
  if (Number(request.headers.get('Content-Length') ?? 0) > most) throw tooLarge(most);
  const pieces: Uint8Array[] = [];
  let length = 0;
  const body = request.body as ReadableStream<Uint8Array> | null;
  const reader = body?.getReader();
  if (reader === undefined) return new Uint8Array();
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await reader.read();
      if (done) return Buffer.concat(pieces, length);
      length += value.length;
      if (length > most) throw tooLarge(most);
      pieces.push(value);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw malformed('The body is not UTF-8.');
  }
}

/** With what is there, as far as a line may show it. */
function placed(text: string): string {
  const at = jsonErrorAt(text);
  const before = text.slice(0, at).split('\n');
  const where = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
  if (at >= text.length) return `it ends too early, at ${where}`;
  return `${JSON.stringify(text.slice(at, at + SHOWN).split('\n')[0])} cannot stand at ${where}`;
}

function tooLarge(most: number): HttpError {
  return new HttpError(
    'body-too-large',
    `The body has more than ${most} bytes.`,
    'Simplify the outline: a pixel is 9 m, so that vertices closer than that say nothing.',
  );
}

function malformed(message: string): GeoCropError {
  return new GeoCropError('bad-request', message, {
    hint: 'Send GeoJSON polygons as JSON text, in UTF-8.',
  });
}
