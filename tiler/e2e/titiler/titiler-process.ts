import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../cache/free-port.js';
import { pythonWith } from '../../../engine/encode/gdal-oracle.js';

/** The skip option of tests that ask TiTiler. */
export const withoutTiTiler: string | false =
  pythonWith('titiler.application, uvicorn') === null
    ? 'needs TiTiler: python3 -m venv .venv && .venv/bin/pip install -r engine/training/requirements-oracles.txt'
    : false;

export interface TiTilerProcess {
  /** Without a slash at the end. */
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Settings that TiTiler's "Performance tuning" page recommends for GDAL. */
export const RECOMMENDED = {
  CPL_VSIL_CURL_ALLOWED_EXTENSIONS: '.tif,.TIF,.tiff',
  GDAL_CACHEMAX: '200',
  GDAL_DISABLE_READDIR_ON_OPEN: 'EMPTY_DIR',
  GDAL_HTTP_MERGE_CONSECUTIVE_RANGES: 'YES',
  GDAL_HTTP_MULTIPLEX: 'YES',
  GDAL_HTTP_VERSION: '2',
  GDAL_INGESTED_BYTES_AT_OPEN: '32768',
  VSI_CACHE: 'TRUE',
  VSI_CACHE_SIZE: '5000000',
} as const;

/** TiTiler's own application; the parts that nobody asks are left out, so that it starts sooner. */
const APPLICATION = {
  TITILER_API_DISABLE_STAC: 'TRUE',
  TITILER_API_DISABLE_MOSAIC: 'TRUE',
  TITILER_API_DISABLE_ZARR: 'TRUE',
};

const START_MS = 120_000;
const LOOK_MS = 100;

/** Starts TiTiler under uvicorn on a port of loopback. */
export async function startTiTiler(workers = 1): Promise<TiTilerProcess> {
  const python = pythonWith('titiler.application, uvicorn');
  if (python === null) throw new Error('no Python with TiTiler');
  const port = await freePort();
  const args = [
    ...['--host', '127.0.0.1', '--port', String(port), '--workers', String(workers)],
    // Who reuses a connection must not find it closed.
    ...['--timeout-keep-alive', '600', '--log-level', 'critical'],
  ];
  const child = spawn(python, ['-m', 'uvicorn', 'titiler.application.main:app', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // eslint-disable-next-line no-restricted-properties -- a child's own
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...RECOMMENDED, ...APPLICATION },
    // Its workers end with it.
    detached: true,
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${python} does not start`);
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const end = (): void => {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  };
  process.on('exit', end);
  const url = `http://127.0.0.1:${port}`;
  for (const until = performance.now() + START_MS; ; await sleep(LOOK_MS)) {
    if (child.exitCode !== null) throw new Error(`TiTiler ended:\n${errors}`);
    const there = await fetch(`${url}/healthz`).then(
      (response) => response.ok,
      () => false,
    );
    if (there) break;
    if (performance.now() > until) {
      end();
      throw new Error(`TiTiler does not answer:\n${errors}`);
    }
  }
  return {
    url,
    pid,
    stop: async () => {
      process.off('exit', end);
      const closed = once(child, 'close');
      end();
      await closed;
    },
  };
}
