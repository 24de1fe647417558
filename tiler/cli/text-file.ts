import { createReadStream } from 'node:fs';
import type { TextFile } from '../../engine/classes/parity/csv-records.js';
import { GeoCropError, messageOf } from '../../engine/errors.js';

/** A text file on disk, read piece by piece. Throws `bad-request` where it cannot be read. */
export function textFile(path: string): TextFile {
  return {
    name: path,
    async *open() {
      const stream = createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 18 });
      try {
        for await (const text of stream) yield text as string;
      } catch (cause) {
        throw new GeoCropError('bad-request', `${path} cannot be read: ${messageOf(cause)}.`, {
          hint: 'Check the path and its permissions.',
          context: { path },
          cause,
        });
      } finally {
        stream.destroy();
      }
    },
  };
}
