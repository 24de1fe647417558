import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import { predictForest } from '../predict-forest.js';
import { readXgboostJson, readXgboostUbj } from './read-xgboost.js';

/** Tests run from dist; the files stay where they are. */
const FOLDER = new URL('../../../../engine/forest/xgboost/fixtures/', import.meta.url);
const bytesOf = (name: string): Uint8Array => readFileSync(new URL(name, FOLDER));
const readerOf = (file: string) => (file.endsWith('.ubj') ? readXgboostUbj : readXgboostJson);

interface Expectations {
  readonly xgboost: string;
  readonly models: Readonly<
    Record<
      string,
      {
        readonly trees: number;
        readonly featureNames: readonly string[] | null;
        readonly rows: readonly (readonly (number | string)[])[];
        readonly probabilities: readonly (readonly number[])[];
      }
    >
  >;
}

/** XGBoost sums scores in float32, we in float64: probabilities of a few rounds agree to this. */
const TOLERANCE = 1e-6;

const files = readdirSync(FOLDER);
const expectations = files
  .filter((file) => file.startsWith('expectations-'))
  .map((file) => JSON.parse(new TextDecoder().decode(bytesOf(file))) as Expectations);

describe('XGBoost files', () => {
  for (const { xgboost, models } of expectations) {
    for (const [name, expected] of Object.entries(models)) {
      for (const file of [`${name}.json`, `${name}.ubj`].filter((file) => files.includes(file))) {
        test(`predicts as XGBoost ${xgboost} does: ${file}`, () => {
          const { forest, format, featureNames, classNames } = readerOf(file)(bytesOf(file), file);
          const rows = Float32Array.from(expected.rows.flat(), Number);
          const ours = predictForest(forest, rows, expected.rows.length);
          const theirs = expected.probabilities.flat();
          assert.equal(ours.length, theirs.length);
          ours.forEach((p, i) => {
            assert.ok(Math.abs(p - theirs[i]!) <= TOLERANCE, `${i}: ${p}, not ${theirs[i]}`);
          });
          assert.ok(
            format.startsWith(`XGBoost ${file.endsWith('.ubj') ? 'UBJ' : 'JSON'} ${xgboost}`),
            format,
          );
          assert.deepEqual(featureNames, expected.featureNames);
          assert.equal(classNames, null);
        });
      }
    }
  }

  test('stops at the best round where the scikit-learn wrapper would, and says so', () => {
    const early = readXgboostJson(bytesOf('early.json'), 'early.json');
    const all = readXgboostJson(bytesOf('early-booster.json'), 'early-booster.json');
    assert.match(early.format, /^XGBoost JSON 3\.2\.0, its first \d+ of \d+ trees \(best_iteration\)$/);
    assert.match(
      all.format,
      /^XGBoost JSON 3\.2\.0, all \d+ trees, as Booster\.predict uses them \(the best were \d+\)$/,
    );
    assert.ok(early.forest.roots.length < all.forest.roots.length);
  });
});

const DATA = '../shared/data/models';

describe('XGBoost models of others', () => {
  const needsData = existsSync(DATA) ? false : 'needs ../shared/data';

  for (const file of [
    'deafrica_southeast_cropmask.xgb.json',
    'deafrica_southeast_cropmask.xgb.ubj',
    'sits_mt_ndvi_4class.xgb.json',
  ]) {
    test(`predicts its hold-out rows: ${file}`, { skip: needsData }, () => {
      const { forest, featureNames } = readerOf(file)(readFileSync(`${DATA}/xgboost_json/${file}`), file);
      const table = readFileSync(`${DATA}/xgboost_json/${file.split('.')[0]}.holdout.csv`, 'utf8');
      const [header = '', ...lines] = table.trimEnd().split('\n');
      assert.deepEqual(header.split(',').slice(0, forest.columns), featureNames);
      const values = lines.map((line) => line.split(',').map(Number));
      const rows = Float32Array.from(values.flatMap((row) => row.slice(0, forest.columns)));
      const ours = predictForest(forest, rows, values.length);
      assert.ok(values.length > 300);
      // The last columns: the second class's probability, or one for each of four.
      const compared = forest.outputs === 1 ? 1 : forest.classes;
      values.forEach((row, i) => {
        const end = (i + 1) * forest.classes;
        const ourRow = ours.subarray(end - compared, end);
        row.slice(-compared).forEach((p, k) => {
          assert.ok(Math.abs(p - ourRow[k]!) < TOLERANCE, `row ${i}: ${ourRow[k]}, not ${p}`);
        });
      });
    });
  }

  // What dmitryikh/leaves keeps as predictions are probabilities of the one, scores of the other.
  const converted = [
    { name: 'xgagaricus', rows: 'agaricus_test.libsvm', link: ([p]: readonly number[]) => [1 - p!, p!] },
    { name: 'xgdermatology', rows: 'dermatology_test.libsvm', link: softmax },
  ];
  for (const { name, rows, link } of converted) {
    for (const ending of ['json', 'ubj']) {
      test(`predicts as the model that it was converted from: ${name}.${ending}`, { skip: needsData }, () => {
        const file = `${name}.${ending}`;
        const { forest } = readerOf(file)(readFileSync(`${DATA}/xgboost_json/${file}`), file);
        const table = readLibsvm(readFileSync(`${DATA}/leaves/${rows}`, 'utf8'), forest.columns);
        const predictions = readFileSync(`${DATA}/leaves/${name}_true_predictions.txt`, 'utf8')
          .trim()
          .split(/\s+/)
          .map(Number);
        const count = table.length / forest.columns;
        assert.equal(predictions.length, count * forest.outputs);
        const ours = predictForest(forest, table, count);
        for (let i = 0; i < count; i++) {
          const theirs = link(predictions.slice(i * forest.outputs, (i + 1) * forest.outputs));
          theirs.forEach((p, k) => {
            const our = ours[i * forest.classes + k]!;
            assert.ok(Math.abs(p - our) < TOLERANCE, `row ${i}: ${our}, not ${p}`);
          });
        }
      });
    }
  }
});

/** `label column:value …`; what is not there is missing. */
function readLibsvm(text: string, columns: number): Float32Array {
  const lines = text.trimEnd().split('\n');
  const rows = new Float32Array(lines.length * columns).fill(NaN);
  for (const [i, line] of lines.entries()) {
    for (const pair of line.trim().split(' ').slice(1)) {
      const [column, value] = pair.split(':').map(Number);
      rows[i * columns + column!] = value!;
    }
  }
  return rows;
}

function softmax(scores: readonly number[]): number[] {
  const odds = scores.map(Math.exp);
  const sum = odds.reduce((a, b) => a + b, 0);
  return odds.map((odd) => odd / sum);
}
