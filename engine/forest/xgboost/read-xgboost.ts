import { ForestBuilder } from '../forest-builder.js';
import type { ImportedModel, ModelReader } from '../forest.js';
import { JsonValue } from '../model-json.js';
import { readObjective } from './objective.js';
import { refuseXgboostBinary } from './old-binary.js';
import { readCount } from './parameters.js';
import { treesThatPredict } from './rounds.js';
import { addTree } from './tree.js';
import { readUbjson } from './ubjson.js';

/** Later ones may mean something else by the same words. */
const LAST_MAJOR = 3;

/**
 * `booster.save_model("m.json")` of XGBoost 1.0 to 3.x: gbtree with numerical splits; binary:logistic, reg:logistic,
 * multi:softprob and multi:softmax.
 * Sources: doc/model.schema and doc/tutorials/saving_model.rst; LearnerIO::LoadModel (src/learner.cc), GBTreeModel::LoadModel
 * (src/gbm/gbtree_model.cc), and files that 1.7, 2.1, 3.0 and 3.2 wrote.
 */
export const readXgboostJson: ModelReader = (bytes, file) => {
  refuseXgboostBinary(bytes, file);
  return readDocument(JsonValue.parse(bytes, file), file, 'JSON');
};

/** `booster.save_model("m.ubj")`, the same document as Universal Binary JSON. */
export const readXgboostUbj: ModelReader = (bytes, file) => {
  refuseXgboostBinary(bytes, file);
  return readDocument(JsonValue.of(readUbjson(bytes, file), file), file, 'UBJ');
};

function readDocument(root: JsonValue, file: string, encoding: string): ImportedModel {
  if (Array.isArray(root.value)) {
    root.unsupported(
      'is a list, as dump_model writes it: for people, without the objective.',
      'Use save_model.',
    );
  }
  const version = readVersion(root.field('version'));
  const learner = root.field('learner');
  const booster = learner.field('gradient_booster');
  refuseOtherBoosters(booster.field('name'));
  const objective = readObjective(learner);
  const columns = readCount(learner.field('learner_model_param').field('num_feature'));
  const model = booster.field('model');
  const trees = model.field('trees').items();
  const groups = model.field('tree_info').numbers();
  const declared = model.field('gbtree_model_param').field('num_trees');
  if (readCount(declared) !== trees.length || groups.length !== trees.length) {
    declared.fail(
      `is ${readCount(declared)}, but there are ${trees.length} trees for ${groups.length} classes.`,
    );
  }
  const builder = new ForestBuilder(file, { columns, vectorLeaves: false, ...objective });
  const { used, note } = treesThatPredict(learner, trees.length, objective.outputs);
  for (let i = 0; i < used; i++) addTree(trees[i]!, groups[i]!, builder);
  return {
    forest: builder.build(),
    format: `XGBoost ${encoding} ${version}${note}`,
    featureNames: readFeatureNames(learner.field('feature_names'), columns),
    classNames: null,
  };
}

function readVersion(value: JsonValue): string {
  const version = value.numbers();
  if (version.length !== 3) value.fail(`must be three numbers, is ${version.join(', ')}.`);
  if (version[0]! > LAST_MAJOR) {
    value.unsupported(
      `is XGBoost ${version.join('.')}; known are files up to ${LAST_MAJOR}.x.`,
      `Save it with XGBoost ${LAST_MAJOR}.`,
    );
  }
  return version.join('.');
}

function refuseOtherBoosters(name: JsonValue): void {
  if (name.text() === 'gbtree') return;
  const why = new Map([
    ['dart', 'whose trees have weights of their own'],
    ['gblinear', 'which has no trees'],
  ]).get(name.text());
  name.unsupported(
    `the booster is ${name.text()}${why === undefined ? '' : `, ${why}`}; taken is gbtree.`,
    'Train with booster="gbtree".',
  );
}

/** null for none, and for names that only count: f0 or 0, as wrappers make them up. */
function readFeatureNames(value: JsonValue, columns: number): readonly string[] | null {
  const names = value.items().map((name) => name.text());
  if (names.length !== 0 && names.length !== columns) {
    value.fail(`has ${names.length} names for ${columns} features.`);
  }
  return names.every((name, i) => name === `f${i}` || name === `${i}`) ? null : names;
}
