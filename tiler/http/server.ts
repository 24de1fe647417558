import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { GeoCropError } from '../../engine/errors.js';
import type { AppEnv } from './deps.js';

export interface ServerOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

export interface RunningServer {
  /** Where it is reached, without a slash at the end. */
  readonly url: string;
  /**
   * Takes no further connection and resolves when every answer that was begun is sent. Connections that are still busy
   * after `limitMs` are cut.
   */
  close(limitMs: number): Promise<void>;
}

/** Longer than the minute after which usual proxies close: so it is never us who close a connection that they reuse. */
const KEEP_ALIVE_MS = 65_000;
/** A request's head arrives at once or not at all. */
const HEADERS_MS = 10_000;

/** Listens; throws `config-invalid` with a plain message where the address cannot be had. */
export async function startServer(app: Hono<AppEnv>, { host, port }: ServerOptions): Promise<RunningServer> {
  let closing = false;
  const handle = getRequestListener((request) => app.fetch(request), { hostname: host });
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: HEADERS_MS },
    (request, response) => {
      // Who keeps a connection would keep us from stopping.
      if (closing) response.shouldKeepAlive = false;
      const { socket } = request;
      sockets.set(socket, (sockets.get(socket) ?? 0) + 1);
      response.once('close', () => {
        const answers = (sockets.get(socket) ?? 1) - 1;
        if (sockets.has(socket)) sockets.set(socket, answers);
        if (closing && answers === 0) socket.destroySoon();
      });
      void handle(request, response);
    },
  );
  /** Answers under way by connection. Node's own idea of an idle one leaves out those that never sent a request. */
  const sockets = new Map<Socket, number>();
  server.on('connection', (socket) => {
    sockets.set(socket, 0);
    socket.once('close', () => sockets.delete(socket));
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, host, port)));
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;

  return {
    url: `http://${shown}:${address.port}`,
    close: (limitMs) =>
      new Promise((resolve) => {
        closing = true;
        const cut = setTimeout(() => {
          for (const socket of sockets.keys()) socket.destroy();
        }, limitMs);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        for (const [socket, answers] of sockets) if (answers === 0) socket.destroySoon();
      }),
  };
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): GeoCropError {
  const [message, hint] = reasonOf(error, host, port);
  return new GeoCropError('config-invalid', message, { hint, context: { host, port }, cause: error });
}

function reasonOf(
  { code, message }: NodeJS.ErrnoException,
  host: string,
  port: number,
): [message: string, hint: string] {
  if (code === 'EADDRINUSE') {
    return [
      `Port ${port} on ${host} is in use by another program.`,
      'Stop that program, or choose another port: --port 8081, or --port 0 for any that is free.',
    ];
  }
  if (code === 'EACCES') {
    return [`Port ${port} may not be opened by this user.`, 'Choose a port above 1023.'];
  }
  return [
    `${host}:${port} cannot be opened: ${message}.`,
    'Check --host: it must be an address of this machine, such as 127.0.0.1 or 0.0.0.0.',
  ];
}
