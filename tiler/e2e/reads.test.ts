import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { nativeTiles } from '../tiles/job-runner.js';
import { npyValues, openStage, tilePath, type Stage } from './stage.js';
import { CLOUDED, makeWorld, TILE, UPPER, YEAR } from './world.js';
import { WorldServer, type Seen } from './world-server.js';

const MAP = { season: 'summer', year: YEAR, model: 'trees' };
const LAYERS = ['classes', 'confidence', 'observations', 'truecolor'];

/** Bytes of the files that were asked for more than once, headers aside: in files this small they reach into the blocks. */
function askedTwice(reads: readonly Seen[]): string[] {
  const blocks = reads.filter(({ start }) => start > 0);
  const sorted = blocks.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.start - b.start));
  return sorted.flatMap((read, i) => {
    const next = sorted[i + 1];
    return next?.path === read.path && next.start < read.end ? [`${read.path} at ${next.start}`] : [];
  });
}

describe('what is read', () => {
  let folder: string;
  let server: WorldServer;
  let stage: Stage;
  let checked: readonly Seen[];
  let computed: readonly Seen[];
  const tiles = new Map<string, { values: Uint8Array | Float32Array; etag: string }>();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'geocrop-e2e-'));
    server = await WorldServer.start(await makeWorld());
    stage = await openStage(folder, server.stac, { threads: 2 });
    const { maps, sceneLists } = stage.engine;
    await sceneLists.get(maps.definition(MAP), UPPER);
    checked = [...server.files];
    server.seen.length = 0;
    await (await stage.get(tilePath(TILE))).arrayBuffer();
    // Sent when all of the metatile is archived.
    await (await stage.get(tilePath(UPPER))).arrayBuffer();
    computed = [...server.files];
  });
  after(async () => {
    await stage.close();
    await server.stop();
    await rm(folder, { recursive: true });
  });

  const all = async (from: Stage): Promise<void> => {
    for (const id of nativeTiles(UPPER)) {
      for (const layer of LAYERS) {
        const response = await from.get(tilePath(id, `layer=${layer}`));
        assert.equal(response.status, 200);
        assert.equal(response.headers.get('X-GeoCrop-Tile'), 'final');
        const etag = response.headers.get('ETag') ?? '';
        const values = await npyValues(response);
        const before = tiles.get(`${layer} ${id.x}/${id.y}`);
        if (before !== undefined) assert.deepEqual({ values, etag }, before);
        tiles.set(`${layer} ${id.x}/${id.y}`, { values, etag });
      }
    }
  };

  test('the offset is checked with the coarsest red and SCL alone', () => {
    assert.ok(checked.length > 0);
    for (const { path } of checked) assert.match(path, /\/(red|scl)\.tif$/);
    const headerAndOverview = 2;
    const files = new Set(checked.map(({ path }) => path));
    assert.ok(checked.length <= headerAndOverview * files.size, `${checked.length} of ${files.size}`);
  });

  test('a cold metatile fetches each block once and decodes it at most 1.3 times', () => {
    assert.deepEqual(askedTwice(computed), []);
    const { fetched } = stage.engine.compute.reader.stats;
    assert.ok(fetched > 0 && stage.decoded() > 0);
    assert.ok(stage.decoded() <= 1.3 * fetched, `${stage.decoded()} decoded, ${fetched} fetched`);
  });

  test('of a scene that is all cloud SCL only is read', () => {
    const files = new Set(computed.filter(({ path }) => path.startsWith(CLOUDED)).map(({ path }) => path));
    assert.deepEqual([...files], [`${CLOUDED}/scl.tif`]);
  });

  test('a second request for any of the 16 tiles reads no source', async () => {
    server.seen.length = 0;
    await all(stage);
    assert.deepEqual(server.seen, []);
  });

  test('also after a restart, with catalogue and files gone', async () => {
    await stage.close();
    await server.stop();
    stage = await openStage(folder, server.stac);
    await all(stage);
    const [id] = nativeTiles(UPPER);
    const { etag } = tiles.get(`classes ${id?.x}/${id?.y}`) ?? { etag: '' };
    const again = await stage.get(tilePath(id ?? TILE, 'layer=classes'), { 'If-None-Match': etag });
    assert.equal(again.status, 304);
  });

  test('and what is not archived says that the catalogue does not answer', async () => {
    const response = await stage.get(tilePath({ ...TILE, y: TILE.y + 1 }));
    assert.equal(response.status, 503);
    assert.equal(response.headers.get('Cache-Control'), 'no-store');
    const problem = (await response.json()) as { code: string; hint: string };
    assert.equal(problem.code, 'stac-unavailable');
    assert.match(problem.hint, /archived/);
  });
});
