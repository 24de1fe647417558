import type { JsonValue } from '../model-json.js';
import { readCount } from './parameters.js';

/**
 * How many of the file's trees predict. After early stopping the file keeps all rounds and, as `best_iteration`, the best of
 * them: XGBClassifier.predict_proba stops there (`_get_iteration_range`, python-package/xgboost/sklearn.py); Booster.predict
 * goes on to the last round. The file says who saved it: only the scikit-learn wrapper leaves an attribute `scikit_learn`.
 * XGBoost 1.7's `train` writes best_iteration always, stopped or not, so its presence alone says nothing.
 * @param outputs trees that a round adds, times num_parallel_tree
 * @returns how many, and a clause for people where that is worth a word
 */
export function treesThatPredict(
  learner: JsonValue,
  trees: number,
  outputs: number,
): { readonly used: number; readonly note: string } {
  const attributes = learner.field('attributes');
  const best = attributes.present ? attributes.field('best_iteration') : null;
  if (best === null || !best.present) return { used: trees, note: '' };
  const model = learner.field('gradient_booster').field('model');
  const rounds = readCount(best) + 1;
  const ends = model.field('iteration_indptr');
  const used = ends.present
    ? (ends.numbers()[rounds] ?? NaN)
    : rounds * outputs * readCount(model.field('gbtree_model_param').field('num_parallel_tree'));
  if (!(used >= 1 && used <= trees)) best.fail(`is ${rounds - 1}, but there are only ${trees} trees.`);
  if (used === trees) return { used, note: '' };
  return attributes.field('scikit_learn').present
    ? { used, note: `, its first ${used} of ${trees} trees (best_iteration)` }
    : { used: trees, note: `, all ${trees} trees, as Booster.predict uses them (the best were ${used})` };
}
