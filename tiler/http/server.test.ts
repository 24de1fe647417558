import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get as httpGet, request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { isGeoCropError } from '../../engine/errors.js';
import type { RunningServer } from './server.js';
import { startServer } from './server.js';
import { TESTING_SERVER } from './testing-server.js';
import type { TestApp } from './testing.js';
import { testApp } from './testing.js';
import type { FakeMap } from '../tiles/testing.js';

const TILE = '/tiles/14/9557/9068';
const LOOPBACK = { host: '127.0.0.1', port: 0 };

async function withServer(
  map: Partial<FakeMap>,
  run: (server: RunningServer, app: TestApp) => Promise<void>,
): Promise<void> {
  const app = testApp(map);
  const server = await startServer(app.app, LOOPBACK);
  try {
    await run(server, app);
  } finally {
    app.closing.abort();
    await server.close(0);
  }
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** Of our end: equal where the connection was kept. */
  readonly port: number | undefined;
}

async function answerOf(url: string, agent: Agent, method = 'GET'): Promise<Answer> {
  const request = httpRequest(url, { agent, method }).end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const port = response.socket.localPort;
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks), port };
}

/** Polls; the runner's own limit ends what never comes. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

describe('the server', { timeout: 60_000 }, () => {
  it('keeps a connection, for HEAD and 304 too', async () => {
    await withServer({}, async ({ url }) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const first = await answerOf(url + TILE, agent);
      const head = await answerOf(url + TILE, agent, 'HEAD');
      const missing = await answerOf(`${url}/tiles/99/0/0`, agent);
      const again = await answerOf(url + TILE, agent);
      assert.deepEqual(
        [first, head, missing, again].map((answer) => answer.status),
        [200, 200, 400, 200],
      );
      assert.equal(new Set([first, head, missing, again].map((answer) => answer.port)).size, 1);
      assert.equal(head.body.length, 0);
      assert.equal(head.headers['content-length'], String(first.body.length));
      assert.equal(head.headers['etag'], first.headers['etag']);
      assert.deepEqual(again.body, first.body);
      agent.destroy();
    });
  });

  it('streams events as they come, and notices who leaves', async () => {
    await withServer({}, async ({ url }, { service }) => {
      const request = httpGet(`${url}/events`);
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      const [hello] = (await once(response, 'data')) as [Buffer];
      assert.match(hello.toString(), /event: hello/);
      service.emit({
        map: service.resolveMap({}),
        tile: { z: 14, x: 1, y: 2 },
        state: 'reading',
        progress: 0.5,
      });
      const [data] = (await once(response, 'data')) as [Buffer];
      assert.match(data.toString(), /"state":"reading","progress":0.5/);
      request.destroy();
      await until(() => service.listeners() === 0);
    });
  });

  it('hands the leaving of a client down to the service, and no other client’s', async () => {
    let open = (): void => {};
    await withServer({ gate: new Promise((resolve) => (open = resolve)) }, async ({ url }, { service }) => {
      const leaving = httpGet(`${url}/tiles/14/1/1`).on('error', () => {});
      const staying = fetch(`${url}/tiles/14/2/2`);
      await until(() => service.calls.values.length === 2);
      leaving.destroy();
      const signalOf = (x: number): AbortSignal | undefined =>
        service.calls.values.find((call) => call.tile.x === x)?.wish.signal;
      await until(() => signalOf(1)?.aborted === true);
      assert.equal(signalOf(2)?.aborted, false);
      open();
      assert.equal((await staying).status, 200);
    });
  });

  it('refuses paths that lead out, as they are on the wire', async () => {
    await withServer({}, async ({ url }) => {
      const { port } = new URL(url);
      const socket = connect(Number(port), '127.0.0.1');
      socket.write('GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      const [data] = (await once(socket, 'data')) as [Buffer];
      assert.match(data.toString(), /^HTTP\/1\.1 404 /);
      socket.destroy();
    });
  });

  it('says plainly that the port is taken', async () => {
    await withServer({}, async ({ url }, { app }) => {
      const port = Number(new URL(url).port);
      await assert.rejects(startServer(app, { host: '127.0.0.1', port }), (error) => {
        assert.ok(isGeoCropError(error, 'config-invalid'));
        assert.match(error.message, new RegExp(`Port ${port} on 127\\.0\\.0\\.1 is in use`));
        assert.match(error.hint ?? '', /--port/);
        return true;
      });
    });
  });

  it('closes at once when nothing is under way, whatever connections are kept', async () => {
    const app = testApp();
    const server = await startServer(app.app, LOOPBACK);
    const agent = new Agent({ keepAlive: true });
    await answerOf(server.url + TILE, agent);
    await server.close(60_000);
    await assert.rejects(fetch(server.url + TILE));
    agent.destroy();
  });
});

describe('stopping', { timeout: 60_000 }, () => {
  interface Child {
    readonly process: ChildProcess;
    readonly url: string;
    readonly lines: Record<string, unknown>[];
    readonly exit: Promise<[code: number | null, signal: string | null]>;
  }

  async function startChild(...args: string[]): Promise<Child> {
    const child = spawn(process.execPath, [TESTING_SERVER, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exit = once(child, 'exit') as Child['exit'];
    const lines: Child['lines'] = [];
    const reader = createInterface({ input: child.stdout });
    const listening = once(reader, 'line');
    reader.on('line', (line) => lines.push(JSON.parse(line) as Record<string, unknown>));
    await listening;
    return { process: child, url: String(lines[0]?.['url']), lines, exit };
  }

  it('by SIGTERM answers what was asked, ends streams and exits with 0', async () => {
    const child = await startChild('slow');
    const events = await fetch(`${child.url}/events`);
    const stream = events.text();
    const tile = fetch(child.url + TILE);
    const isWaiting = async (): Promise<boolean> =>
      /geocrop_queue_metatiles 1\b/.test(await (await fetch(`${child.url}/metrics`)).text());
    while (!(await isWaiting()));
    child.process.kill('SIGTERM');
    const response = await tile;
    assert.equal(response.status, 200);
    assert.equal((await response.arrayBuffer()).byteLength, Number(response.headers.get('Content-Length')));
    assert.match(await stream, /event: hello/);
    assert.deepEqual(await child.exit, [0, null]);
    assert.equal(child.lines.at(-1)?.['outcome'], 'clean');
  });

  it('by a second signal exits at once', async () => {
    const child = await startChild('slow', 'stuck');
    child.process.kill('SIGTERM');
    await until(() => child.lines.some((line) => line['event'] === 'stopping'));
    child.process.kill('SIGTERM');
    assert.deepEqual(await child.exit, [130, null]);
  });
});

it('a connection that never sent a request does not keep the server from stopping', async () => {
  const { app } = testApp();
  const server = await startServer(app, LOOPBACK);
  const { hostname, port } = new URL(server.url);
  const silent = connect(Number(port), hostname);
  await once(silent, 'connect');
  silent.on('error', () => undefined).resume();
  const gone = once(silent, 'close');
  // An hour: only the sockets' end can let this resolve.
  await server.close(3_600_000);
  await gone;
});
