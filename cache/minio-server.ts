import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { kept, recalled } from '../engine/testing/once-a-run.js';
import { freePort } from './free-port.js';
import { makeBucket } from './init-s3-store.js';
import { BUCKETS } from './object-store.js';
import type { S3Options } from './s3-options.js';
import { S3ObjectStore } from './s3-store.js';

/** For tests and benchmarks only: a real MinIO on loopback, in a folder of its own. */
export interface MinioServer {
  readonly options: S3Options;
  readonly port: number;
  /** Options of buckets that nobody else has, which are made. */
  fresh(): Promise<S3Options & { readonly bucketPrefix: string }>;
  /** As `kill -9` does; what it keeps stays. */
  kill(): Promise<void>;
  /** After {@link kill}, at the same place. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

// eslint-disable-next-line no-restricted-properties -- tests only
const BINARY = process.env['GEOCROP_MINIO'] ?? 'minio';

/** What is missing, and how to get it; false where MinIO is there. */
export const withoutMinio: string | false =
  (recalled<number>('minio') ??
    kept('minio', spawnSync(BINARY, ['--version'], { stdio: 'ignore' }).status)) === 0
    ? false
    : 'needs MinIO: GEOCROP_MINIO="$(scripts/minio.sh)" npm test';

/** A suite that needs MinIO; one line that says so where there is none. */
export function describeOnMinio(name: string, suite: () => void): void {
  if (withoutMinio === false) describe(name, suite);
  else test(name, { skip: withoutMinio }, () => undefined);
}

const ACCESS_KEY = 'geocrop-tests';
const SECRET_KEY = 'a secret that no message may show';

export async function startMinio(): Promise<MinioServer> {
  const folder = await mkdtemp(join(tmpdir(), 'geocrop-minio-'));
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  let child = await spawnMinio(folder, address);
  process.on('exit', () => child.kill('SIGKILL'));
  const kill = async (): Promise<void> => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
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
    kill,
    start: async () => {
      child = await spawnMinio(folder, address);
    },
    stop: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Resolves when it listens. */
async function spawnMinio(folder: string, address: string): Promise<ChildProcess> {
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
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    said.push(line);
    if (!line.includes(`http://${address}`)) continue;
    child.stderr.resume();
    return child;
  }
  throw new Error(`MinIO did not start: ${said.join('\n')}`);
}
