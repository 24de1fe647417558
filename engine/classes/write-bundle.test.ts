import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { lstat, mkdir, mkdtemp, readFile, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import type { ErrorCode } from '../errors.js';
import { isGeoCropError } from '../errors.js';
import { ForestBuilder } from '../forest/forest-builder.js';
import { DEEPEST_TREE } from '../forest/onnx/tree-nodes.js';
import { readModelFile } from '../forest/read-model.js';
import type { BundleSpec, MemberSource } from './bundle-contents.js';
import { bundleContents, memberName } from './bundle-contents.js';
import { folderBundleFiles } from './bundle-files.js';
import { fixtureBytes } from './fixtures/fixtures.js';
import { loadBundle } from './load-bundle.js';
import { createOnnxRuntime } from './onnx-runtime.js';
import { RowBatch } from './row-batch.js';
import { writeBundle } from './write-bundle.js';

/** CatBoost's models and its own predictions, made by make_models.py there. */
const CATBOOST = 'engine/forest/catboost/fixtures';

const modelOf = async (name: string): Promise<MemberSource['model']> => {
  const file = `${name}.json`;
  const model = readModelFile(await readFile(`${CATBOOST}/${file}`), file);
  assert.ok('forest' in model);
  return model;
};

const FEATURES = ['ndvi_peak', 'ndvi_mean', 'evi_peak', 'bsi_mean'];

/** Two members: one with class names of its own in another order, one without. */
async function specOf(change: Partial<BundleSpec> = {}): Promise<BundleSpec> {
  return {
    name: 'Made',
    version: '1.2.0',
    smoothing: 3,
    classes: ['tobacco', 'maize', 'soybean'],
    features: FEATURES,
    members: [
      { file: 'in/words.json', weight: 2, model: await modelOf('multiclass') },
      { file: 'places.json', weight: 1, model: await modelOf('nan-max') },
    ],
    card: { trainedOn: 'make_models.py' },
    palette: { maize: '#ffee00' },
    scaler: null,
    ...change,
  };
}

const refused = (code: ErrorCode, says: RegExp) => (error: unknown) => {
  assert.ok(isGeoCropError(error, code), String(error));
  assert.match(error.message, says);
  return true;
};

describe('writing a bundle', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'geocrop-bundle-'));
  });
  after(() => rm(folder, { recursive: true }));

  test('what is written loads, and its members predict as CatBoost does', async () => {
    const bundle = await writeBundle(await specOf(), join(folder, 'new/Made'), { replace: false });
    assert.deepEqual(await readdir(join(folder, 'new')), ['Made'], 'nothing else is left');
    assert.deepEqual((await readdir(join(folder, 'new/Made'))).sort(), [
      'bundle.json',
      'label_encoder.json',
      'palette.json',
      'places.onnx',
      'selected_features.json',
      'words.onnx',
    ]);
    const { name, version, smoothing, classes, features, palette, members, card } = bundle;
    assert.deepEqual([name, version, smoothing, features], ['Made', '1.2.0', 3, FEATURES]);
    assert.deepEqual(classes, ['tobacco', 'maize', 'soybean']);
    assert.equal(palette[1], '#ffee00');
    assert.equal(card['trainedOn'], 'make_models.py');
    // The file says maize, soybean, tobacco: matched by name. The other has no names: by place.
    assert.deepEqual(
      members.map(({ file, weight, columnOfClass }) => [file, weight, columnOfClass]),
      [
        ['words.onnx', 2, [2, 0, 1]],
        ['places.onnx', 1, [0, 1, 2]],
      ],
    );
    const { models } = JSON.parse(await readFile(`${CATBOOST}/expectations.json`, 'utf8')) as {
      models: Record<string, { rows: (number | string)[][]; probabilities: number[][] }>;
    };
    for (const [i, fixture] of (['multiclass', 'nan-max'] as const).entries()) {
      const { rows, probabilities } = models[fixture]!;
      const runtime = await createOnnxRuntime(members[i]!, FEATURES.length);
      const values = Float32Array.from(rows.flat(), Number);
      const ours = await runtime.run(RowBatch.ofRows(values, FEATURES.length, rows.length));
      await runtime.close();
      // ONNX Runtime adds in float32.
      probabilities.flat().forEach((p, at) => assert.ok(Math.abs(ours[at]! - p) < 1e-6, `${fixture} ${at}`));
    }
  });

  test('the same models make the same bytes', async () => {
    const [one, two] = [bundleContents(await specOf()), bundleContents(await specOf())];
    assert.deepEqual(one, two);
  });

  test('an ONNX file of another kind goes in as it is', async () => {
    const onnx = fixtureBytes('logistic.onnx');
    const [model] = bundleContents(
      await specOf({ members: [{ file: 'lr.onnx', weight: 1, model: { onnx } }] }),
    ).entries();
    assert.deepEqual(model, ['lr.onnx', onnx]);
  });

  test('what is there is replaced only when asked, whole, and only if it is a bundle', async () => {
    const dir = join(folder, 'Kept');
    const first = await writeBundle(await specOf(), dir, { replace: false });
    await writeFile(join(dir, 'notes.txt'), 'x');
    await assert.rejects(
      writeBundle(await specOf({ smoothing: 7 }), dir, { replace: false }),
      refused('config-invalid', /Kept is there already/),
    );
    const second = await writeBundle(await specOf({ smoothing: 7 }), dir, { replace: true });
    assert.notEqual(first.digest, second.digest);
    assert.ok(!(await readdir(dir)).includes('notes.txt'));

    const other = join(folder, 'Photographs');
    await mkdir(other);
    await writeFile(join(other, 'cat.jpg'), 'x');
    await assert.rejects(
      writeBundle(await specOf(), other, { replace: true }),
      refused('config-invalid', /no bundle, so it is not replaced/),
    );
    assert.deepEqual(await readdir(other), ['cat.jpg']);
  });

  test('an abort at any point leaves what was there, and nothing beside it', async () => {
    const parent = join(folder, 'aborted');
    const dir = join(parent, 'Made');
    const first = await writeBundle(await specOf(), dir, { replace: false });
    const spec = await specOf({ smoothing: 7 });
    // Counts the looks at the signal, and fires at the n-th; past the last one the bundle is replaced.
    const abortedAt = async (n: number): Promise<boolean> => {
      const { signal } = new AbortController();
      let looks = 0;
      const throwIfAborted = () => {
        if (++looks === n) throw new DOMException('Interrupted.', 'AbortError');
      };
      Object.defineProperty(signal, 'throwIfAborted', { value: throwIfAborted });
      const failed = await writeBundle(spec, dir, { replace: true, signal }).then(
        () => null,
        (error: unknown) => error,
      );
      assert.deepEqual(await readdir(parent), ['Made']);
      if (failed === null) return false;
      assert.equal((failed as Error).name, 'AbortError');
      const { smoothing } = JSON.parse(await readFile(join(dir, 'bundle.json'), 'utf8')) as BundleSpec;
      assert.equal(smoothing, first.smoothing);
      return true;
    };
    let n = 1;
    while (await abortedAt(n)) n++;
    assert.ok(n > 12, `${n}: at least once a file written and a file read`);
  });

  describe('what killed imports leave', () => {
    const dead = spawnSync(process.execPath, ['--version']).pid;
    const living = process.ppid;

    test('is cleared away; what living processes, or other bundles, have there is not', async () => {
      const parent = join(folder, 'leftovers');
      const names = [`.Made.part-${dead}`, `.Made.old-${dead}`, `.Made.part-${process.pid}`];
      const kept = [
        `.Made.part-${living}`,
        `.Other.part-${dead}`,
        `.Made.part-${dead}x`,
        `.Made.v2.part-${dead}`,
      ];
      for (const name of [...names, ...kept]) {
        await mkdir(join(parent, name), { recursive: true });
        await writeFile(join(parent, name, 'bundle.json'), '{}');
      }
      await mkdir(join(parent, 'Made'));
      await writeBundle(await specOf(), join(parent, 'Made'), { replace: true });
      assert.deepEqual((await readdir(parent)).sort(), [...kept, 'Made'].sort());
    });

    test('with the bundle moved away and not yet replaced: it comes back', async () => {
      const dir = join(folder, 'between/Made');
      const first = await writeBundle(await specOf(), dir, { replace: false });
      await rename(dir, join(folder, `between/.Made.old-${dead}`));
      await mkdir(join(folder, `between/.Made.part-${dead}`));
      await assert.rejects(
        writeBundle(await specOf({ smoothing: 7 }), dir, { replace: false }),
        refused('config-invalid', /Made is there already/),
      );
      assert.deepEqual(await readdir(join(folder, 'between')), ['Made']);
      assert.equal((await loadBundle(folderBundleFiles(dir))).digest, first.digest);
    });
  });

  test('a link to a folder stays one: what it names is replaced', async () => {
    const parent = join(folder, 'links');
    await mkdir(join(parent, 'elsewhere'), { recursive: true });
    const link = join(parent, 'Made');
    await symlink('elsewhere/there', link);
    for (const smoothing of [3, 7] as const) {
      // First to a folder that is not there yet.
      await writeBundle(await specOf({ smoothing }), link, { replace: true });
      assert.ok((await lstat(link)).isSymbolicLink());
      assert.deepEqual(await readdir(join(parent, 'elsewhere')), ['there']);
      assert.equal(
        (await loadBundle(folderBundleFiles(join(parent, 'elsewhere/there')))).smoothing,
        smoothing,
      );
    }
    assert.deepEqual((await readdir(parent)).sort(), ['Made', 'elsewhere']);
  });

  test("a tree that is too deep is said with the trainer's file and the tree", async () => {
    const shape = { columns: 4, outputs: 1, link: 'logistic', vectorLeaves: false } as const;
    const builder = new ForestBuilder('chain', shape);
    const [stump, chain] = [3, 2 * DEEPEST_TREE + 3];
    for (const count of [stump, chain]) {
      const read = (id: number) =>
        id === count - 1 || id % 2 === 1
          ? { leaf: id }
          : { feature: 0, threshold: id, missingLeft: false, left: id + 1, right: id + 2 };
      builder.addTree(count, 0, read, 0, 'tree');
    }
    const model = { forest: builder.build(), format: 'test', featureNames: null, classNames: null };
    const members = [{ file: 'in/chain.json', weight: 1, model }];
    const spec = await specOf({ classes: ['a', 'b'], palette: null, members });
    assert.throws(
      () => bundleContents(spec),
      refused('model-unsupported', /^in\/chain\.json, tree 1: is 1001 branches deep/),
    );
  });

  const wrong: readonly (readonly [string, Partial<BundleSpec>, ErrorCode, RegExp])[] = [
    ['a name that is no name', { name: '../Made' }, 'bundle-malformed', /"name" is "\.\.\/Made"/],
    ['no members', { members: [] }, 'bundle-malformed', /at least one/],
    ['a feature that we do not compute', { features: ['ndvi_peak', 'ndvi_mean', 'evi_peak', 'x'] }, 'model-mismatch', /lacks "x".*"bsi_mean"/],
    ['other classes', { classes: ['tobacco', 'maize'] }, 'model-mismatch', /words\.json: has classes that the list lacks: "soybean"/],
    ['a colour of a class that is not there', { palette: { rice: '#ffffff' } }, 'bundle-mismatch', /rice/],
    ['a scaler of another width', { scaler: { mean: [0], scale: [1] } }, 'bundle-mismatch', /scaler\.json.*1 numbers/],
  ]; // prettier-ignore
  for (const [what, change, code, says] of wrong) {
    test(`${what}: nothing is put in place`, async () => {
      const dir = join(folder, 'Wrong/Made');
      await assert.rejects(
        async () => writeBundle(await specOf(change), dir, { replace: false }),
        refused(code, says),
      );
      assert.deepEqual(await readdir(join(folder, 'Wrong')).catch(() => []), []);
    });
  }

  test('an ONNX file that is none is found before anything is put in place, and the old bundle stays', async () => {
    const dir = join(folder, 'Old');
    await writeBundle(await specOf(), dir, { replace: false });
    const before = await readFile(join(dir, 'bundle.json'));
    const members = [{ file: 'x.onnx', weight: 1, model: { onnx: new TextEncoder().encode('no model') } }];
    await assert.rejects(
      async () => writeBundle(await specOf({ members }), dir, { replace: true }),
      refused('bundle-malformed', /^Old\/x\.onnx/),
    );
    assert.deepEqual(await readFile(join(dir, 'bundle.json')), before);
    assert.ok((await readdir(folder)).every((name) => !name.startsWith('.')));
  });

  test('members are called after their files; two of one name are refused', async () => {
    const names = ['xgb.json', '/a/b/LGBM v2.txt', 'cat', 'x.y.json', '.hidden.json', 'c:\\models\\m.ubj'];
    assert.deepEqual(names.map(memberName), [
      'xgb.onnx',
      'LGBM-v2.onnx',
      'cat.onnx',
      'x.y.onnx',
      '_hidden.onnx',
      'm.onnx',
    ]);
    const model = await modelOf('multiclass');
    const members = ['a/Model.json', 'b/model.txt'].map((file) => ({ file, weight: 1, model }));
    const spec = await specOf({ members });
    assert.throws(
      () => bundleContents(spec),
      refused('bad-request', /Two members would be called "model\.onnx"/),
    );
  });
});
