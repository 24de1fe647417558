import { once } from 'node:events';
import {
  createServer,
  request,
  type ClientRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** For tests only: what happens to a request in place of its being passed on. */
export type Fault =
  /** An answer of this status with the XML of an S3 error, or a text. */
  | { readonly kind: 'status'; readonly status: number; readonly code?: string; readonly text?: string }
  /** Passed on, then no answer ever. */
  | { readonly kind: 'hang' }
  /** Answered, with the connection cut after so many bytes of the body. */
  | { readonly kind: 'cut'; readonly after: number }
  /** Answered, then nothing more comes after so many bytes of the body. */
  | { readonly kind: 'stall'; readonly after: number }
  /** Answered, with one byte of the body turned. */
  | { readonly kind: 'damage' }
  /** So many bytes of the request's body are passed on, then the client is gone. */
  | { readonly kind: 'cut-request'; readonly after: number }
  /** So many bytes of the request's body are passed on, then nothing more happens until the client leaves. */
  | { readonly kind: 'stall-request'; readonly after: number }
  /** The connection is closed without an answer. */
  | { readonly kind: 'reset' }
  /** Passed on and done; the answer is lost. */
  | { readonly kind: 'lose-answer' };

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
}

/** Stands before a server and does what the test says to chosen requests; all others pass through unchanged. */
export class FaultyProxy {
  readonly asked: Asked[] = [];
  /** Decides each request; undefined: passed on. */
  fault: (asked: Asked) => Fault | undefined = () => undefined;
  private readonly server: Server;

  private constructor(private readonly port: number) {
    this.server = createServer((incoming, answer) => this.serve(incoming, answer));
  }

  /** @param port of the server behind, on loopback */
  static async before(port: number): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(port);
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private serve(incoming: IncomingMessage, answer: ServerResponse): void {
    const { method = '', url = '', headers } = incoming;
    const asked = { method, url, headers };
    this.asked.push(asked);
    const fault = this.fault(asked);
    incoming.on('error', () => undefined);
    if (fault?.kind === 'reset') {
      incoming.socket.destroy();
      return;
    }
    if (fault?.kind === 'status') {
      incoming
        .resume()
        .on('end', () =>
          answer
            .writeHead(fault.status, fault.code === undefined ? {} : { 'content-type': 'application/xml' })
            .end(bodyOf(fault)),
        );
      return;
    }
    const onward = request({ host: '127.0.0.1', port: this.port, method, path: url, headers }, (back) => {
      if (fault === undefined) {
        answer.writeHead(back.statusCode ?? 502, back.rawHeaders);
        back.pipe(answer);
        return;
      }
      if (fault.kind === 'hang' || fault.kind === 'lose-answer') {
        back.resume().on('end', () => {
          if (fault.kind === 'lose-answer') incoming.socket.destroy();
        });
        return;
      }
      if (fault.kind !== 'cut-request' && fault.kind !== 'stall-request') spoil(back, answer, fault);
    });
    onward.on('error', () => incoming.socket.destroy());
    if (fault?.kind === 'cut-request') {
      cutRequest(incoming, onward, fault.after);
      return;
    }
    answer.on('close', () => onward.destroy());
    if (fault?.kind === 'stall-request') {
      stallRequest(incoming, onward, fault.after);
      return;
    }
    incoming.pipe(onward);
  }
}

function cutRequest(incoming: IncomingMessage, onward: ClientRequest, after: number): void {
  let left = after;
  incoming.on('data', (chunk: Buffer) => {
    onward.write(chunk.subarray(0, left), () => {
      if (left > 0) return;
      onward.destroy();
      incoming.socket.destroy();
    });
    left = Math.max(0, left - chunk.length);
  });
}

function stallRequest(incoming: IncomingMessage, onward: ClientRequest, after: number): void {
  let left = after;
  incoming.on('data', (chunk: Buffer) => {
    if (left > 0) onward.write(chunk.subarray(0, left));
    left = Math.max(0, left - chunk.length);
  });
}

function spoil(
  back: IncomingMessage,
  answer: ServerResponse,
  fault: Extract<Fault, { kind: 'cut' | 'stall' | 'damage' }>,
): void {
  const chunks: Buffer[] = [];
  back.on('data', (chunk: Buffer) => chunks.push(chunk));
  back.on('end', () => {
    const body = Buffer.concat(chunks);
    answer.writeHead(back.statusCode ?? 502, back.rawHeaders);
    if (fault.kind === 'damage') {
      const at = body.length >> 1;
      body[at] = (body[at] ?? 0) ^ 1;
      answer.end(body);
      return;
    }
    answer.write(body.subarray(0, fault.after), () => {
      if (fault.kind === 'cut') answer.socket?.destroy();
    });
    answer.flushHeaders();
  });
}

function bodyOf({ code, text }: Extract<Fault, { kind: 'status' }>): string {
  if (code === undefined) return text ?? '';
  return `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${text ?? code}</Message></Error>`;
}
