import { wordsOf } from '../class-names.js';
import type { ForestLink, ModelReader } from '../forest.js';
import { ForestBuilder } from '../forest-builder.js';
import { JsonValue } from '../model-json.js';
import { readFloatFeatures } from './float-features.js';
import { addObliviousTree } from './oblivious-tree.js';
import { addNestedTree } from './nested-tree.js';

/**
 * CatBoost's `save_model(…, format="json")`: symmetric trees (`oblivious_trees`), and those of `grow_policy` Depthwise and
 * Lossguide (`trees`); Logloss, CrossEntropy and MultiClass over numerical features.
 * Source: catboost/libs/model/model_export/json_model_helpers.cpp and catboost/libs/model/cpu/, CatBoost 1.2.
 */
export const readCatboostJson: ModelReader = (bytes, file) => {
  const root = JsonValue.parse(bytes, file);
  const info = root.field('model_info');
  const link = linkOf(info);
  const features = readFloatFeatures(root.field('features_info'));
  const { scale, bias } = scaleAndBiasOf(root.field('scale_and_bias'));
  const outputs = bias.length;
  checkOutputs(link, outputs, root.field('scale_and_bias'));

  const vectorLeaves = outputs > 1;
  const builder = new ForestBuilder(file, {
    columns: features.columns,
    outputs,
    link,
    base: bias,
    vectorLeaves,
  });
  const context = { builder, features, outputs, scale };
  const oblivious = root.field('oblivious_trees');
  if (oblivious.present) for (const tree of oblivious.items()) addObliviousTree(tree, context);
  else for (const tree of root.field('trees').items()) addNestedTree(tree, context);

  const forest = builder.build();
  return {
    forest,
    format: formatOf(info),
    featureNames: features.names,
    classNames: classNamesOf(info, forest.classes),
  };
};

/** Losses whose probabilities are the softmax over scores, or the logistic function of one. */
const LINKS: ReadonlyMap<string, ForestLink> = new Map([
  ['Logloss', 'logistic'],
  ['CrossEntropy', 'logistic'],
  ['MultiClass', 'softmax'],
]);

function linkOf(info: JsonValue): ForestLink {
  const params = info.field('params');
  const type = params.present ? params.field('loss_function').field('type') : params;
  if (!type.present) {
    info.unsupported(
      'the file does not say which loss the model was trained with.',
      'CatBoost drops it where models are summed: import the models one by one, with --weights.',
    );
  }
  const loss = type.text();
  const link = LINKS.get(loss);
  if (link !== undefined) return link;
  return type.unsupported(
    loss === 'MultiClassOneVsAll'
      ? 'the loss is MultiClassOneVsAll, whose probabilities do not sum to 1.'
      : `the loss is ${loss}, which does not give each class a probability.`,
    `Train with ${[...LINKS.keys()].join(', ')}.`,
  );
}

/** `[scale, [bias of each score]]`; `[scale, bias]` before 0.24. */
function scaleAndBiasOf(value: JsonValue): { scale: number; bias: readonly number[] } {
  const [scale, bias, ...more] = value.items();
  if (scale === undefined || bias === undefined || more.length > 0) {
    value.fail('must be [scale, bias].');
  }
  const biases = typeof bias.value === 'number' ? [bias.value] : bias.numbers();
  if (![scale.number(), ...biases].every(Number.isFinite)) value.fail('holds a number that is not finite.');
  return { scale: scale.number(), bias: biases };
}

function checkOutputs(link: ForestLink, outputs: number, place: JsonValue): void {
  if (link === 'logistic' ? outputs === 1 : outputs >= 2) return;
  place.fail(
    `has a bias for ${outputs} scores; the loss asks for ${link === 'logistic' ? 'one' : 'two or more'}.`,
  );
}

function classNamesOf(info: JsonValue, classes: number): string[] | null {
  const params = info.field('class_params');
  const names = params.present ? params.field('class_names') : params;
  const labels = names.items().map(({ value }) => value);
  if (labels.length > 0 && labels.length !== classes) {
    names.fail(`names ${labels.length} classes, but the trees score ${classes}.`);
  }
  try {
    return wordsOf(labels);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return names.unsupported(
      `the classes ${error.message}.`,
      'Train with the names of the classes as labels.',
    );
  }
}

/** `CatBoost JSON 1.2.10` where the file says so. */
function formatOf(info: JsonValue): string {
  const { value } = info.field('catboost_version_info');
  const version = typeof value === 'string' ? /tags\/v(\d[\w.]*)/.exec(value)?.[1] : undefined;
  return version === undefined ? 'CatBoost JSON' : `CatBoost JSON ${version}`;
}
