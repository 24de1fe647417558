import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { geocrop } from './geocrop-process.js';

/** The least that a scene has: enough to open a catalogue with, not to make a map of. */
const ITEM = {
  type: 'Feature',
  stac_version: '1.0.0',
  id: 'scene',
  collection: 'scenes',
  bbox: [30, -18, 30.1, -17.9],
  geometry: { type: 'Polygon', coordinates: [[[30, -18], [30.1, -18], [30.1, -17.9], [30, -17.9], [30, -18]]] }, // prettier-ignore
  properties: { datetime: '2024-10-01T08:00:00Z' },
  assets: { blue: { href: './blue.tif' }, green: { href: './green.tif' }, red: { href: './red.tif' } },
};

/** What the built command says and how it leaves, where no map is made. */
describe('the built command', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'geocrop-usage-'));
    await writeFile(
      join(folder, 'items.json'),
      JSON.stringify({ type: 'FeatureCollection', features: [ITEM] }),
    );
  });
  after(() => rm(folder, { recursive: true }));

  test('prints the version of package.json', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    assert.deepEqual(await geocrop(['--version']), { code: 0, out: `${version}\n`, err: '' });
  });

  for (const command of [
    '',
    'serve',
    'demo',
    'classify',
    'sample',
    'features',
    'warm',
    'init-store',
    'model',
    'model list',
    'model check',
    'model import',
  ]) {
    test(`explains ${command === '' ? 'itself' : command}`, async () => {
      const { code, out, err } = await geocrop([...command.split(' ').filter(Boolean), '--help']);
      assert.equal(code, 0);
      assert.equal(err, '');
      assert.match(out, new RegExp(`^Usage: geocrop ${command}`));
      assert.match(out, /geocrop (demo|serve|classify|sample|features|warm|init-store|model) ?/);
    });
  }

  test('an unknown option or command leaves with 2 and the likely one', async () => {
    const option = await geocrop(['demo', '--prot', '0']);
    assert.equal(option.code, 2);
    assert.equal(option.out, '');
    assert.match(option.err, /unknown option '--prot'[^]*--port/);
    const command = await geocrop(['clasify']);
    assert.equal(command.code, 2);
    assert.match(command.err, /classify/);
  });

  test('serve names every setting that is wrong, at once', async () => {
    const { code, err } = await geocrop(['serve', '--port', '99999', '--compute', 'sometimes'], {
      GEOCROP_WAIT: 'long',
      GEOCROP_PROT: '1',
    });
    assert.equal(code, 2);
    for (const wrong of [
      /--port = "99999"/,
      /--compute = "sometimes"/,
      /GEOCROP_WAIT = "long"/,
      /GEOCROP_PROT/,
    ]) {
      assert.match(err, wrong);
    }
  });

  test('a port that is taken is said plainly', async () => {
    const other = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, err } = await geocrop([
      'serve',
      ...offline(),
      '--port',
      String(port),
      '--log-level',
      'error',
    ]);
    other.close();
    assert.equal(code, 2);
    assert.match(
      err,
      new RegExp(`^geocrop: Port ${port} on [\\d.]+ is in use by another program\\.\\n  Stop that`),
    );
    assert.doesNotMatch(err, /\n\s+at /);
  });

  test('a catalogue on the disk that is not there is said plainly', async () => {
    const gone = join(folder, 'gone');
    const { code, err } = await geocrop([
      'serve',
      ...offline(),
      '--stac',
      gone,
      '--port',
      '0',
      '--log-level',
      'error',
    ]);
    assert.notEqual(code, 0);
    assert.ok(err.includes(gone), err);
    assert.match(err, /\n  \S/, 'a hint');
    assert.doesNotMatch(err, /\n\s+at /);
  });

  describe('model', () => {
    test('list: the model that comes with it', async () => {
      const { code, out } = await geocrop(['model', 'list']);
      assert.equal(code, 0);
      assert.match(out, /^Ensemble \S+ {2}10 classes, 51 features, 3 members, accuracy 0\.\d+, simulated\n/);
      const json = await geocrop(['model', 'list', '--json']);
      const [first] = JSON.parse(json.out) as { name: string; usable: boolean; classes: string[] }[];
      assert.deepEqual([first?.name, first?.usable, first?.classes.length], ['Ensemble', true, 10]);
    });

    test('check: 0 where all are usable, else 1 and why', async () => {
      const good = await geocrop(['model', 'check']);
      assert.equal(good.code, 0);
      assert.match(good.out, /^Ensemble: usable/);

      const models = join(folder, 'models');
      const broken = join(models, 'Broken');
      await cp('models/Ensemble', broken, { recursive: true });
      await cp('models/Ensemble', join(models, 'Ensemble'), { recursive: true });
      await rm(join(broken, 'lgbm.onnx'));
      const missing = await geocrop(['model', 'check', '--models', models]);
      assert.equal(missing.code, 1);
      assert.match(missing.out, /Broken: .*lgbm\.onnx.*\[bundle-/);
      assert.match(missing.out, /Ensemble: usable/);

      await cp('models/Ensemble/lgbm.onnx', join(broken, 'lgbm.onnx'));
      await writeFile(join(broken, 'selected_features.json'), JSON.stringify(['ndvi_peak', 'ndvi_paek']));
      const unknown = await geocrop(['model', 'check', broken]);
      assert.equal(unknown.code, 1);
      assert.match(unknown.out, /ndvi_paek/);
    });

    test('check: a folder that is not there', async () => {
      const { code, out, err } = await geocrop(['model', 'check', 'Nobody']);
      assert.equal(code, 1);
      assert.match(out + err, /Nobody/);
    });
  });

  /** Settings that keep a server from network and repository. */
  function offline(): string[] {
    return ['--store', join(folder, 'store'), '--stac', join(folder, 'items.json')];
  }
});
