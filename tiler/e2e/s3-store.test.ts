import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { FaultyProxy, type Asked, type Fault } from '../../cache/faulty-proxy.js';
import { describeOnMinio, startMinio, type MinioServer } from '../../cache/minio-server.js';
import type { Bucket } from '../../cache/object-store.js';
import type { S3Options } from '../../cache/s3-options.js';
import { S3ObjectStore } from '../../cache/s3-store.js';
import { openS3Keeping } from '../tiles/s3-keeping.js';
import { assertProblem } from './problem.js';
import { modelsFolder, npyValues, openStage, tilePath, type Stage } from './stage.js';
import { FEW_SCENES, makeWorld, TILE, UPPER } from './world.js';
import { WorldServer } from './world-server.js';

describeOnMinio('everything is kept on an S3 server', () => {
  let minio: MinioServer;
  let server: WorldServer;
  let proxy: FaultyProxy;
  /** By way of the proxy. */
  let s3: S3Options;
  /** Straight to MinIO. */
  let direct: S3ObjectStore;
  let folder: string;
  let stage: Stage;
  let expected: Uint8Array | Float32Array;
  /** Buckets in which the metatile has been archived, with the blocks that it was made of. */
  let full: S3Options;

  const setUp = async (): Promise<void> => {
    server.mend();
    folder = await mkdtemp(join(tmpdir(), 'geocrop-e2e-'));
    proxy = await FaultyProxy.before(minio.port);
  };
  const tearDown = async (): Promise<void> => {
    await stage.close();
    direct.close();
    await proxy.close();
    await rm(folder, { recursive: true });
  };
  before(async () => {
    minio = await startMinio();
    server = await WorldServer.start(await makeWorld(FEW_SCENES));
    // The same tile out of folders: what keeps it decides nothing.
    folder = await mkdtemp(join(tmpdir(), 'geocrop-e2e-'));
    stage = await openStage(folder, server.stac);
    expected = await npyValues(await stage.get(tilePath(TILE)));
    await stage.close();
    await rm(folder, { recursive: true });

    await setUp();
    full = await minio.fresh();
    await openOn(full);
    await finished();
    await tearDown();
  });
  after(async () => {
    await server.stop();
    await minio.stop();
  });
  beforeEach(setUp);
  afterEach(tearDown);

  const putBundle = async (models: string): Promise<void> => {
    for (const bundle of await readdir(models)) {
      for (const file of await readdir(join(models, bundle))) {
        await direct.put('geocrop-models', `${bundle}/${file}`, await readFile(join(models, bundle, file)));
      }
    }
  };
  const openOn = async (buckets: S3Options): Promise<void> => {
    direct = new S3ObjectStore(buckets);
    s3 = { ...buckets, endpoint: proxy.url, timeoutMs: 500 };
    await putBundle(await modelsFolder(folder));
    await open();
  };
  const openEmpty = async (): Promise<void> => openOn(await minio.fresh());
  const open = async (): Promise<void> => {
    stage = await openStage(folder, server.stac, {
      keep: () =>
        openS3Keeping({
          s3,
          modelsDir: null,
          bundledModelsDir: null,
          windowsDir: null,
          windowsQuotaBytes: 0,
          writes: true,
        }),
    });
  };
  const restart = async (): Promise<void> => {
    await stage.close();
    server.mend();
    await open();
  };
  const keys = async (bucket: Bucket, prefix = ''): Promise<string[]> => {
    const out: string[] = [];
    for await (const key of direct.list(bucket, prefix)) out.push(key);
    return out;
  };
  const forget = async (bucket: Bucket, prefix: string): Promise<void> => {
    for (const key of await keys(bucket, prefix)) await direct.delete(bucket, key);
  };
  /** The tile, final, and where it came from. */
  const tile = async (): Promise<string | null> => {
    const response = await stage.get(tilePath(TILE));
    assert.equal(response.status, 200, await response.clone().text());
    assert.equal(response.headers.get('X-GeoCrop-Tile'), 'final');
    assert.deepEqual(await npyValues(response), expected);
    return response.headers.get('X-GeoCrop-Cache');
  };
  const finished = async (): Promise<void> => {
    await (await stage.get(tilePath(UPPER))).arrayBuffer();
  };
  const nameIn = (url: string): string => basename(new URL(url, s3.endpoint).pathname);
  const inBucket = (bucket: Bucket, { url }: Asked): boolean =>
    url.includes(`${s3.bucketPrefix ?? ''}${bucket}/`);

  test('computed, archived, and served from the archive after a restart, without a look at a scene', async () => {
    await openEmpty();
    assert.equal(await tile(), 'computed');
    await finished();
    const archived = await keys('geocrop-results', 'archive/');
    for (const file of ['/classes.tif', '/classes.tif.aux.xml', '/item.json', '/current.json']) {
      assert.ok(
        archived.some((key) => key.endsWith(file)),
        file,
      );
    }
    assert.ok((await keys('geocrop-results', 'scenes/')).length >= 2);
    assert.deepEqual(await keys('geocrop-results', '.probe'), [], 'the probe leaves nothing');
    assert.deepEqual(await readdir(folder), ['models'], 'nothing is kept in folders');

    await restart();
    const asked = (): string[] => proxy.asked.splice(0).map(({ method, url }) => `${method} ${nameIn(url)}`);
    asked();
    assert.equal(await tile(), 'archive');
    assert.deepEqual(asked(), [
      `GET ${UPPER.y}.json`,
      `GET ${UPPER.y}.faults.json`,
      'HEAD item.json',
      'GET classes.tif',
      'GET classes.tif',
    ]);
    assert.equal(await tile(), 'memory');
    assert.deepEqual(asked(), []);
    await (await stage.get(tilePath({ ...TILE, x: TILE.x + 1 }))).arrayBuffer();
    assert.deepEqual(asked(), ['GET classes.tif'], 'a neighbour is one range');
    assert.equal(stage.decoded(), 0);
    assert.equal(server.files.length, 0);
    assert.deepEqual(stage.warnings, []);
  });

  test('the whole store is gone: what is asked for is told so, or is right; well again when it is back', async () => {
    await openOn(full);
    await finished();
    await restart();
    proxy.fault = () => ({ kind: 'reset' });
    const response = await stage.get(tilePath(TILE));
    if (response.status === 200) assert.deepEqual(await npyValues(response), expected);
    else await assertProblem(response, 503, 'store-unavailable');
    proxy.fault = () => undefined;
    await tile();
  });

  test('a cut file of the archive is read again, not made anew', async () => {
    await openOn(full);
    await finished();
    await restart();
    let cut = 1;
    proxy.fault = ({ method, url }) =>
      method === 'GET' && url.includes('classes.tif') && cut-- > 0 ? { kind: 'cut', after: 100 } : undefined;
    assert.equal(await tile(), 'archive');
    assert.ok(cut < 0 && stage.decoded() === 0);
  });

  test('what was archived can be computed again without the source: its blocks are in the store', async () => {
    await openOn(full);
    await finished();
    await forget('geocrop-results', 'archive/');
    await restart();
    assert.equal(await tile(), 'computed');
    assert.equal(server.files.length, 0);
  });

  test('two engines of one store serve what either made', async () => {
    await openEmpty();
    const first = stage;
    await open();
    const [one, two] = await Promise.all([first.get(tilePath(UPPER)), stage.get(tilePath(UPPER))]);
    assert.deepEqual(await npyValues(one), await npyValues(two));
    await first.close();
    await tile();
    // A metatile for the pixels' recipe, and one for the map's: once each.
    const items = (await keys('geocrop-results', 'archive/')).filter((key) => key.endsWith('/item.json'));
    assert.equal(new Set(items.map((key) => key.split('/')[1])).size, items.length);
  });

  const faults: readonly (readonly [string, Fault])[] = [
    ['answers 503', { kind: 'status', status: 503, code: 'SlowDown' }],
    ['hangs', { kind: 'hang' }],
    ['cuts bodies', { kind: 'cut', after: 10 }],
    ['closes connections', { kind: 'reset' }],
  ];
  for (const [what, fault] of faults) {
    test(`the bucket of blocks ${what}: the tile is computed from the source`, async () => {
      await openOn(full);
      await forget('geocrop-results', 'archive/');
      proxy.fault = (asked) => (inBucket('geocrop-windows', asked) ? fault : undefined);
      assert.equal(await tile(), 'computed');
      assert.ok(server.files.length > 0);
    });
  }

  test('the archive takes nothing: the tile is shown, and archived once it can', async () => {
    await openEmpty();
    proxy.fault = ({ method, url }) =>
      method === 'PUT' && url.includes('/archive/')
        ? { kind: 'status', status: 507, code: 'XMinioStorageFull' }
        : undefined;
    assert.equal(await tile(), 'computed');
    await finished();
    assert.ok(
      stage.warnings.some((line) => line.includes('could not be archived')),
      stage.warnings.join('\n'),
    );
    assert.deepEqual(await keys('geocrop-results', 'archive/'), []);
    proxy.fault = () => undefined;
    stage.clock.now += 2 * 60_000;
    await (await stage.get(tilePath(UPPER, 'layer=confidence'))).arrayBuffer();
    assert.ok((await keys('geocrop-results', 'archive/')).some((key) => key.endsWith('/item.json')));
    await restart();
    assert.equal(await tile(), 'archive');
  });
});
