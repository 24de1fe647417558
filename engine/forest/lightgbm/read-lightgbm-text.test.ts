import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import { leafOf, predictForest } from '../predict-forest.js';
import { readLightgbmText } from './read-lightgbm-text.js';

/** Tests run from dist; the files stay where they are. */
const FOLDER = new URL('../../../../engine/forest/lightgbm/fixtures/', import.meta.url);
const bytesOf = (name: string): Uint8Array => readFileSync(new URL(name, FOLDER));

interface Expectations {
  readonly lightgbm: string;
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

/** Both sum in float64. */
const TOLERANCE = 1e-12;

const expectations = readdirSync(FOLDER)
  .filter((file) => file.startsWith('expectations-'))
  .map((file) => JSON.parse(new TextDecoder().decode(bytesOf(file))) as Expectations);

describe('LightGBM text', () => {
  for (const { lightgbm, models } of expectations) {
    for (const [name, expected] of Object.entries(models)) {
      test(`predicts as LightGBM ${lightgbm} does: ${name}`, () => {
        const file = `${name}.txt`;
        const { forest, format, featureNames, classNames } = readLightgbmText(bytesOf(file), file);
        const rows = Float32Array.from(expected.rows.flat(), Number);
        const ours = predictForest(forest, rows, expected.rows.length);
        const theirs = expected.probabilities.flat();
        assert.equal(ours.length, theirs.length);
        ours.forEach((p, i) => {
          const row = expected.rows[Math.floor(i / forest.classes)]!;
          assert.ok(Math.abs(p - theirs[i]!) <= TOLERANCE, `${i}, ${row.join(' ')}: ${p}, not ${theirs[i]}`);
        });
        assert.match(format, /^LightGBM text v[234]$/);
        assert.deepEqual(featureNames, expected.featureNames);
        assert.equal(classNames, null);
        assert.equal(forest.roots.length, expected.trees);
      });
    }
  }
});

const DATA = '../shared/data/models/leaves';

describe('LightGBM models of others', () => {
  const needsData = existsSync(DATA) ? false : 'needs ../shared/data';
  const numbersOf = (file: string): number[] =>
    readFileSync(`${DATA}/${file}`, 'utf8').trim().split(/\s+/).map(Number);
  const read = (file: string) => readLightgbmText(readFileSync(`${DATA}/${file}`), file);

  test('multiclass', { skip: needsData }, (t) => {
    const { forest, featureNames } = read('lgmulticlass.model');
    const table = readFileSync(`${DATA}/multiclass_test.tsv`, 'utf8').trim().split('\n');
    // The first column is the label.
    const rows = Float32Array.from(table.flatMap((line) => line.split('\t').slice(1).map(Number)));
    assert.equal(rows.length, table.length * forest.columns);
    const theirs = numbersOf('lgmulticlass_true_predictions.txt');
    const ours = predictForest(forest, rows, table.length);
    assert.equal(ours.length, theirs.length);
    // A decimal that a float32 rounds to the other side of a threshold decides otherwise than LightGBM's double.
    const cuts = branchesOf(readFileSync(`${DATA}/lgmulticlass.model`, 'utf8'));
    let crossed = 0;
    for (const [i, line] of table.entries()) {
      const row = line.split('\t').slice(1).map(Number);
      if (cuts.some(([k, t]) => row[k]! <= t !== Math.fround(row[k]!) <= t)) {
        crossed++;
        continue;
      }
      for (let at = i * forest.classes; at < (i + 1) * forest.classes; at++) {
        assert.ok(Math.abs(ours[at]! - theirs[at]!) < TOLERANCE, `row ${i}: ${ours[at]}, not ${theirs[at]}`);
      }
    }
    t.diagnostic(
      `${crossed} of ${table.length} rows have a feature that is a rounding away from a threshold`,
    );
    assert.ok(crossed < table.length / 2);
    assert.equal(featureNames, null);
  });

  test('an early random forest, whose leaves are probabilities', { skip: needsData }, () => {
    const { forest, format } = read('lg_rf_iris.model');
    const table = readFileSync(`${DATA}/iris_test.libsvm`, 'utf8').trim().split('\n');
    const rows = new Float32Array(table.length * forest.columns);
    for (const [i, line] of table.entries()) {
      for (const pair of line.split(' ').slice(1)) {
        const [column, value] = pair.split(':').map(Number);
        rows[i * forest.columns + column!] = value!;
      }
    }
    const theirs = numbersOf('lg_rf_iris_true_predictions.txt');
    assert.equal(theirs.length, table.length);
    const ours = predictForest(forest, rows, table.length);
    theirs.forEach((p, i) => {
      assert.ok(Math.abs(ours[2 * i + 1]! - p) < TOLERANCE, `${i}: ${ours[2 * i + 1]}, not ${p}`);
      assert.ok(Math.abs(ours[2 * i]! - (1 - p)) < TOLERANCE);
    });
    assert.equal(format, 'LightGBM text v2');
  });

  test('breast cancer: the leaves that LightGBM reaches', { skip: needsData }, () => {
    const file = 'lg_breast_cancer.txt';
    const { forest } = read(file);
    const text = readFileSync(`${DATA}/${file}`, 'utf8');
    const values = [...text.matchAll(/^leaf_value=(.*)$/gm)].map((line) => line[1]!.split(' ').map(Number));
    const rows = Float32Array.from(numbersOf('lg_breast_cancer_data.txt'));
    const leaves = numbersOf('lg_breast_cancer_data_pred_leaves.txt');
    const count = rows.length / forest.columns;
    assert.ok(count > 10);
    assert.equal(leaves.length, count * forest.roots.length);
    for (let i = 0; i < leaves.length; i++) {
      const tree = i % forest.roots.length;
      const row = Math.floor(i / forest.roots.length);
      const ours = forest.leaves[leafOf(forest, tree, rows.subarray(row * forest.columns))];
      assert.equal(ours, values[tree]![leaves[i]!], `row ${row}, tree ${tree}`);
    }
  });
});

/** [feature, threshold] of all branches. */
function branchesOf(text: string): (readonly [number, number])[] {
  const lists = (key: string): number[] =>
    [...text.matchAll(new RegExp(`^${key}=(.+)$`, 'gm'))].flatMap((line) => line[1]!.split(' ').map(Number));
  const thresholds = lists('threshold');
  return lists('split_feature').map((feature, i) => [feature, thresholds[i]!] as const);
}
