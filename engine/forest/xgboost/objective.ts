import type { ForestLink } from '../forest.js';
import type { JsonValue } from '../model-json.js';
import { readCount, readFloats } from './parameters.js';

/** What turns the sums of leaves into probabilities. */
export interface Objective {
  readonly link: ForestLink;
  /** Scores: the classes, or 1 for logistic. */
  readonly outputs: number;
  /** Added to the scores. */
  readonly base: readonly number[];
}

const LINKS: ReadonlyMap<string, ForestLink> = new Map([
  ['binary:logistic', 'logistic'],
  ['reg:logistic', 'logistic'],
  ['multi:softprob', 'softmax'],
  ['multi:softmax', 'softmax'],
]);

/** @param learner `learner` of the document */
export function readObjective(learner: JsonValue): Objective {
  const name = learner.field('objective').field('name');
  const link = LINKS.get(name.text());
  if (link === undefined) {
    return name.unsupported(
      `the objective is ${name.text()}, which does not give each class a probability.`,
      `Train with ${[...LINKS.keys()].join(', ')}.`,
    );
  }
  const parameters = learner.field('learner_model_param');
  const targets = parameters.field('num_target');
  if (targets.present && readCount(targets) > 1) {
    targets.unsupported(
      `the model has ${readCount(targets)} targets; one label a row is taken.`,
      'Train a model for each label.',
    );
  }
  const numClass = parameters.field('num_class');
  const classes = readCount(numClass);
  if (link === 'softmax' ? classes < 2 : classes > 1) {
    numClass.fail(`is ${classes}, which does not go with ${name.text()}.`);
  }
  const outputs = link === 'softmax' ? classes : 1;
  return { link, outputs, base: readBase(parameters.field('base_score'), link, outputs) };
}

/**
 * `base_score`: a number, its text, or from 3.1 on a text of a list. For logistic it is a probability, whatever the version
 * (ProbToMargin, src/objective/regression_loss.h); for softmax it is a score, one for all classes or one for each.
 */
function readBase(value: JsonValue, link: ForestLink, outputs: number): readonly number[] {
  const scores = readFloats(value);
  if (scores.length !== 1 && scores.length !== outputs) {
    value.fail(`has ${scores.length} values for ${outputs} scores.`);
  }
  const base = scores.length === outputs ? scores : new Array<number>(outputs).fill(scores[0]!);
  if (link === 'softmax') return base;
  const probability = base[0]!;
  if (!(probability >= 0 && probability <= 1)) value.fail(`is ${probability}, not between 0 and 1.`);
  return [marginOf(probability)];
}

/** As XGBoost 3.2 keeps a probability from 0 and 1, which it writes where all labels were the same. */
const LEAST = Math.fround(1e-6);
const MOST = Math.fround(1 - LEAST);

/** In float32 at each step, as XGBoost computes it: for 0.9999 that is 1e-4 from the logarithm's true value. */
function marginOf(probability: number): number {
  const p = Math.min(Math.max(Math.fround(probability), LEAST), MOST);
  return Math.fround(-Math.log(Math.fround(Math.fround(1 / p) - 1)));
}
