import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { steppedFloat32 } from '../../classes/parity/float32-steps.js';
import { isGeoCropError } from '../../errors.js';
import type { ErrorCode } from '../../errors.js';
import type { Forest } from '../forest.js';
import { linkScores } from '../predict-forest.js';
import { readModelFile } from '../read-model.js';
import { factsOf } from './forest-facts.js';
import { libsvmRows, textRows } from './given-rows.js';
import { holdForest } from './hold-forest.js';
import { randomRows } from './random-forest.js';

const DATA = '../shared/data/models';
const at = (name: string) => join(DATA, name);

interface Given {
  readonly rows: readonly (readonly number[])[];
  /** Probabilities of each row; null: the library's are not there, and random rows are used beside. */
  readonly expected: readonly (readonly number[])[] | null;
}

const both = (p: number) => [1 - p, p];

function softmax(scores: readonly number[]): number[] {
  const out = new Float64Array(scores.length);
  linkScores({ link: 'softmax', outputs: scores.length }, Float64Array.from(scores), out, 0);
  return [...out];
}

/** A CSV with a header whose first columns are the features, the last `predictions` the probabilities (of two: the second's). */
function csv(name: string, columns: number, predictions: number): Given {
  const table = textRows(at(name), ',', 1);
  return {
    rows: table.map((line) => line.slice(0, columns)),
    expected: table.map((line) => (predictions === 1 ? both(line.at(-1)!) : line.slice(-predictions))),
  };
}

const agaricus = (): Given => ({
  rows: libsvmRows(at('leaves/agaricus_test.libsvm'), 127, NaN),
  expected: textRows(at('leaves/xgagaricus_true_predictions.txt'), /\s/).map(([p]) => both(p!)),
});
const dermatology = (): Given => ({
  // Zeros were left out when the rows were written; the margins were made with them.
  rows: libsvmRows(at('leaves/dermatology_test.libsvm'), 33, 0),
  expected: textRows(at('leaves/xgdermatology_true_predictions.txt'), /\s/).map(softmax),
});
const southEast = () => csv('xgboost_json/deafrica_southeast_cropmask.holdout.csv', 33, 1);

/** What we take, with rows and the library's own predictions. */
const TAKEN: Readonly<Record<string, () => Given>> = {
  'xgboost_json/deafrica_southeast_cropmask.xgb.json': southEast,
  'xgboost_json/deafrica_southeast_cropmask.xgb.ubj': southEast,
  'xgboost_json/sits_mt_ndvi_4class.xgb.json': () =>
    csv('xgboost_json/sits_mt_ndvi_4class.holdout.csv', 12, 4),
  'xgboost_json/xgagaricus.json': agaricus,
  'xgboost_json/xgagaricus.ubj': agaricus,
  'xgboost_json/xgdermatology.json': dermatology,
  'xgboost_json/xgdermatology.ubj': dermatology,
  'leaves/lgmulticlass.model': () => ({
    rows: textRows(at('leaves/multiclass_test.tsv'), '\t').map(([, ...features]) => features),
    expected: textRows(at('leaves/lgmulticlass_true_predictions.txt'), '\t'),
  }),
  'leaves/lg_rf_iris.model': () => ({
    rows: libsvmRows(at('leaves/iris_test.libsvm'), 4, 0),
    expected: textRows(at('leaves/lg_rf_iris_true_predictions.txt'), '\t').map(([p]) => both(p!)),
  }),
  'leaves/lg_breast_cancer.txt': () => ({
    rows: textRows(at('leaves/lg_breast_cancer_data.txt'), ' '),
    expected: null,
  }),
  'deafrica_crop_mask_rf/central_20220224.rf.json': () =>
    csv('deafrica_crop_mask_rf/central_20220224.check.csv', 33, 1),
  'deafrica_crop_mask_rf/indian_ocean_20220307.rf.json': () =>
    csv('deafrica_crop_mask_rf/indian_ocean_20220307.check.csv', 33, 1),
};

/** What we do not take, and what we say. */
const REFUSED: Readonly<Record<string, readonly [ErrorCode, RegExp]>> = {
  'leaves/lg_dart_breast_cancer.model': ['model-unsupported', /dart/i],
  'leaves/lg_kddcup99.model': ['model-unsupported', /categor/i],
  'leaves/model_simple.txt': ['model-unsupported', /categor/i],
  'leaves/lg_1tree.json': ['model-unsupported', /JSON/],
  'leaves/tree_1leaf.txt': ['model-unsupported', /Tree=2236/],
  'leaves/tree_2leaves.txt': ['model-unsupported', /Tree=0/],
  'leaves/tree_3leaves.txt': ['model-unsupported', /Tree=0/],
  'leaves/xg_dart_agaricus.model': ['model-unsupported', /old binary/],
  'leaves/xgagaricus.model': ['model-unsupported', /old binary/],
  'leaves/xgdermatology.model': ['model-unsupported', /old binary/],
  'treelite/mushroom/mushroom.model': ['model-unsupported', /old binary/],
  'treelite/toy_categorical/toy_categorical_model.txt': ['model-unsupported', /categor/i],
};

const isModel = (name: string) =>
  /\.(model|ubj|json)$/.test(name) ||
  /(^|\/)(lg_breast_cancer|model_simple|tree_.*|.*_model)\.txt$/.test(name);

if (existsSync(DATA)) describe('the shared models', tests);
else test('the shared models', { skip: 'needs ../shared/data' }, () => undefined);

function tests(): void {
  for (const [name, given] of Object.entries(TAKEN)) {
    test(name, async (t) => {
      const imported = readModelFile(readFileSync(at(name)), name);
      assert.ok(!('unsupported' in imported));
      const { forest } = imported;
      const { rows, expected } = given();
      const count = rows.length;
      assert.ok(rows.every((row) => row.length === forest.columns));
      const floats = Float32Array.from(rows.flat());
      // LightGBM compares float64; the others rounded the rows to float32 themselves.
      const near = rows.map((row) => name.startsWith('leaves/') && isRoundedAway(forest, row));
      const by = 'the library';
      const held = await holdForest(
        forest,
        floats,
        count,
        expected === null
          ? []
          : [{ by, probabilities: Float64Array.from(expected.flat()), mayDiffer: (row) => near[row]! }],
      );
      t.diagnostic(JSON.stringify(factsOf(forest)));
      t.diagnostic(
        `${near.filter(Boolean).length} of ${count} rows a rounding away from a threshold, ${held.excused} of them differ`,
      );
      t.diagnostic(
        [...held.differences].map(([pair, { largest }]) => `${pair}: ${largest.toPrecision(2)}`).join(', '),
      );
      assert.deepEqual(held.complaints, []);
      assert.equal(held.fallback, null);

      const odd = randomRows(1, forest, 2000);
      const { complaints } = await holdForest(forest, odd, 2000);
      assert.deepEqual(complaints, [], 'rows at its thresholds');
    });
  }

  for (const [name, [code, message]] of Object.entries(REFUSED)) {
    test(`${name} is refused`, () => {
      assert.throws(
        () => readModelFile(readFileSync(at(name)), name),
        (error) => isGeoCropError(error, code) && message.test(error.message) && error.message.includes(name),
      );
    });
  }

  test('every model there is known here', () => {
    const files = readdirSync(DATA, { recursive: true }).map((file) => String(file).replaceAll('\\', '/'));
    assert.deepEqual(
      files.filter((file) => isModel(file) && !(file in TAKEN) && !(file in REFUSED)),
      [],
    );
  });
}

/** Whether rounding a row to float32 may have taken a value over a threshold: the library saw the row in float64. */
function isRoundedAway(forest: Forest, row: readonly number[]): boolean {
  return forest.threshold.some((threshold, node) => {
    const x = row[forest.feature[node]!]!;
    const float = Math.fround(x);
    return x !== float && [-1, 0, 1].some((step) => steppedFloat32(float, step) === threshold);
  });
}
