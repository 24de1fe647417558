import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { IMMUTABLE } from '../../http/caching.js';

/** What came from the edge. */
export interface Came {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
}

export type Script = (response: ServerResponse, came: Came) => void;

/** A server that answers as the test says, and counts exactly what it is asked. */
export class ScriptedUpstream {
  readonly came: Came[] = [];
  /** How the next request is answered. */
  script: Script = tile();
  private readonly waiters: { readonly count: number; readonly resolve: () => void }[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<ScriptedUpstream> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const upstream = new ScriptedUpstream(server);
    server.on('request', ({ method = '', url = '', headers }: IncomingMessage, response: ServerResponse) => {
      const came = { method, url, headers };
      upstream.came.push(came);
      upstream.script(response, came);
      for (const { count, resolve } of upstream.waiters) if (upstream.came.length >= count) resolve();
    });
    return upstream;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Resolves when so many requests have come since {@link forget}. */
  async reached(count: number): Promise<void> {
    if (this.came.length >= count) return;
    await new Promise<void>((resolve) => this.waiters.push({ count, resolve }));
  }

  /** Counts from nought again. */
  forget(): void {
    this.came.length = 0;
    this.waiters.length = 0;
  }

  /** Gone, as after `kill -9`. */
  async die(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export const TAG = '"0123456789abcdef"';

export interface TileScript {
  readonly body?: string | Buffer;
  readonly cacheControl?: string;
  readonly etag?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A finished tile as the server sends it, or 304 to who has it. */
export function tile({
  body = 'tile',
  cacheControl = IMMUTABLE,
  etag = TAG,
  headers = {},
}: TileScript = {}): Script {
  return (response, came) => {
    const common = { ETag: etag, 'Cache-Control': cacheControl, 'X-GeoCrop-Tile': 'final', ...headers };
    if (came.headers['if-none-match'] === etag) response.writeHead(304, common).end();
    else {
      const length = Buffer.byteLength(body);
      response.writeHead(200, { 'Content-Type': 'image/png', 'Content-Length': length, ...common });
      response.end(came.method === 'HEAD' ? undefined : body);
    }
  };
}

/** A problem as the server sends it. */
export function problem(
  status: number,
  code: string,
  headers: Readonly<Record<string, string>> = {},
): Script {
  return (response) => {
    response.writeHead(status, {
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
      ...headers,
    });
    response.end(JSON.stringify({ code, status }));
  };
}

/** Keeps every answer back until it is told. */
export function held(script: Script): { readonly script: Script; readonly release: () => void } {
  const waiting: (() => void)[] = [];
  let open = false;
  return {
    script: (response, came) => {
      if (open) script(response, came);
      else waiting.push(() => script(response, came));
    },
    release: () => {
      open = true;
      for (const answer of waiting.splice(0)) answer();
    },
  };
}
