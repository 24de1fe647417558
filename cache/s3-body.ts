import type { Readable } from 'node:stream';
import { onAbort } from '../engine/windows/on-abort.js';
import { BrokenAnswer } from './s3-failure.js';

/** All bytes of an answer. @param length what the answer says it holds. Throws BrokenAnswer where it was cut. */
export async function readBody(
  body: AsyncIterable<Uint8Array> & Pick<Readable, 'destroy'>,
  length: number | undefined,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const letGo = onAbort(signal, () => body.destroy(signal.reason as Error));
  try {
    const chunks: Uint8Array[] = [];
    let got = 0;
    for await (const chunk of body) {
      chunks.push(chunk);
      got += chunk.length;
      if (length !== undefined && got > length) break;
    }
    if (length !== undefined && got !== length) throw new BrokenAnswer(`got ${got} of ${length} bytes`);
    const bytes = new Uint8Array(got);
    let at = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  } finally {
    letGo();
    // Whatever is left of it would keep its connection.
    body.destroy();
  }
}
