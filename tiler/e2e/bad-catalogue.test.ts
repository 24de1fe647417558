import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, before, beforeEach, describe, test } from 'node:test';
import { FakeTimers } from '../../engine/scenes/testing/fake-timers.js';
import { assertProblem } from './problem.js';
import { openStage, tilePath, type Stage } from './stage.js';
import { FEW_SCENES, makeWorld, TILE, type World } from './world.js';
import { says, WorldServer, type Answer } from './world-server.js';

describe('a catalogue that answers badly, then well', () => {
  let world: World;
  let folder: string;
  let server: WorldServer;
  let stage: Stage;
  let timers: FakeTimers;

  before(async () => {
    world = await makeWorld(FEW_SCENES);
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'geocrop-e2e-'));
    server = await WorldServer.start(world);
    timers = new FakeTimers();
    stage = await openStage(folder, server.stac, { timers });
  });
  afterEach(async () => {
    await stage.close();
    await server.stop();
    await rm(folder, { recursive: true });
  });

  /** Half a collection, and the connection is cut. */
  const half: Answer = (response) => {
    response.writeHead(200, { 'content-type': 'application/geo+json', 'content-length': 1000 });
    response.write('{"type":"FeatureCollection","features":[', () => response.destroy());
  };
  const silent: Answer = () => timers.fire();
  const html = '<html><body>Please log in</body></html>';
  const cases: readonly [name: string, answer: Answer, status: number, code: string, tries: number][] = [
    ['400', says(400, '{"description":"no such extension"}', 'application/json'), 502, 'stac-refused', 1],
    ['500', says(500), 503, 'stac-unavailable', 3],
    ['HTML', says(200, html, 'text/html'), 502, 'stac-malformed', 1],
    ['half a body', half, 502, 'stac-malformed', 3],
    ['JSON that is no collection', says(200, '[]', 'application/json'), 502, 'stac-malformed', 1],
    ['nothing', silent, 503, 'stac-unavailable', 3],
  ];
  for (const [name, answer, status, code, tries] of cases) {
    test(`${name}: ${status} ${code}, and the next request works`, async () => {
      server.onSearch = () => answer;
      const response = await stage.get(tilePath(TILE));
      await assertProblem(response, status, code);
      assert.equal(response.headers.get('Retry-After'), status === 503 ? '30' : null);
      assert.equal(server.searches, tries);
      const point = await stage.get('/point/30,-18?year=2021&season=summer');
      await assertProblem(point, status, code);
      // Nothing of it may be taken for a map, now or later.
      server.mend();
      const good = await stage.get(tilePath(TILE));
      assert.equal(good.status, 200);
      assert.equal(good.headers.get('X-GeoCrop-Tile'), 'final');
    });
  }

  test('a catalogue without scenes there: an empty tile that is final', async () => {
    server.describe = () => null;
    const empty = await stage.get(tilePath(TILE));
    assert.equal(empty.status, 200);
    assert.equal(empty.headers.get('X-GeoCrop-Tile'), 'final');
    const values = new Uint8Array(await empty.arrayBuffer());
    assert.deepEqual([...new Set(values.slice(-256 * 256))], [255]);
  });
});
