import type { JsonValue } from '../model-json.js';
import type { FloatFeatures } from './float-features.js';

/** One comparison: x > threshold is CatBoost's true, so x <= threshold goes left. */
export interface FloatSplit {
  readonly feature: number;
  readonly threshold: number;
  readonly missingLeft: boolean;
}

export function readFloatSplit(split: JsonValue, features: FloatFeatures): FloatSplit {
  const type = split.field('split_type');
  if (type.present && type.text() !== 'FloatFeature') {
    type.unsupported(`a split is by ${type.text()}; numerical features are taken only.`);
  }
  const index = split.field('float_feature_index');
  const feature = index.number();
  if (!Number.isInteger(feature) || feature < 0 || feature >= features.columns) {
    index.fail(`is ${feature}; the model has ${features.columns} features.`);
  }
  // A border is a float32 that the file spells in decimal: rounding to nearest gives it back.
  const threshold = Math.fround(split.field('border').number());
  return { feature, threshold, missingLeft: features.missingLeft[feature] === 1 };
}
