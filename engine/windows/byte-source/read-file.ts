import { open, type FileHandle } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { GeoCropError, messageOf } from '../../errors.js';
import { abortedError } from './slots.js';

/** What is needed of `node:fs/promises`. */
export type OpenFile = (path: string, flags: 'r') => Promise<FileHandle>;

/** Bytes [start, end) of a `file://` URL, cut at the file's end. */
export async function readFileRange(
  href: string,
  start: number,
  end: number,
  signal: AbortSignal | undefined,
  openFile: OpenFile = open,
): Promise<Uint8Array> {
  let handle: FileHandle | undefined;
  try {
    handle = await openFile(fileURLToPath(href), 'r');
    const { size } = await handle.stat();
    const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start));
    let filled = 0;
    while (filled < bytes.length) {
      if (signal?.aborted === true) throw abortedError(signal);
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled);
      // The file was cut while we read it.
      if (bytesRead === 0) return bytes.subarray(0, filled);
      filled += bytesRead;
    }
    return bytes;
  } catch (error) {
    throw fileError(error, href);
  } finally {
    await handle?.close().catch(() => undefined);
  }
}

function fileError(error: unknown, href: string): GeoCropError {
  if (error instanceof GeoCropError) return error;
  const reason = error instanceof Error && 'code' in error ? String(error.code) : '';
  const details = { context: { href }, cause: error };
  switch (reason) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EISDIR':
    case 'ERR_INVALID_URL':
    case 'ERR_INVALID_FILE_URL_HOST':
    case 'ERR_INVALID_FILE_URL_PATH':
      return new GeoCropError('source-missing', 'There is no such file.', details);
    case 'EACCES':
    case 'EPERM':
      return new GeoCropError('source-forbidden', 'The file may not be read.', {
        ...details,
        hint: 'Give the user that runs GeoCrop the right to read it.',
      });
    default:
      return new GeoCropError(
        'source-unavailable',
        `The file could not be read: ${messageOf(error)}`,
        details,
      );
  }
}
