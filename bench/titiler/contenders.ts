import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startTiTiler } from '../../tiler/e2e/titiler/titiler-process.js';
import { startGeoCrop } from '../geocrop-server.js';

/** A server of COG tiles, not started yet. */
export interface Contender {
  readonly name: string;
  readonly workers: number;
  /** Each start is a process that has seen nothing. */
  start(): Promise<RunningContender>;
}

export interface RunningContender {
  /** Of `/cog` and what follows, with the file in it. */
  address(path: string, file: string): string;
  stop(): Promise<unknown>;
}

const address = (base: string, path: string, url: string): string =>
  `${base}/cog${path}${path.includes('?') ? '&' : '?'}url=${encodeURIComponent(url)}`;

/** TiTiler under uvicorn with its recommended settings for GDAL, and `geocrop serve`; one worker and two. */
export function contenders(stac: string, logs: string, folder: string): readonly Contender[] {
  return [1, 2].flatMap((workers) => [
    {
      name: `TiTiler, ${workers} ${workers === 1 ? 'worker' : 'workers'}`,
      workers,
      start: async () => {
        const server = await startTiTiler(workers);
        return {
          address: (path: string, file: string) => address(server.url, path, file),
          stop: () => server.stop(),
        };
      },
    },
    {
      name: `GeoCrop, ${workers} ${workers === 1 ? 'thread' : 'threads'}`,
      workers,
      start: async () => {
        const server = await startGeoCrop(join(logs, `geocrop-${workers}.log`), {
          GEOCROP_STAC: stac,
          GEOCROP_STORE: join(logs, 'store'),
          GEOCROP_COMPUTE: 'none',
          GEOCROP_LOG_LEVEL: 'warn',
          GEOCROP_COG_ALLOW: pathToFileURL(`${folder}/`).href,
          GEOCROP_COG_THREADS: String(workers),
        });
        return {
          address: (path: string, file: string) => address(server.url, path, pathToFileURL(file).href),
          stop: () => server.stop(),
        };
      },
    },
  ]);
}
