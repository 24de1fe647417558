import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { fixtureBytes as bundleFixture } from '../../classes/fixtures/fixtures.js';
import type { ImportedModel } from '../forest.js';
import { predictForest } from '../predict-forest.js';
import {
  edgeRows,
  expectations,
  fixtureBytes,
  flat,
  largestDifference,
  runOnnx,
  seeded,
} from './fixtures/fixtures.js';
import { readOnnxForest } from './read-onnx-forest.js';
import { writeOnnxForest } from './write-onnx-forest.js';

function read(bytes: Uint8Array, file: string): ImportedModel {
  const model = readOnnxForest(bytes, file);
  assert.ok('forest' in model, JSON.stringify(model));
  return model;
}

const taken = Object.entries(expectations).flatMap(([name, expected]) =>
  expected === null ? [] : [{ name, expected }],
);

describe("converters' files", () => {
  for (const { name, expected } of taken) {
    test(`${name}: the library's and Python onnxruntime's probabilities`, () => {
      const { forest } = read(fixtureBytes(`${name}.onnx`), name);
      const given = predictForest(forest, flat(expected.rows), expected.rows.length);
      assert.equal(forest.classes, expected.classes.length);
      assert.ok(largestDifference(given, flat(expected.onnxruntime)) < 1e-6);
      const library = flat(expected.library);
      assert.ok(largestDifference(given.subarray(0, library.length), library) < 1e-5);
    });

    test(`${name}: written by us, onnxruntime-node gives the same`, async () => {
      const { forest } = read(fixtureBytes(`${name}.onnx`), name);
      const rows = edgeRows(seeded(3), forest, 300);
      const written = await runOnnx(writeOnnxForest(forest, name), rows, forest.columns);
      assert.ok(!(written instanceof Error), String(written));
      const given = predictForest(forest, rows, 300);
      assert.ok(largestDifference(written, given) < 1e-6);
      const original = await runOnnx(fixtureBytes(`${name}.onnx`), rows, forest.columns);
      // onnxruntime-node returns no maps, so a ZipMap is left to Python above.
      if (original instanceof Error) assert.match(original.message, /Non tensor type/);
      else assert.ok(largestDifference(original, given) < 1e-6);
    });

    test(`${name}: what is read and written is read as the same`, () => {
      const bytes = writeOnnxForest(read(fixtureBytes(`${name}.onnx`), name).forest, name);
      const { forest } = read(bytes, name);
      assert.deepEqual(writeOnnxForest(forest, name), bytes);
    });
  }

  test('names of classes are taken where they are words', () => {
    assert.deepEqual(read(fixtureBytes('extra-trees-words.onnx'), '').classNames, [
      'fallow',
      'maize',
      'woodland',
    ]);
    assert.deepEqual(read(fixtureBytes('tree-words-zipmap.onnx'), '').classNames, [
      'fallow',
      'maize',
      'woodland',
    ]);
    assert.equal(read(fixtureBytes('xgboost-3.onnx'), '').classNames, null);
  });

  test('one score stays one score, and trees of one class stay so', () => {
    for (const name of ['xgboost-2', 'lightgbm-2', 'catboost-2', 'gradient-boosting-2', 'lightgbm-zipmap']) {
      const { forest } = read(fixtureBytes(`${name}.onnx`), name);
      assert.deepEqual([forest.link, forest.outputs, forest.treeOutput?.length], ['logistic', 1, 3], name);
    }
    const { forest } = read(fixtureBytes('xgboost-3.onnx'), '');
    assert.deepEqual([forest.link, [...forest.treeOutput!]], ['softmax', [0, 1, 2, 0, 1, 2, 0, 1, 2]]);
    assert.equal(read(fixtureBytes('random-forest-3.onnx'), '').forest.treeOutput, null);
  });

  test('the format names the converter', () => {
    assert.match(read(fixtureBytes('catboost-2.onnx'), '').format, /^ONNX by CatBoost \d+\.\d+\.\d+$/);
    assert.match(read(fixtureBytes('random-forest-2.onnx'), '').format, /^ONNX by skl2onnx \d+\.\d+\.\d+$/);
  });
});

test("the bundles' fixtures give what onnxruntime-node gives", async () => {
  for (const file of ['xgboost.onnx', 'forest.onnx', 'tree.onnx', 'tree-v5.onnx']) {
    const bytes = bundleFixture(file);
    const { forest } = read(bytes, file);
    const rows = edgeRows(seeded(4), forest, 300);
    const given = await runOnnx(bytes, rows, forest.columns);
    assert.ok(!(given instanceof Error), String(given));
    assert.ok(largestDifference(given, predictForest(forest, rows, 300)) < 1e-6, file);
  }
});

describe('what is no forest of ours stays on ONNX Runtime, with the reason', () => {
  const cases: [file: string, bytes: Uint8Array, reason: RegExp][] = [
    ['lightgbm-rf.onnx', fixtureBytes('lightgbm-rf.onnx'), /ArrayFeatureExtractor/],
    ['tree-columns.onnx', fixtureBytes('tree-columns.onnx'), /Slice/],
    ...(
      [
        ['mlp.onnx', /MatMul/],
        ['logistic.onnx', /LinearClassifier/],
        ['refused-zipmap.onnx', /LinearClassifier/],
        ['refused-double.onnx', /not float32/],
        ['refused-two-inputs.onnx', /2 inputs/],
        ['refused-label-only.onnx', /Sum/],
      ] as const
    ).map(([file, reason]): [string, Uint8Array, RegExp] => [file, bundleFixture(file), reason]),
  ];
  for (const [file, bytes, reason] of cases) {
    test(file, () => {
      const model = readOnnxForest(bytes, file);
      assert.ok('unsupported' in model);
      assert.match(model.unsupported, reason);
    });
  }
});
