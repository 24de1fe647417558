import { open, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface SlowProxyOptions {
  readonly folder: string;
  /** Before the first byte of each answer. */
  readonly latencyMs: number;
  /** Of the line that all answers share. */
  readonly bitsPerSecond: number;
}

export interface SlowProxy {
  /** Of the folder, without a slash at the end. */
  readonly url: string;
  /** So far. */
  readonly requests: number;
  readonly bytes: number;
  close(): Promise<void>;
}

/** What waits for the line goes in pieces of this: answers at the same time share it. */
const PIECE = 64 * 1024;

/** Serves a folder with byte ranges, as a bucket far away would. */
export async function startSlowProxy(options: SlowProxyOptions): Promise<SlowProxy> {
  const line = sharedLine(options.bitsPerSecond);
  const count = { requests: 0, bytes: 0 };
  const server = createServer((request, response) => {
    count.requests += 1;
    void answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await sleep(options.latencyMs);
    const path = join(options.folder, normalize(decodeURIComponent(request.url ?? '/')));
    const size = await stat(path).then(
      (found) => (found.isFile() ? found.size : null),
      () => null,
    );
    if (size === null) {
      response.writeHead(404).end();
      return;
    }
    const [start, end] = rangeOf(request.headers.range, size);
    const file = await open(path);
    try {
      const bytes = Buffer.alloc(end - start);
      await file.read(bytes, 0, bytes.length, start);
      response.writeHead(request.headers.range === undefined ? 200 : 206, {
        'Content-Length': bytes.length,
        'Content-Range': `bytes ${start}-${end - 1}/${size}`,
        'Accept-Ranges': 'bytes',
      });
      for (let at = 0; at < bytes.length && !response.destroyed; at += PIECE) {
        const piece = bytes.subarray(at, at + PIECE);
        await line(piece.length);
        count.bytes += piece.length;
        response.write(piece);
      }
      response.end();
    } finally {
      await file.close();
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get requests() {
      return count.requests;
    },
    get bytes() {
      return count.bytes;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Resolves when so many bytes have gone over a line that carries one thing after another. */
function sharedLine(bitsPerSecond: number): (bytes: number) => Promise<void> {
  const millisecondsPerByte = 8000 / bitsPerSecond;
  let freeAt = performance.now();
  return async (bytes) => {
    freeAt = Math.max(freeAt, performance.now()) + bytes * millisecondsPerByte;
    const wait = freeAt - performance.now();
    // Timers count whole milliseconds; what they overshoot, the next piece has already waited.
    if (wait >= 1) await sleep(wait);
  };
}

function rangeOf(header: string | undefined, size: number): [start: number, end: number] {
  const found = /^bytes=(\d+)-(\d*)$/.exec(header ?? '');
  if (found === null) return [0, size];
  const start = Math.min(Number(found[1]), size);
  return [start, found[2] === '' ? size : Math.min(Number(found[2]) + 1, size)];
}
