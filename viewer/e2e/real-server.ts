import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BrowsedServer } from '../../tiler/e2e/browsed-server.js';

/** Where the tests run, what the server is compiled to lies beside the page. */
const COMPILED = 'dist/tiler/e2e/two-summers.js';

export async function startRealServer(): Promise<BrowsedServer> {
  const module = (await import(pathToFileURL(resolve(COMPILED)).href)) as {
    startTwoSummers(viewerDir: string): Promise<BrowsedServer>;
  };
  return module.startTwoSummers(join('dist', 'viewer'));
}
