import { readFile, stat } from 'node:fs/promises';
import { GeoCropError, messageOf } from '../../engine/errors.js';

/** Documents beside a model are some kilobytes. */
const MAX_DOCUMENT_BYTES = 64 * 2 ** 20;

/** A whole file. Throws `bad-request` where it cannot be read, `model-too-large` beyond `most` bytes. */
export async function readInput(path: string, most: number): Promise<Uint8Array> {
  const unreadable = (message: string, cause?: unknown) =>
    new GeoCropError('bad-request', `${path} ${message}`, {
      hint: 'Check the path, and that you may read it.',
      context: { path },
      cause,
    });
  const there = await stat(path).catch((cause: unknown) => {
    throw unreadable(`cannot be read: ${messageOf(cause)}.`, cause);
  });
  if (!there.isFile()) throw unreadable('is no file.');
  if (there.size > most) {
    throw new GeoCropError('model-too-large', `${path} has ${there.size} bytes; at most ${most} are read.`, {
      hint: 'No model that serves tiles is that large: is it the right file?',
      context: { path },
    });
  }
  return readFile(path).catch((cause: unknown) => {
    throw unreadable(`cannot be read: ${messageOf(cause)}.`, cause);
  });
}

/** A JSON document. Throws `bad-request` where it cannot be read or is no JSON. */
export async function readJsonInput(path: string): Promise<unknown> {
  const bytes = await readInput(path, MAX_DOCUMENT_BYTES);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new GeoCropError('bad-request', `${path} is not JSON: ${messageOf(cause)}.`, {
      context: { path },
      cause,
    });
  }
}
