import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as nextTurn } from 'node:timers/promises';

/** What is deployed; tests run from the repository's root. */
const SOURCE = 'k8s/edge';
/** Debian keeps it where only root's PATH looks. */
const NGINX = ['nginx', '/usr/sbin/nginx'].find((name) => spawnSync(name, ['-v']).status === 0);

/** The skip option of a test: false where nginx is there. */
export const withoutNginx: string | false =
  NGINX === undefined ? 'needs nginx: apt-get install nginx-light' : false;

/** A real nginx with the configuration that is deployed, and a cache folder of its own. */
export interface Edge {
  readonly url: string;
  /** All that it has written to standard error. */
  err(): string;
  stop(): Promise<void>;
}

/** @param upstream where the server is: `http://host:port` */
export async function startEdge(upstream: string): Promise<Edge> {
  if (NGINX === undefined) throw new Error(String(withoutNginx));
  const folder = await mkdtemp(join(tmpdir(), 'geocrop-edge-'));
  // Started by root, nginx works as another user.
  await chmod(folder, 0o755);
  const port = await freePort();
  await configure(join(folder, 'etc'), {
    EDGE_UPSTREAM: new URL(upstream).host,
    EDGE_CACHE_DIR: 'cache',
    EDGE_CACHE_SIZE: '64m',
    EDGE_ACCESS_LOG: 'access.log',
    EDGE_LISTEN: `127.0.0.1:${port}`,
  });
  const child = spawn(NGINX, ['-p', folder, '-c', join(folder, 'etc', 'nginx.conf')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = once(child, 'exit');
  while (!(await connects(port))) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}: ${err}`);
    await nextTurn(5);
  }
  return {
    url: `http://127.0.0.1:${port}`,
    err: () => err,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      process.off('exit', kill);
      await rm(folder, { recursive: true });
    },
  };
}

/** What the operator's page does with `envsubst`. */
async function configure(folder: string, values: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder);
  await copyFile(join(SOURCE, 'nginx.conf'), join(folder, 'nginx.conf'));
  for (const name of ['http.conf', 'server.conf']) {
    const template = await readFile(join(SOURCE, `${name}.template`), 'utf8');
    const text = template.replace(/\$\{(\w+)\}/g, (_, key: string) => {
      const value = values[key];
      if (value === undefined) throw new Error(`${name}.template wants ${key}`);
      return value;
    });
    await writeFile(join(folder, name), text);
  }
}

/** nginx takes no port 0. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
