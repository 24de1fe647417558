import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import type { ErrorCode } from '../../errors.js';
import { isGeoCropError } from '../../errors.js';
import { predictForest } from '../predict-forest.js';
import { readRandomForestJson } from './read-random-forest-json.js';

/** DE Africa's crop mask models, with rows and scikit-learn's own probabilities. */
const DATA = '../shared/data/models/deafrica_crop_mask_rf';

/** Two trees over two features: a stump, and one leaf. */
const document = () => ({
  kind: 'sklearn RandomForestClassifier (x<=threshold goes left)',
  classes: ['other', 'crop'] as unknown[],
  features: ['ndvi_peak', 'ndvi_mean'] as unknown[],
  trees: [
    {
      left: [1, -1, -1],
      right: [2, -1, -1],
      feature: [1, -2, -2],
      threshold: [0.1, -2, -2],
      proba1: [0.5, 0.25, 1] as unknown[],
    },
    { left: [-1], right: [-1], feature: [-2], threshold: [-2], proba1: [0.5] as unknown[] },
  ],
});
type Document = ReturnType<typeof document>;

function changed(change: (document: Document) => unknown): Uint8Array {
  const made = document();
  change(made);
  return new TextEncoder().encode(JSON.stringify(made));
}

const read = (change: (document: Document) => unknown = () => undefined) =>
  readRandomForestJson(changed(change), 'rf.json');

describe('random forest JSON', () => {
  for (const name of ['central_20220224', 'indian_ocean_20220307']) {
    test(`predicts as scikit-learn does: ${name}`, (t) => {
      if (!existsSync(DATA)) return t.skip('needs ../shared/data');
      const file = `${name}.rf.json`;
      const { forest, featureNames, classNames } = readRandomForestJson(
        readFileSync(`${DATA}/${file}`),
        file,
      );
      const [header = '', ...lines] = readFileSync(`${DATA}/${name}.check.csv`, 'utf8').trimEnd().split('\n');
      assert.deepEqual(header.split(','), [...(featureNames ?? []), 'Class', 'sklearn_proba_crop']);
      assert.equal(classNames, null);
      assert.equal(forest.columns, 33);
      const table = lines.map((line) => line.split(',').map(Number));
      const rows = Float32Array.from(table.flatMap((values) => values.slice(0, forest.columns)));
      const ours = predictForest(forest, rows, table.length);
      assert.ok(table.length > 700);
      table.forEach((values, i) => {
        // The file holds shares with eight digits.
        assert.ok(Math.abs(ours[2 * i + 1]! - values.at(-1)!) < 1e-7, `row ${i}: ${ours[2 * i + 1]}`);
        assert.ok(Math.abs(ours[2 * i]! + ours[2 * i + 1]! - 1) < 1e-12);
      });
    });
  }

  test('x <= threshold goes left, above and missing go right; trees are averaged', () => {
    const { forest, featureNames, classNames } = read();
    assert.deepEqual(
      [featureNames, classNames],
      [
        ['ndvi_peak', 'ndvi_mean'],
        ['other', 'crop'],
      ],
    );
    const below = 0.099999994;
    const rows = Float32Array.of(9, below, 9, 0.1, 9, NaN, 9, -Infinity);
    // As a float32, 0.1 is above the float64 0.1 that the tree compares with.
    assert.ok(Math.fround(below) < 0.1 && Math.fround(0.1) > 0.1);
    assert.deepEqual(
      [...predictForest(forest, rows, 4)],
      [0.625, 0.375, 0.25, 0.75, 0.25, 0.75, 0.625, 0.375],
    );
  });

  test('numbers for classes and features are no names', () => {
    const { featureNames, classNames } = read((d) => {
      d.classes = [0, 1];
      d.features = ['0', '1'];
    });
    assert.deepEqual([featureNames, classNames], [null, null]);
  });

  const wrong: readonly (readonly [ErrorCode, RegExp, (document: Document) => unknown])[] = [
    ['model-unsupported', /kind: is "sklearn RandomForestRegressor"/, (d) => (d.kind = 'sklearn RandomForestRegressor')],
    ['model-unsupported', /classes: has 3 classes/, (d) => d.classes.push('third')],
    ['model-malformed', /classes: are numbers that do not ascend: 1, 0/, (d) => (d.classes = [1, 0])],
    ['model-malformed', /features\[1\]: must be a text/, (d) => (d.features[1] = 7)],
    ['model-malformed', /trees\[0\]: two branches lead to node 0/, (d) => (d.trees[0]!.left[0] = 0)],
    ['model-malformed', /trees\[0\]: a branch leads to node 3/, (d) => (d.trees[0]!.right[0] = 3)],
    ['model-malformed', /trees\[0\]: a branch leads to node -1/, (d) => (d.trees[0]!.right[0] = -1)],
    ['model-malformed', /trees\[0\]: node 0 asks for feature 2 of 2/, (d) => (d.trees[0]!.feature[0] = 2)],
    ['model-malformed', /trees\[1\]\.threshold: has 2 values, but "left" has 1/, (d) => d.trees[1]!.threshold.push(0)],
    ['model-malformed', /trees\[0\]\.proba1: holds 1.5 at 1/, (d) => (d.trees[0]!.proba1[1] = 1.5)],
    ['model-malformed', /trees\[0\]\.proba1: holds null at 2/, (d) => (d.trees[0]!.proba1[2] = null)],
    ['model-malformed', /has no trees/, (d) => (d.trees = [])],
    ['model-malformed', /has 0 features/, (d) => (d.features = [])],
  ]; // prettier-ignore
  for (const [code, says, change] of wrong) {
    test(`is refused: ${says.source}`, () => {
      assert.throws(
        () => read(change),
        (error) =>
          isGeoCropError(error, code) && says.test(error.message) && error.message.startsWith('rf.json'),
      );
    });
  }

  test('cut anywhere or with a byte flipped, it ends in an error of ours or a model', () => {
    const whole = changed(() => undefined);
    for (let at = 0; at < whole.length; at++) {
      for (const bytes of [whole.subarray(0, at), whole.with(at, whole[at]! ^ (1 << (at % 7)))]) {
        try {
          readRandomForestJson(bytes, 'rf.json');
        } catch (error) {
          assert.ok(
            isGeoCropError(error, 'model-malformed', 'model-unsupported'),
            `byte ${at}: ${String(error)}`,
          );
        }
      }
    }
  });
});
