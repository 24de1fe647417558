import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, open, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Ended } from './geocrop-process.js';
import { geocrop, geocropStopped } from './geocrop-process.js';

/** Committed models: CatBoost's own JSON, and ONNX. */
const CATBOOST = 'engine/forest/catboost/fixtures';
const ONNX = 'engine/classes/fixtures';

/** The built command, from trainers' files to a bundle that the server loads. */
describe('geocrop model import', () => {
  let folder: string;
  let models: string;
  const at = (name: string): string => join(folder, name);
  const write = (name: string, value: unknown) => writeFile(at(name), JSON.stringify(value));

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'geocrop-import-'));
    models = at('models');
    await mkdir(models);
    await write('classes.json', { classes: ['tobacco', 'maize', 'soybean'] });
    await write('features.json', ['ndvi_peak', 'ndvi_mean', 'evi_peak', 'bsi_mean']);
    await write('card.json', { trainedOn: 'made up', accuracy: 0.5 });
    await cp(`${CATBOOST}/multiclass.json`, at('cat.json'));
    await cp(`${CATBOOST}/depthwise.json`, at('deep.json'));
  });
  after(() => rm(folder, { recursive: true }));

  /** With the usual documents, into the models folder. */
  const importing = (name: string, ...more: string[]): Promise<Ended> => {
    const documents = ['--classes', at('classes.json'), '--features', at('features.json')];
    return geocrop(['model', 'import', '--name', name, ...documents, ...more], { GEOCROP_MODELS: models });
  };

  test('writes a bundle, says what is in it, and the bundle is usable', async () => {
    const { code, out, err } = await importing('Mine', at('cat.json'), at('deep.json'), '--weights', '3,1', '--card', at('card.json')); // prettier-ignore
    assert.equal(err, '');
    assert.equal(code, 0);
    const [cat, deep, bundle, next, ...rest] = out.split('\n');
    assert.match(cat!, /cat\.json: CatBoost JSON 1\.2\.10, 4 trees, 32 leaves, depth 3, \d+ thresholds, 3 classes by name$/); // prettier-ignore
    assert.match(deep!, /deep\.json: .* 3 classes by place$/);
    assert.match(bundle!, /^Mine 1\.0\.0 \([0-9a-f]{16}\): .*models\/Mine$/);
    assert.equal(next, `next: geocrop model check ${join(models, 'Mine')}`);
    assert.deepEqual(rest, ['']);

    const check = await geocrop(next.replace('next: geocrop ', '').split(' '));
    assert.equal(check.code, 0, check.out);
    assert.match(check.out, /usable \(Mine 1\.0\.0, [0-9a-f]{8}\)/);
    const digest = (text: string) => /\(([0-9a-f]{16})\)/.exec(text)?.[1];
    assert.equal(digest(check.out), digest(bundle!));
    assert.match(check.out, /cat\.onnx .*75 % of the vote/);
    assert.match(check.out, /made up/);
  });

  test('an ONNX file of another kind is kept as it is', async () => {
    const { features, classes } = JSON.parse(await readFile(`${ONNX}/expectations.json`, 'utf8')) as Record<string, string[]>; // prettier-ignore
    await write('onnx-features.json', features);
    await write('onnx-classes.json', classes);
    const documents = ['--classes', at('onnx-classes.json'), '--features', at('onnx-features.json')];
    const { code, out, err } = await geocrop(['model', 'import', '--name', 'Net', ...documents, `${ONNX}/mlp.onnx`, '--out', at('Net')]); // prettier-ignore
    assert.equal(code, 0, err);
    assert.match(out, /mlp\.onnx: ONNX, kept as it is: /);
    assert.deepEqual(await readFile(join(at('Net'), 'mlp.onnx')), await readFile(`${ONNX}/mlp.onnx`));
  });

  test('a bundle that is there stays, unless --force is given', async () => {
    assert.equal((await importing('Twice', at('cat.json'))).code, 0);
    const again = await importing('Twice', at('deep.json'));
    assert.equal(again.code, 2);
    assert.match(again.err, /Twice is there already\.\n {2}Choose another folder, or add --force/);
    const forced = await importing('Twice', at('deep.json'), '--force', '--model-version', '2.0.0');
    assert.equal(forced.code, 0);
    assert.match(forced.out, /Twice 2\.0\.0/);
    assert.deepEqual((await readdir(join(models, 'Twice'))).filter((name) => name.endsWith('.onnx')), ['deep.onnx']); // prettier-ignore
  });

  test('SIGINT leaves with 130, the bundle that was there, and nothing beside it', async () => {
    assert.equal((await importing('Stopped', at('cat.json'))).code, 0);
    // Enough of them that the signal comes long before the last.
    const many = Array.from({ length: 150 }, (_, i) => at(`many-${i}.json`));
    for (const file of many) await cp(at('cat.json'), file);
    const documents = ['--classes', at('classes.json'), '--features', at('features.json')];
    const { code, err } = await geocropStopped(
      ['model', 'import', '--name', 'Stopped', ...documents, ...many, '--force'],
      'SIGINT',
      { GEOCROP_MODELS: models },
    );
    assert.equal(err, 'geocrop: Interrupted.\n');
    assert.equal(code, 130);
    assert.deepEqual((await readdir(models)).filter((name) => name.includes('Stopped')), ['Stopped']); // prettier-ignore
    assert.ok((await readdir(join(models, 'Stopped'))).includes('cat.onnx'));
  });

  test('model list counts one as one', async () => {
    assert.equal((await importing('Single', at('cat.json'), '--out', join(folder, 'one/Single'))).code, 0);
    const { out } = await geocrop(['model', 'list', '--models', at('one')]);
    assert.match(out, /^Single 1\.0\.0 {2}3 classes, 4 features, 1 member\n/);
  });

  const files: readonly (readonly [
    what: string,
    content: string | Uint8Array,
    code: number,
    says: RegExp,
  ])[] = [
    ['a pickle', Buffer.from('\x80\x04\x95i\x13', 'latin1'), 1, /m\.bin: is a Python pickle.*runs code/],
    ['a CatBoost binary', 'CBM1p\x1a', 1, /m\.bin: is CatBoost's binary format.*\n {2}Save it with/],
    ['a truncated model', '{"features_info":{"float_features":[{"bor', 1, /m\.bin: is not JSON/],
    ['a text', 'dear model', 1, /m\.bin: is text of no model/],
    ['nothing', '', 1, /m\.bin: is empty/],
  ];
  for (const [what, content, code, says] of files) {
    test(`${what} in place of a model is said plainly, and nothing is left behind`, async () => {
      await writeFile(at('m.bin'), content);
      const ended = await importing('Bad', at('m.bin'));
      assert.equal(ended.code, code);
      assert.match(ended.err, says);
      assert.match(ended.err, /\n {2}\S/, 'a hint');
      assert.doesNotMatch(ended.err, /\n\s+at /);
      assert.ok(!(await readdir(models)).some((name) => name.includes('Bad')));
    });
  }

  test('a file of terabytes is refused before it is read', async () => {
    const file = await open(at('huge.json'), 'w');
    await file.truncate(3 * 2 ** 40);
    await file.close();
    const { code, err } = await importing('Bad', at('huge.json'));
    assert.equal(code, 1);
    assert.match(err, /huge\.json has 3298534883328 bytes; at most 2147483647 are read/);
  });

  test('what does not fit is named', async () => {
    await write('swapped.json', ['ndvi_mean', 'ndvi_peak', 'evi_peak', 'bsi_mean']);
    await write('two.json', ['maize', 'tobacco']);
    await write('unknown.json', ['ndvi_peak', 'ndvi_mean', 'evi_peak', 'rain']);
    const given = async (classes: string, features: string, file: string): Promise<string> => {
      const { code, err } = await geocrop(['model', 'import', '--name', 'Bad', '--classes', at(classes), '--features', at(features), at(file)], { GEOCROP_MODELS: models }); // prettier-ignore
      assert.equal(code, 1, err);
      return err;
    };
    assert.match(await given('classes.json', 'swapped.json', 'cat.json'), /cat\.json: its columns are in another order.*column 0 is "ndvi_peak", listed is "ndvi_mean"/); // prettier-ignore
    assert.match(await given('two.json', 'features.json', 'cat.json'), /cat\.json: has classes that the list lacks: "soybean"/); // prettier-ignore
    assert.match(await given('two.json', 'features.json', 'deep.json'), /deep\.json: gives probabilities of 3 classes, but the list has 2/); // prettier-ignore
    assert.match(
      await given('classes.json', 'unknown.json', 'deep.json'),
      /Bad\/selected_features\.json.*"rain"/,
    );
    assert.deepEqual(
      (await readdir(models)).filter((name) => /^\.|Bad/.test(name)),
      [],
    );
  });

  test('a document or a file that is not there leaves with 2', async () => {
    const gone = await importing('Bad', at('gone.json'));
    assert.equal(gone.code, 2);
    assert.match(gone.err, /gone\.json cannot be read/);
    await writeFile(at('broken.json'), '{"trainedOn": ');
    const broken = await importing('Bad', at('cat.json'), '--card', at('broken.json'));
    assert.equal(broken.code, 2);
    assert.match(broken.err, /broken\.json is not JSON/);
    await write('twice.json', ['ndvi_peak', 'ndvi_mean', 'evi_peak', 'ndvi_mean']);
    const twice = await importing('Bad', at('cat.json'), '--features', at('twice.json'));
    assert.equal(twice.code, 2);
    assert.match(twice.err, /twice\.json names "ndvi_mean" more than once\.\n/);
    const list = await importing('Bad', at('cat.json'), '--palette', at('features.json'));
    assert.equal(list.code, 2);
    assert.match(list.err, /features\.json must hold a JSON object/);
    const folderGiven = await importing('Bad', folder);
    assert.equal(folderGiven.code, 2);
    assert.match(folderGiven.err, /is no file/);
  });
});
