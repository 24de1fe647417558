import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A file server on loopback whose answers a test writes. For tests. */
export class FaultyServer {
  /** Range headers of the requests that came, in order. */
  readonly ranges: string[] = [];
  /** Requests whose client closed the connection before the answer was whole. */
  readonly hungUp: string[] = [];
  inFlight = 0;
  mostInFlight = 0;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(
    answer: (request: IncomingMessage, response: ServerResponse, number: number) => void,
  ): Promise<FaultyServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const started = new FaultyServer(server, `http://127.0.0.1:${port}`);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      started.ranges.push(request.headers.range ?? '');
      started.inFlight += 1;
      started.mostInFlight = Math.max(started.mostInFlight, started.inFlight);
      response.on('close', () => {
        started.inFlight -= 1;
        if (!response.writableFinished) started.hungUp.push(request.url ?? '');
      });
      answer(request, response, started.ranges.length);
    });
    return started;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Answers a range request as a good server does. */
export function sendRange(request: IncomingMessage, response: ServerResponse, file: Uint8Array): void {
  const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  const start = Number(match?.[1]);
  const end = Math.min(Number(match?.[2]) + 1, file.length);
  if (start >= file.length) {
    response.writeHead(416, { 'content-range': `bytes */${file.length}` }).end();
    return;
  }
  response
    .writeHead(206, {
      'content-range': `bytes ${start}-${end - 1}/${file.length}`,
      'content-length': end - start,
    })
    .end(file.subarray(start, end));
}
