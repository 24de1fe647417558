import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fromArrayBuffer } from 'geotiff';
import { DiskObjectStore } from '../../../cache/disk-store.js';
import { describeOnMinio, startMinio, type MinioServer } from '../../../cache/minio-server.js';
import { S3ObjectStore } from '../../../cache/s3-store.js';
import { lonLatToPixel, TILE_SIZE } from '../../../engine/geo/tile-matrix.js';
import { DynamicWorldBaseline } from '../../tiles/baseline.js';
import { npyValues } from '../stage.js';
import { geocrop, serving, type Ended } from './geocrop-process.js';
import { CATALOGUE, SEASON, testSeason } from './test-season.js';

const BOX = [29.998, -17.832, 30.002, -17.828] as const;
const PREFIX = 'field-office-';

describeOnMinio('the built command on an S3 store', () => {
  let minio: MinioServer;
  let store: S3ObjectStore;
  let folder: string;
  let environment: Record<string, string>;
  const file = (name: string): string => join(folder, name);

  before(async () => {
    await testSeason();
    minio = await startMinio();
    folder = await mkdtemp(join(tmpdir(), 'geocrop-s3-'));
    await writeFile(file('secret'), `${minio.options.secretKey}\n`);
    store = new S3ObjectStore({ ...minio.options, bucketPrefix: PREFIX });
    environment = {
      GEOCROP_STORE: file('store'),
      GEOCROP_STORE_S3_ENDPOINT: minio.options.endpoint,
      GEOCROP_STORE_S3_ACCESS_KEY: minio.options.accessKey,
      GEOCROP_STORE_S3_SECRET_KEY_FILE: file('secret'),
      GEOCROP_STORE_S3_BUCKET_PREFIX: PREFIX,
      GEOCROP_STAC: CATALOGUE,
    };
  });
  after(async () => {
    store.close();
    await minio.stop();
    await rm(folder, { recursive: true });
  });

  const run = async (args: readonly string[], more: Record<string, string> = {}): Promise<Ended> => {
    const ended = await geocrop(args, { ...environment, ...more });
    assert.ok(!(ended.out + ended.err).includes(minio.options.secretKey), 'no secret is shown');
    assert.doesNotMatch(ended.err, /\n\s+at |Warning:/);
    return ended;
  };
  const keys = async (prefix: string): Promise<string[]> => {
    const out: string[] = [];
    for await (const key of store.list('geocrop-results', prefix)) out.push(key);
    return out;
  };

  test('without buckets: 1, and the command that makes them', async () => {
    const { code, err } = await run(['serve', '--port', '0']);
    assert.equal(code, 1);
    assert.match(
      err,
      /has no bucket field-office-geocrop-models, [^]*\n {2}Make the buckets with: geocrop init-store/,
    );
  });

  test('init-store makes and checks them, and can be repeated', async () => {
    const first = await run(['init-store']);
    assert.equal(first.code, 0, first.err);
    assert.equal(first.err, '');
    assert.match(first.out, /^field-office-geocrop-results: made; written, read, listed, deleted$/m);
    assert.match(first.out, /exactly one wins/);
    assert.match(first.out, /field-office-geocrop-windows: source blocks expire after 30 days/);
    const second = await run(['init-store']);
    assert.equal(second.code, 0, second.err);
    assert.match(second.out, /^field-office-geocrop-results: was there;/m);
    assert.deepEqual(await keys(''), []);
  });

  test('init-store on a folder checks it', async () => {
    const { code, out } = await run(['init-store', '--store', file('other')], {
      GEOCROP_STORE_S3_ENDPOINT: '',
    });
    assert.equal(code, 0);
    assert.match(out, /geocrop-results: written, read, listed, deleted/);
  });

  const wrong: readonly (readonly [string, Record<string, string>, number, RegExp])[] = [
    ['another secret', { GEOCROP_STORE_S3_SECRET_KEY_FILE: '', GEOCROP_STORE_S3_SECRET_KEY: 'wr0ng-s3cret' }, 1, /SignatureDoesNotMatch[^]*secret key/],
    ['another access key', { GEOCROP_STORE_S3_ACCESS_KEY: 'nobody' }, 1, /InvalidAccessKeyId[^]*access key/],
    ['nobody there', { GEOCROP_STORE_S3_ENDPOINT: 'http://127.0.0.1:1' }, 1, /ECONNREFUSED[^]*endpoint/],
    ['no key', { GEOCROP_STORE_S3_ACCESS_KEY: '' }, 2, /needs GEOCROP_STORE_S3_ACCESS_KEY or GEOCROP_STORE_S3_ACCESS_KEY_FILE/],
    ['a key twice', { GEOCROP_STORE_S3_SECRET_KEY: 'wr0ng-s3cret' }, 2, /are both set/],
    ['no such file', { GEOCROP_STORE_S3_SECRET_KEY_FILE: 'nowhere' }, 2, /"nowhere": the file cannot be read/],
    ['a password in the address', { GEOCROP_STORE_S3_ENDPOINT: 'http://me:wr0ng-s3cret@127.0.0.1:1' }, 2, /\(hidden\)@127/],
    ['a path in the address', { GEOCROP_STORE_S3_ENDPOINT: 'http://127.0.0.1:1/s3' }, 2, /nothing else/],
    ['a prefix that no bucket can have', { GEOCROP_STORE_S3_BUCKET_PREFIX: 'Field_' }, 2, /small letters/],
  ]; // prettier-ignore
  for (const [what, more, expected, says] of wrong) {
    test(`${what}: ${expected}, said plainly`, async () => {
      const { code, err } = await run(['init-store'], more);
      assert.equal(code, expected, err);
      assert.match(err, says);
      const verbose = await geocrop(['--verbose', 'init-store'], { ...environment, ...more });
      for (const secret of ['wr0ng-s3cret', minio.options.secretKey]) {
        assert.ok(!(err + verbose.err).includes(secret), 'no secret is shown');
      }
    });
  }

  test('models: those of the store, where it has any; a folder goes first', async () => {
    const names = async (...args: string[]): Promise<string[]> => {
      const { code, out, err } = await run(['model', 'list', '--json', ...args]);
      assert.equal(code, 0, err);
      return (JSON.parse(out) as { name: string }[]).map(({ name }) => name);
    };
    assert.deepEqual(await names(), ['Ensemble'], 'the one that comes with it');
    for (const name of await readdir('models/Ensemble', { withFileTypes: true })) {
      if (!name.isFile()) continue;
      const bytes = await readFile(join('models/Ensemble', name.name));
      const manifest =
        name.name === 'bundle.json' ? bytes.toString().replace('"Ensemble"', '"Stored"') : bytes;
      await store.put('geocrop-models', `any/${name.name}`, Buffer.from(manifest));
    }
    assert.deepEqual(await names(), ['Stored']);
    const checked = await run(['model', 'check']);
    assert.equal(checked.code, 0, checked.err);
    assert.match(checked.out, /^any: usable \(Stored /);
    assert.deepEqual(await names('--models', 'models'), ['Ensemble']);
  });

  test('baselines are read from the store, as from a folder', async () => {
    const disk = await DiskObjectStore.open(SEASON);
    const bucket = 'geocrop-baselines';
    for await (const key of disk.list(bucket, '')) {
      await store.put(bucket, key, (await disk.get(bucket, key)) ?? new Uint8Array());
    }
    const { x, y } = lonLatToPixel(14, BOX[0], BOX[3]);
    const tile = { z: 14, x: Math.floor(x / TILE_SIZE), y: Math.floor(y / TILE_SIZE) };
    const [year] = await new DynamicWorldBaseline(store).years();
    assert.ok(year !== undefined);
    const [one, two] = await Promise.all(
      [disk, store].map((each) => new DynamicWorldBaseline(each).tile(year.year, tile)),
    );
    assert.ok(one?.data.some((value) => value !== 255));
    assert.deepEqual(two, one);
  });

  test('classify computes into the store; servers, killed and started again, serve it from there', async () => {
    const { code, err } = await run([
      'classify',
      '--bbox',
      BOX.join(),
      '--year',
      '2024',
      '--out',
      file('map.tif'),
    ]);
    assert.equal(code, 0, err);
    assert.match(err, /by Stored/);
    const archived = await keys('archive/');
    assert.ok(archived.some((key) => key.endsWith('/classes.tif')));
    assert.ok(archived.some((key) => key.endsWith('/item.json')));
    await assert.rejects(stat(file('store')), 'no folder is made');

    const tiff = await fromArrayBuffer(new Uint8Array(await readFile(file('map.tif'))).buffer);
    const image = await tiff.getImage();
    const [map] = (await image.readRasters()) as unknown as [Uint8Array];
    const { x, y } = lonLatToPixel(14, BOX[0], BOX[3]);
    const tile = `${Math.floor(x / TILE_SIZE)}/${Math.floor(y / TILE_SIZE)}`;
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      const server = await serving(['serve', '--port', '0', '--compute', 'none'], environment);
      const response = await fetch(`${server.url}/tiles/14/${tile}.npy?year=2024`);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('X-GeoCrop-Cache'), 'archive');
      const values = await npyValues(response);
      for (let i = 0; i < map.length; i++) {
        const col = (x % TILE_SIZE) + (i % image.getWidth());
        const row = (y % TILE_SIZE) + Math.floor(i / image.getWidth());
        if (col < TILE_SIZE && row < TILE_SIZE) assert.equal(values[row * TILE_SIZE + col], map[i]);
      }
      const { err: log } = await server.stop(signal);
      assert.ok(!log.includes(minio.options.secretKey));
    }
  });

  test('gc and verify know what is there: nothing broken, and every map one of this configuration', async () => {
    const verified = await run(['verify']);
    assert.equal(verified.code, 0, verified.out);
    assert.match(verified.out, /nothing is broken/);
    const dry = await run(['gc', '--dry-run']);
    assert.equal(dry.code, 0, dry.err);
    assert.match(dry.out, /^summer-2024 +classes, Stored /m);
    assert.doesNotMatch(dry.out, /no map of this configuration/);
    assert.match(dry.out, /^source blocks +\d+ .* of 20 GB$/m);
    assert.match(dry.out, /^Nothing would go\.$/m);
    const blocks = async (): Promise<number> => {
      let count = 0;
      for await (const _ of store.list('geocrop-windows', '')) count += 1;
      return count;
    };
    const archived = await keys('archive/');
    if ((await blocks()) === 0) await store.put('geocrop-windows', `00/${'0'.repeat(32)}`, Buffer.from('x'));
    const wet = await run(['gc', '--keep-recipes', '--block-cache-bytes', '0']);
    assert.equal(wet.code, 0, wet.err);
    assert.match(wet.out, /^source blocks over their quota, the oldest/m);
    assert.equal(await blocks(), 0);
    assert.deepEqual(await keys('archive/'), archived);
  });
});
