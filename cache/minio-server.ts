import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { makeBucket } from './init-s3-store.js';
import { BUCKETS } from './object-store.js';
import type { S3Options } from './s3-options.js';
import { S3ObjectStore } from './s3-store.js';

/** For tests only: a real MinIO on loopback, in a folder of its own. */
export interface MinioServer {
  readonly options: S3Options;
  readonly port: number;
  /** Options of buckets that nobody else has, which are made. */
  fresh(): Promise<S3Options & { readonly bucketPrefix: string }>;
  stop(): Promise<void>;
}

// eslint-disable-next-line no-restricted-properties -- tests only
const BINARY = process.env['GEOCROP_MINIO'] ?? 'minio';

/** The skip option of a test: false where there is a MinIO. */
export const withoutMinio: string | false =
  spawnSync(BINARY, ['--version'], { stdio: 'ignore' }).status === 0
    ? false
    : 'needs MinIO: GEOCROP_MINIO="$(scripts/minio.sh)" npm test';

const ACCESS_KEY = 'geocrop-tests';
const SECRET_KEY = 'a secret that no message may show';

export async function startMinio(): Promise<MinioServer> {
  const folder = await mkdtemp(join(tmpdir(), 'geocrop-minio-'));
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const child = spawn(
    BINARY,
    ['server', join(folder, 'data'), '--address', address, '--certs-dir', join(folder, 'certs')],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        PATH: process.env['PATH'], // eslint-disable-line no-restricted-properties -- a child's own
        HOME: folder,
        MINIO_ROOT_USER: ACCESS_KEY,
        MINIO_ROOT_PASSWORD: SECRET_KEY,
        MINIO_BROWSER: 'off',
      },
    },
  );
  const kill = (): void => void child.kill('SIGKILL');
  process.on('exit', kill);
  const gone = once(child, 'exit');
  const said: string[] = [];
  let ready = false;
  const lines = createInterface({ input: child.stderr });
  for await (const line of lines) {
    said.push(line);
    ready = line.includes(`http://${address}`);
    if (ready) break;
  }
  if (!ready) throw new Error(`MinIO did not start: ${said.join('\n')}`);
  child.stderr.resume();
  const options: S3Options = {
    endpoint: `http://${address}`,
    region: 'us-east-1',
    accessKey: ACCESS_KEY,
    secretKey: SECRET_KEY,
  };
  let used = 0;
  return {
    options,
    port,
    fresh: async () => {
      used += 1;
      const own = { ...options, bucketPrefix: `t${used}-` };
      const store = new S3ObjectStore(own);
      for (const bucket of BUCKETS) await makeBucket(store, bucket);
      store.close();
      return own;
    },
    stop: async () => {
      process.off('exit', kill);
      kill();
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
