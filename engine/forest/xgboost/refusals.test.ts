import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import type { ErrorCode } from '../../errors.js';
import { isGeoCropError } from '../../errors.js';
import { predictForest } from '../predict-forest.js';
import { readXgboostJson, readXgboostUbj } from './read-xgboost.js';

/** Tests run from dist; the files stay where they are. */
const FOLDER = new URL('../../../../engine/forest/xgboost/fixtures/', import.meta.url);
const bytesOf = (name: string): Uint8Array => readFileSync(new URL(name, FOLDER));

interface Document {
  version: number[];
  learner: {
    attributes: Record<string, string>;
    feature_names: unknown;
    gradient_booster: {
      name: string;
      model: {
        gbtree_model_param: Record<string, string>;
        iteration_indptr?: number[];
        tree_info: unknown[];
        trees: Record<string, unknown[]>[];
      };
    };
    learner_model_param: Record<string, unknown>;
    objective: { name: string };
  };
}

/** A fixture with a change. */
function changed(change: (document: Document) => unknown, name = 'binary.json'): Uint8Array {
  const document = JSON.parse(new TextDecoder().decode(bytesOf(name))) as Document;
  change(document);
  return new TextEncoder().encode(JSON.stringify(document));
}

const refused =
  (code: ErrorCode, says: RegExp, hints = /./) =>
  (error: unknown): true => {
    assert.ok(isGeoCropError(error, code), String(error));
    assert.match(error.message, says);
    assert.ok(error.message.startsWith(String(error.context['file'])), error.message);
    if (code === 'model-unsupported') assert.match(error.hint ?? '', hints);
    return true;
  };

describe('XGBoost files that are refused', () => {
  const kinds: readonly (readonly [file: string, says: RegExp, hint: RegExp])[] = [
    ['categorical', /split_type: the tree splits by categories/, /enable_categorical/],
    ['dart', /gradient_booster\.name: the booster is dart, whose trees have weights of their own/, /gbtree/],
    ['gblinear', /gradient_booster\.name: the booster is gblinear, which has no trees/, /gbtree/],
    ['vector-leaves', /leaves are vectors/, /one_output_per_tree/],
    ['hinge', /objective\.name: the objective is binary:hinge/, /binary:logistic/],
    ['regression', /objective\.name: the objective is reg:squarederror/, /multi:softprob/],
    ['two-labels', /num_target: the model has 2 targets/, /label/],
  ];
  for (const [name, says, hint] of kinds) {
    test(`${name}: what and why`, () => {
      const file = `refused-${name}.ubj`;
      assert.throws(() => readXgboostUbj(bytesOf(file), file), refused('model-unsupported', says, hint));
    });
  }

  const folder = '../shared/data/models';
  const needsData = existsSync(folder) ? false : 'needs ../shared/data';
  for (const path of [
    'leaves/xgagaricus.model',
    'leaves/xgdermatology.model',
    'leaves/xg_dart_agaricus.model',
    'treelite/mushroom/mushroom.model',
  ]) {
    test(`the old binary format says how to save it again: ${path}`, { skip: needsData }, () => {
      const bytes = readFileSync(`${folder}/${path}`);
      for (const read of [readXgboostJson, readXgboostUbj]) {
        assert.throws(
          () => read(bytes, 'm.model'),
          refused(
            'model-unsupported',
            /^m\.model: is XGBoost's old binary format/,
            /save_model\("m\.json"\)/,
          ),
        );
      }
    });
  }

  const unsupported: readonly (readonly [RegExp, (document: Document) => unknown])[] = [
    [/version: is XGBoost 4\.0\.0/, (d) => (d.version = [4, 0, 0])],
    [/objective\.name: the objective is survival:cox/, (d) => (d.learner.objective.name = 'survival:cox')],
    [/trees\[1\]\.categories_segments: the tree splits by categories/, (d) => (d.learner.gradient_booster.model.trees[1]!['categories_segments'] = [0])],
  ]; // prettier-ignore
  for (const [says, change] of unsupported) {
    test(`unsupported: ${says.source}`, () => {
      assert.throws(() => readXgboostJson(changed(change), 'm.json'), refused('model-unsupported', says));
    });
  }

  test('what dump_model writes says to use save_model', () => {
    const dump = new TextEncoder().encode('[{"nodeid": 0, "leaf": 0.5}]');
    assert.throws(
      () => readXgboostJson(dump, 'm.json'),
      refused('model-unsupported', /is a list/, /save_model/),
    );
  });

  const tree = (d: Document, i: number) => d.learner.gradient_booster.model.trees[i]!;
  const model = (d: Document) => d.learner.gradient_booster.model;
  const parameters = (d: Document) => d.learner.learner_model_param;
  const damages: readonly (readonly [RegExp, (document: Document) => unknown])[] = [
    [/learner\.gradient_booster\.model\.trees\[1\]\.split_conditions: has \d+ values, but left_children has \d+/, (d) => tree(d, 1)['split_conditions']!.pop()],
    [/trees\[0\]\.default_left: has \d+ values/, (d) => tree(d, 0)['default_left']!.push(1)],
    [/trees\[0\]: two branches lead to node 0/, (d) => (tree(d, 0)['left_children']![2] = 0)],
    [/trees\[0\]: a branch leads to node 99, which is not there/, (d) => (tree(d, 0)['right_children']![0] = 99)],
    [/trees\[0\]: a branch leads to node -2/, (d) => (tree(d, 0)['left_children']![0] = -2)],
    [/trees\[0\]: a branch leads to node 1.5/, (d) => (tree(d, 0)['left_children']![0] = 1.5)],
    [/trees\[0\]: node 0 asks for feature 4 of 4/, (d) => (tree(d, 0)['split_indices']![0] = 4)],
    [/trees\[1\]: leaf \d+ holds Infinity/, (d) => (tree(d, 1)['split_conditions'] = tree(d, 1)['split_conditions']!.map(() => 1e39))],
    [/trees\[0\]\.split_conditions: holds null at 1/, (d) => (tree(d, 0)['split_conditions']![1] = NaN)],
    [/trees\[0\]\.left_children: must be a list, is missing/, (d) => delete tree(d, 0)['left_children']],
    [/trees\[0\]\.tree_param\.num_nodes: is 1000000000000, but left_children has/, (d) => ((tree(d, 0)['tree_param'] as unknown as Record<string, string>)['num_nodes'] = '1000000000000')],
    [/trees\[0\]: adds to class 3 of 1/, (d) => (model(d).tree_info[0] = 3)],
    [/tree_info: holds a string at 0/, (d) => (model(d).tree_info[0] = '0')],
    [/num_trees: is 2, but there are 2 trees for 3 classes/, (d) => model(d).tree_info.push(0)],
    [/num_trees: is 7, but there are 2 trees/, (d) => (model(d).gbtree_model_param['num_trees'] = '7')],
    [/num_feature: must be a whole number, is four/, (d) => (parameters(d)['num_feature'] = 'four')],
    [/has 0 features/, (d) => { parameters(d)['num_feature'] = '0'; d.learner.feature_names = []; }],
    [/has 9000000000 features/, (d) => { parameters(d)['num_feature'] = '9000000000'; d.learner.feature_names = []; }],
    [/feature_names: has 1 names for 4 features/, (d) => (d.learner.feature_names = ['a'])],
    [/num_class: is 3, which does not go with binary:logistic/, (d) => (parameters(d)['num_class'] = '3')],
    [/num_class: is 0, which does not go with multi:softprob/, (d) => (d.learner.objective.name = 'multi:softprob')],
    [/base_score: is 1.5, not between 0 and 1/, (d) => (parameters(d)['base_score'] = '1.5E0')],
    [/base_score: must be a number or a list of numbers, is "\[\]"/, (d) => (parameters(d)['base_score'] = '[]')],
    [/base_score: has 2 values for 1 scores/, (d) => (parameters(d)['base_score'] = '[5E-1,5E-1]')],
    [/base_score: must be a text, is missing/, (d) => delete parameters(d)['base_score']],
    [/best_iteration: is 7, but there are only 2 trees/, (d) => (d.learner.attributes = { scikit_learn: '{}', best_iteration: '7' })],
    [/m\.json: has no trees/, (d) => { model(d).trees = []; model(d).tree_info = []; model(d).gbtree_model_param['num_trees'] = '0'; }],
    [/version: must be three numbers, is 3/, (d) => (d.version = [3])],
    [/learner: must be an object, is missing/, (d) => delete (d as Partial<Document>).learner],
  ]; // prettier-ignore
  for (const [says, change] of damages) {
    test(`malformed: ${says.source}`, () => {
      assert.throws(() => readXgboostJson(changed(change), 'm.json'), refused('model-malformed', says));
    });
  }

  test('an empty file, and one that is no text', () => {
    const malformed = refused('model-malformed', /^m: |^m, byte 0: /);
    for (const bytes of [new Uint8Array(0), Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d), new Uint8Array(1000)]) {
      assert.throws(() => readXgboostJson(bytes, 'm'), malformed);
    }
    assert.throws(() => readXgboostUbj(new Uint8Array(0), 'm'), malformed);
  });
});

describe('what versions wrote differently', () => {
  const rows = Float32Array.of(0.5, -1, 2, 0, NaN, 0, 1, -2);
  const predict = (change: (document: Document) => unknown, name?: string) =>
    predictForest(readXgboostJson(changed(change, name), 'm.json').forest, rows, 2);

  for (const spelled of [0.25, '0.250000', '2.5E-1', '[2.5E-1]', [0.25]]) {
    test(`base_score as ${JSON.stringify(spelled)}`, () => {
      const ours = predict((d) => (d.learner.learner_model_param['base_score'] = spelled));
      const theirs = predict((d) => (d.learner.learner_model_param['base_score'] = '2.5E-1'));
      assert.deepEqual(ours, theirs);
      assert.notDeepEqual(
        ours,
        predict(() => undefined),
      );
    });
  }

  test('one base_score for all classes changes no probability', () => {
    const shift = (by: string) =>
      predict((d) => (d.learner.learner_model_param['base_score'] = by), 'softprob.json');
    shift('5E-1').forEach((p, i) => assert.ok(Math.abs(p - shift('[0E0,0E0,0E0]')[i]!) < 1e-12));
  });

  test('default_left as truth values', () => {
    const truths = predict((d) => {
      for (const tree of d.learner.gradient_booster.model.trees) {
        tree['default_left'] = tree['default_left']!.map((flag) => flag === 1);
      }
    });
    assert.deepEqual(
      truths,
      predict(() => undefined),
    );
  });

  test('best rounds without iteration_indptr, as before 2.0', () => {
    const early = readXgboostJson(bytesOf('early.json'), 'm.json');
    const older = changed((d) => delete d.learner.gradient_booster.model.iteration_indptr, 'early.json');
    assert.equal(readXgboostJson(older, 'm.json').forest.roots.length, early.forest.roots.length);
  });

  test('made-up feature names are none', () => {
    for (const prefix of ['f', '']) {
      const names = [0, 1, 2, 3].map((i) => `${prefix}${i}`);
      const bytes = changed((d) => (d.learner.feature_names = names));
      assert.equal(readXgboostJson(bytes, 'm.json').featureNames, null);
    }
  });
});
