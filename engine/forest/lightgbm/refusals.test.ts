import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import type { ErrorCode } from '../../errors.js';
import { isGeoCropError } from '../../errors.js';
import { predictForest } from '../predict-forest.js';
import { readLightgbmText } from './read-lightgbm-text.js';

/** Tests run from dist; the files stay where they are. */
const FOLDER = new URL('../../../../engine/forest/lightgbm/fixtures/', import.meta.url);
const textOf = (name: string): string => readFileSync(new URL(`${name}.txt`, FOLDER), 'utf8');
const read = (text: string) => readLightgbmText(new TextEncoder().encode(text), 'm.txt');

const refused =
  (code: ErrorCode, says: RegExp) =>
  (error: unknown): true => {
    assert.ok(isGeoCropError(error, code), String(error));
    assert.match(error.message, says);
    assert.ok(error.message.startsWith('m.txt'), error.message);
    if (code === 'model-unsupported') assert.match(error.hint ?? '', /./);
    return true;
  };

describe('LightGBM texts that are refused', () => {
  const kinds: readonly (readonly [file: string, says: RegExp])[] = [
    ['refused-categorical', /line \d+, Tree=0, decision_type: splits by categories/],
    ['refused-dart', /is of a model trained with boosting=dart/],
    ['refused-one-against-rest', /objective: the objective is multiclassova, whose probabilities do not sum to 1/],
    ['refused-linear', /line \d+, Tree=0, is_linear: has linear models in its leaves/],
    ['refused-regression', /line 7, objective: the objective is regression, which does not give/],
    ['refused-cross-entropy', /the objective is cross_entropy/],
    ['refused-zero-as-missing', /Tree=0, decision_type: sends zeros as missing to the other side of 1\.\d+ than/],
    ['refused-rf-multiclass-2.2.2', /average_output: is of a random forest of LightGBM 2\.2\.2 or older/],
  ]; // prettier-ignore
  for (const [file, says] of kinds) {
    test(`${file}: what and why`, () => {
      assert.throws(() => read(textOf(file)), refused('model-unsupported', says));
    });
  }

  const folder = '../shared/data/models';
  const needsData = existsSync(folder) ? false : 'needs ../shared/data';
  const others: readonly (readonly [file: string, says: RegExp])[] = [
    ['leaves/lg_dart_breast_cancer.model', /boosting=dart/],
    ['leaves/lg_kddcup99.model', /decision_type: splits by categories/],
    ['leaves/model_simple.txt', /Tree=0, decision_type: splits by categories/],
    ['treelite/toy_categorical/toy_categorical_model.txt', /objective: the objective is regression/],
  ];
  for (const [file, says] of others) {
    test(`${file}: what and why`, { skip: needsData }, () => {
      assert.throws(
        () => read(readFileSync(`${folder}/${file}`, 'utf8')),
        refused('model-unsupported', says),
      );
    });
  }
  for (const file of ['leaves/lg_1tree.json', 'leaves/tree_1leaf.txt', 'leaves/xgagaricus.model']) {
    test(`${file}: is no model text`, { skip: needsData }, () => {
      const bytes = readFileSync(`${folder}/${file}`);
      assert.throws(
        () => readLightgbmText(bytes, 'm.txt'),
        refused('model-malformed', /is not LightGBM's text|is not UTF-8/),
      );
    });
  }

  /** The binary fixture with the first match of `from` replaced. */
  const edited = (from: RegExp | string, to: string): string => {
    const text = textOf('binary');
    const other = text.replace(from, to);
    assert.notEqual(text, other);
    return other;
  };
  const damages: readonly (readonly [says: RegExp, from: RegExp | string, to: string])[] = [
    [/line 1: is not LightGBM's text/, /^tree\n/, ''],
    [/line 1: has no version/, /version=.*\n/, ''],
    [/line 1: has no max_feature_idx/, /max_feature_idx=.*\n/, ''],
    [/line 6, max_feature_idx: must be a whole number, is "-1"/, 'max_feature_idx=3', 'max_feature_idx=-1'],
    [/has 1000000000000 names|feature_names: has 4 names for 1000000000000 features/, 'max_feature_idx=3', 'max_feature_idx=999999999999'],
    [/feature_names: has 4 names for 5 features/, 'max_feature_idx=3', 'max_feature_idx=4'],
    [/num_class: is 3 with 1 trees a round/, 'num_class=1', 'num_class=3'],
    [/num_class: is 1 with 0 trees a round/, 'num_tree_per_iteration=1', 'num_tree_per_iteration=0'],
    [/objective: must have a sigmoid, is "binary"/, ' sigmoid:0.7', ''],
    [/objective: must have a sigmoid, is "binary"/, 'sigmoid:0.7', 'sigmoid:-1'],
    [/num_class: is 1 with 1 trees a round and multiclass num_class:5/, 'binary sigmoid:0.7', 'multiclass num_class:5'],
    [/tree_sizes: has 2 sizes, but there are 3 trees/, /(tree_sizes=\d+ \d+) \d+/, '$1'],
    [/version: is followed by no line `end of trees`/, 'end of trees', ''],
    [/line \d+, Tree=0, num_leaves: must be a whole number, is "1e9"/, /num_leaves=\d+/, 'num_leaves=1e9'],
    [/Tree=0, num_leaves: is 0/, /num_leaves=\d+/, 'num_leaves=0'],
    [/Tree=0, leaf_value: has 4 values, expected 1000000000000/, /num_leaves=\d+/, 'num_leaves=1000000000000'],
    [/Tree=0, leaf_value: has 3 values, expected 4/, /(leaf_value=\S+ \S+ \S+) \S+/, '$1'],
    [/Tree=0, leaf_value: holds "nan", where a number must be/, /leaf_value=\S+/, 'leaf_value=nan'],
    [/Tree=0, leaf_value: holds "inf"/, /leaf_value=\S+/, 'leaf_value=inf'],
    [/Tree=0, leaf_value: holds ""/, /(leaf_value=\S+ )\S+ /, '$1 '],
    [/line \d+, Tree=0: has no threshold/, /threshold=.*\n/, ''],
    [/Tree=0, left_child: has 2 values, expected 3/, /(left_child=\S+ \S+) \S+/, '$1'],
    [/Tree=0, left_child: leads to 3; there are 3 branches and 4 leaves/, /left_child=\S+/, 'left_child=3'],
    [/Tree=0, left_child: leads to -5/, /left_child=\S+/, 'left_child=-5'],
    [/Tree=0, right_child: holds 0.5, where a whole number must be/, /right_child=\S+/, 'right_child=0.5'],
    [/line \d+, Tree=0: two branches lead to node 0: not a tree/, /left_child=\S+/, 'left_child=0'],
    [/line \d+, Tree=0: node 0 asks for feature 4 of 4/, /split_feature=\S+/, 'split_feature=4'],
    [/Tree=0, decision_type: is 14, whose kind of missing is unknown/, /decision_type=\S+/, 'decision_type=14'],
    [/line \d+: has threshold a second time/, /(threshold=.*\n)/, '$1$1'],
    [/ends before the line `end of parameters`/, 'end of parameters', ''],
  ]; // prettier-ignore
  for (const [says, from, to] of damages) {
    test(`malformed: ${says.source}`, () => {
      assert.throws(() => read(edited(from, to)), refused('model-malformed', says));
    });
  }

  const unsupported: readonly (readonly [says: RegExp, from: RegExp | string, to: string])[] = [
    [/line 2, version: is "v5"/, 'version=v4', 'version=v5'],
    [/an objective of its own/, /objective=.*\n/, ''],
  ];
  for (const [says, from, to] of unsupported) {
    test(`unsupported: ${says.source}`, () => {
      assert.throws(() => read(edited(from, to)), refused('model-unsupported', says));
    });
  }

  test('a circle further down is found too', () => {
    const text = edited(/left_child=.*/, 'left_child=1 2 1').replace(
      /right_child=.*/,
      'right_child=-1 -2 -3',
    );
    assert.throws(() => read(text), refused('model-malformed', /Tree=0: two branches lead to node 1/));
  });

  test('an empty file, and one that is no text', () => {
    for (const bytes of [new Uint8Array(0), Uint8Array.of(0x74, 0xff), new Uint8Array(1000)]) {
      assert.throws(() => readLightgbmText(bytes, 'm.txt'), refused('model-malformed', /LightGBM|UTF-8/));
    }
  });
});

describe('LightGBM texts that say the same otherwise', () => {
  test('lines that end as on Windows, no tree sizes, no parameters', () => {
    const text = textOf('binary');
    const rows = Float32Array.of(0.5, -1, 2, 0, NaN, 0, 1, -2);
    const expected = predictForest(read(text).forest, rows, 2);
    for (const other of [
      text.replaceAll('\n', '\r\n'),
      text.replace(/tree_sizes=.*\n/, ''),
      text.slice(0, text.indexOf('\nparameters:')),
    ]) {
      assert.notEqual(other, text);
      assert.deepEqual(predictForest(read(other).forest, rows, 2), expected);
    }
  });
});
