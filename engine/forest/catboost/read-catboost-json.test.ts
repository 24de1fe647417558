import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import type { ErrorCode } from '../../errors.js';
import { isGeoCropError } from '../../errors.js';
import { predictForest } from '../predict-forest.js';
import { readCatboostJson } from './read-catboost-json.js';

/** Tests run from dist; the files stay where they are. */
const FOLDER = new URL('../../../../engine/forest/catboost/fixtures/', import.meta.url);
const fixture = (name: string): Uint8Array => readFileSync(new URL(`${name}.json`, FOLDER));

/** Made by make_models.py: what CatBoost itself predicts. */
const { models } = JSON.parse(new TextDecoder().decode(fixture('expectations'))) as {
  models: Record<
    string,
    {
      featureNames: string[] | null;
      classNames: string[] | null;
      rows: (number | string)[][];
      probabilities: number[][];
    }
  >;
};

const read = (document: unknown) =>
  readCatboostJson(new TextEncoder().encode(JSON.stringify(document)), 'cat.json');

interface Document {
  model_info: {
    params: { loss_function: { type: string } } | undefined;
    class_params: { class_names: unknown[] };
  };
  features_info: { float_features: Record<string, unknown>[] };
  oblivious_trees: {
    splits: { split_type: string; float_feature_index: number; border: unknown }[] | null;
    leaf_values: unknown[];
  }[];
  scale_and_bias: [number, number | number[]];
}

/** The fixture with a change. */
function changed(name: string, change: (document: Document) => void): Document {
  const document = JSON.parse(new TextDecoder().decode(fixture(name))) as Document;
  change(document);
  return document;
}

const refused =
  (code: ErrorCode, says: RegExp) =>
  (error: unknown): true => {
    assert.ok(isGeoCropError(error, code), String(error));
    assert.match(error.message, says);
    assert.equal(error.context['file'], 'cat.json');
    return true;
  };

describe('CatBoost JSON', () => {
  for (const [name, expected] of Object.entries(models)) {
    test(`predicts as CatBoost does: ${name}`, () => {
      const { forest, format, featureNames, classNames } = readCatboostJson(fixture(name), `${name}.json`);
      const rows = Float32Array.from(expected.rows.flat(), Number);
      const ours = predictForest(forest, rows, expected.rows.length);
      const theirs = expected.probabilities.flat();
      assert.equal(ours.length, theirs.length);
      // Sums of a handful of float64 numbers, and their exponentials.
      ours.forEach((p, i) => assert.ok(Math.abs(p - theirs[i]!) <= 1e-12, `${i}: ${p}, not ${theirs[i]}`));
      assert.equal(format, 'CatBoost JSON 1.2.10');
      assert.deepEqual(featureNames, expected.featureNames);
      assert.deepEqual(classNames, expected.classNames);
    });
  }

  test('a tree without splits is one leaf; a bias may be one number', () => {
    const { forest } = read(
      changed('binary', (document) => {
        document.oblivious_trees = [{ splits: null, leaf_values: [0.5] }];
        document.scale_and_bias = [2, 1];
      }),
    );
    const odds = Math.exp(-(2 * 0.5 + 1));
    assert.deepEqual([...predictForest(forest, new Float32Array(4), 1)], [odds / (1 + odds), 1 / (1 + odds)]);
  });

  const kinds: readonly (readonly [fixture: string, says: RegExp])[] = [
    ['refused-one-vs-all', /MultiClassOneVsAll, whose probabilities do not sum to 1/],
    ['refused-regression', /RMSE, which does not give each class a probability/],
    ['refused-categorical', /features_info\.categorical_features: the model has categorical features/],
    ['refused-class-order', /class_names: the classes are numbers that do not ascend: 2, 0, 1/],
  ];
  for (const [name, says] of kinds) {
    test(`${name} says why`, () => {
      assert.throws(() => readCatboostJson(fixture(name), 'cat.json'), refused('model-unsupported', says));
    });
  }

  test('a split by a category is refused where it stands', () => {
    const document = changed('binary', ({ oblivious_trees }) => {
      oblivious_trees[2]!.splits![1]!.split_type = 'OneHotFeature';
    });
    assert.throws(
      () => read(document),
      refused('model-unsupported', /oblivious_trees\[2\]\.splits\[1\]\.split_type: .*OneHotFeature/),
    );
  });

  test('a file without a loss is refused: summed models have none', () => {
    const document = changed(
      'binary',
      ({ model_info }) => delete (model_info as Partial<typeof model_info>).params,
    );
    assert.throws(() => read(document), refused('model-unsupported', /does not say which loss/));
  });

  const damages: readonly (readonly [what: string, change: (document: Document) => void, says: RegExp])[] = [
    ['too few leaves', (d) => d.oblivious_trees[1]!.leaf_values.pop(), /oblivious_trees\[1\]\.leaf_values: has 7 values, expected 8/],
    ['a leaf that is a text', (d) => (d.oblivious_trees[0]!.leaf_values[3] = '1'), /leaf_values: holds a string at 3/],
    ['a leaf that is too large for a number', (d) => (d.scale_and_bias[0] = 1e308, d.oblivious_trees[0]!.leaf_values[0] = 1e308), /oblivious_trees\[0\]: leaf \d+ holds Infinity/],
    ['a feature that is not there', (d) => (d.oblivious_trees[0]!.splits![0]!.float_feature_index = 4), /float_feature_index: is 4; the model has 4/],
    ['a border that is not there', (d) => (d.oblivious_trees[0]!.splits![0]!.border = null), /splits\[0\]\.border: must be a number, is null/],
    ['a tree of 2^40 leaves', (d) => (d.oblivious_trees[0]!.splits = Array.from({ length: 40 }, () => d.oblivious_trees[0]!.splits![0]!)), /has 40 splits/],
    ['no trees', (d) => (d.oblivious_trees = []), /has no trees/],
    ['columns in another order', (d) => d.features_info.float_features.reverse(), /float_features\[0\]\.feature_index: is 3, expected 0/],
    ['missing values of an unknown kind', (d) => (d.features_info.float_features[1]!['nan_value_treatment'] = 'AsMaybe'), /AsMaybe/],
    ['a bias for several scores', (d) => (d.scale_and_bias[1] = [0, 0]), /scale_and_bias: has a bias for 2 scores/],
    ['more class names than classes', (d) => (d.model_info.class_params.class_names = ['a', 'b', 'c']), /class_names: names 3 classes/],
    ['no document at all', (d) => Object.keys(d).forEach((key) => delete (d as unknown as Record<string, unknown>)[key]), /model_info: must be an object, is missing/],
  ]; // prettier-ignore
  for (const [what, change, says] of damages) {
    test(`${what}: the place is named`, () => {
      assert.throws(() => read(changed('binary', change)), refused('model-malformed', says));
    });
  }

  test('a chain of 20,000 nested nodes is read, and a broken end is found', () => {
    const split = { border: 0, float_feature_index: 0, split_type: 'FloatFeature' };
    const chain = (end: unknown): Uint8Array => {
      const { oblivious_trees: _, ...document } = changed('binary', () => undefined);
      const open = `{"split":${JSON.stringify(split)},"left":{"value":0.25,"weight":1},"right":`.repeat(
        20_000,
      );
      const tree = `${open}${JSON.stringify(end)}${'}'.repeat(20_000)}`;
      return new TextEncoder().encode(`${JSON.stringify(document).slice(0, -1)},"trees":[${tree}]}`);
    };
    const { forest } = readCatboostJson(chain({ value: 1, weight: 1 }), 'cat.json');
    assert.equal(forest.feature.length, 20_000);
    assert.throws(
      () => readCatboostJson(chain({ value: [1, 2] }), 'cat.json'),
      refused(
        'model-malformed',
        /^cat\.json, trees\[0\]\.right.*….*\.right\.value: has 2 values, expected 1/,
      ),
    );
  });

  test('cut anywhere or with a byte flipped, it ends in an error of ours or a model', () => {
    const whole = fixture('multiclass');
    for (let at = 0; at < whole.length; at += 97) {
      for (const bytes of [whole.subarray(0, at), whole.with(at, whole[at]! ^ (1 << (at % 7)))]) {
        try {
          readCatboostJson(bytes, 'cat.json');
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
