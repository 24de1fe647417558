import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly body: unknown;
}

export interface TestServer {
  readonly url: string;
  readonly seen: readonly SeenRequest[];
}

/** A server on a free port of this machine for one test, which keeps what it was asked. */
export async function serve(
  t: TestContext,
  answer: (request: SeenRequest, response: ServerResponse, url: string) => void,
): Promise<TestServer> {
  const seen: SeenRequest[] = [];
  let url = '';
  const server = createServer((message, response) => {
    void readBody(message).then((text) => {
      const request = {
        method: message.method ?? '',
        path: message.url ?? '',
        body: text === '' ? undefined : (JSON.parse(text) as unknown),
      };
      seen.push(request);
      answer(request, response, url);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url, seen };
}

export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/geo+json' }).end(JSON.stringify(value));
}

async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
