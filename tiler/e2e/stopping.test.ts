import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { STOP_LIMIT_MS } from '../http/stop.js';
import { modelsFolder, npyValues, openStage, tilePath, type Stage } from './stage.js';
import { COLLECTION, FEW_SCENES, makeWorld, TILE, UPPER } from './world.js';
import { WorldServer } from './world-server.js';

const COMMAND = fileURLToPath(new URL('../../../bin/geocrop.js', import.meta.url));
const LAYERS = ['classes', 'confidence', 'observations', 'truecolor'];

interface Child {
  readonly url: string;
  readonly process: ChildProcess;
  readonly exit: Promise<{ code: number | null; signal: string | null }>;
  readonly lines: string[];
}

/** `geocrop serve`, as people start it. */
async function serve(folder: string, stac: string): Promise<Child> {
  const options = {
    stac,
    collection: COLLECTION,
    store: join(folder, 'store'),
    models: await modelsFolder(folder),
    port: '0',
  };
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(process.execPath, [COMMAND, 'serve', ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exit = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const lines: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      lines.push(line);
      const address = /^GeoCrop is at (\S+)/.exec(line)?.[1];
      if (address !== undefined) resolve(address);
    });
    void exit.then(() => reject(new Error(lines.join('\n'))));
  });
  return { url, process: child, exit, lines };
}

describe('geocrop serve, stopped', () => {
  let server: WorldServer;
  let reference: string;
  const expected = new Map<string, Uint8Array | Float32Array>();
  let folder: string;
  let child: Child | undefined;

  const tilesOf = async (stage: Stage): Promise<Map<string, Uint8Array | Float32Array>> => {
    const values = new Map<string, Uint8Array | Float32Array>();
    for (const layer of LAYERS) {
      for (const tile of [UPPER, TILE]) {
        const response = await stage.get(tilePath(tile, `layer=${layer}`));
        assert.equal(response.headers.get('X-GeoCrop-Tile'), 'final');
        values.set(`${layer} ${tile.z}`, await npyValues(response));
      }
    }
    return values;
  };
  /** What a server that starts on the same store shows, and that nothing of it is damaged. */
  const startedAgain = async (): Promise<Map<string, Uint8Array | Float32Array>> => {
    const stage = await openStage(folder, server.stac);
    try {
      const values = await tilesOf(stage);
      assert.deepEqual(stage.warnings, []);
      return values;
    } finally {
      await stage.close();
    }
  };

  before(async () => {
    server = await WorldServer.start(await makeWorld(FEW_SCENES));
    reference = await mkdtemp(join(tmpdir(), 'geocrop-e2e-'));
    const stage = await openStage(reference, server.stac);
    for (const [name, values] of await tilesOf(stage)) expected.set(name, values);
    await stage.close();
  });
  after(async () => {
    await server.stop();
    await rm(reference, { recursive: true });
  });
  beforeEach(async () => {
    server.mend();
    folder = await mkdtemp(join(tmpdir(), 'geocrop-e2e-'));
  });
  afterEach(async () => {
    child?.process.kill('SIGKILL');
    await child?.exit;
    await rm(folder, { recursive: true });
  });

  test('SIGTERM while computing: who waits is answered, what is made is written, exit 0 in time', async () => {
    child = await serve(folder, server.stac);
    const running = child;
    let signalled = false;
    server.onFile = (path) => {
      // Its bands are read: it is in the middle of computing.
      if (path.endsWith('nir.tif') && !signalled) signalled = running.process.kill('SIGTERM');
      return undefined;
    };
    const answer = await fetch(running.url + tilePath(TILE));
    assert.equal(answer.status, 200);
    await answer.arrayBuffer();
    assert.ok(signalled);
    // Later than this a supervisor would kill it.
    const late = setTimeout(() => running.process.kill('SIGKILL'), STOP_LIMIT_MS);
    assert.deepEqual(await running.exit, { code: 0, signal: null }, running.lines.join('\n'));
    clearTimeout(late);
    server.mend();
    assert.deepEqual(await startedAgain(), expected);
    assert.deepEqual(server.files, [], 'all was archived before it stopped');
  });

  for (const [when, appears] of [
    ['at the first file of the archive', /./],
    ['between the products and the item', /(classes|confidence)\.tif$/],
    ['at the first item', /item\.json$/],
  ] as const) {
    test(`kill −9 ${when}: the same values after the restart`, async () => {
      child = await serve(folder, server.stac);
      const archive = join(folder, 'store', 'geocrop-results', 'archive');
      const left = fetch(child.url + tilePath(TILE)).catch(() => null);
      while (!(
        existsSync(archive) &&
        readdirSync(archive, { recursive: true }).some((name) => appears.test(String(name)))
      ))
        await nextTurn(1);
      child.process.kill('SIGKILL');
      assert.deepEqual(await child.exit, { code: null, signal: 'SIGKILL' });
      await left;
      assert.deepEqual(await startedAgain(), expected);
    });
  }
});
