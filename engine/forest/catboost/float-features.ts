import type { JsonValue } from '../model-json.js';

export interface FloatFeatures {
  readonly columns: number;
  /** The columns' names, or null where they have none of their own. */
  readonly names: readonly string[] | null;
  /** By column, 1: a missing value is not above any border. */
  readonly missingLeft: Uint8Array;
}

/** Kinds of features beside numbers, by the key that CatBoost lists them under. */
const OTHERS = [
  ['categorical_features', 'categorical'],
  ['text_features', 'text'],
  ['embedding_features', 'embedding'],
  ['ctrs', 'categorical'],
] as const;

/** `features_info`. Refuses features that are no numbers. */
export function readFloatFeatures(info: JsonValue): FloatFeatures {
  for (const [key, kind] of OTHERS) {
    const others = info.field(key).items();
    if (others.length === 0) continue;
    info
      .field(key)
      .unsupported(
        `the model has ${kind} features; numerical ones are taken only.`,
        'Train without them, or with their values as numbers.',
      );
  }
  const features = info.field('float_features').items();
  const names: string[] = [];
  const missingLeft = new Uint8Array(features.length);
  features.forEach((feature, i) => {
    // Features of other kinds apart, a feature's index and its column are the same.
    for (const key of ['feature_index', 'flat_feature_index']) {
      const index = feature.field(key);
      if (index.number() !== i) index.fail(`is ${index.number()}, expected ${i}.`);
    }
    const { value } = feature.field('feature_name').present
      ? feature.field('feature_name')
      : feature.field('feature_id');
    names.push(typeof value === 'string' ? value : '');
    missingLeft[i] = goesLeft(feature) ? 1 : 0;
  });
  return { columns: features.length, names: ownNames(names), missingLeft };
}

/**
 * CatBoost replaces a missing value by ∓∞ where the feature had some in training. Else it compares as it is, and NaN is above
 * no border (quantization.h, BinarizeFeatures).
 */
function goesLeft(feature: JsonValue): boolean {
  const treatment = feature.field('nan_value_treatment');
  const hasNans = feature.field('has_nans').value === true;
  switch (treatment.present ? treatment.text() : 'AsIs') {
    case 'AsIs':
    case 'AsFalse':
      return true;
    case 'AsTrue':
      return !hasNans;
    default:
      return treatment.fail(`is "${treatment.text()}"; known are AsIs, AsFalse and AsTrue.`);
  }
}

/** Names that the trainer gave: not empty, nor the columns' numbers. */
function ownNames(names: readonly string[]): readonly string[] | null {
  return names.every((name, i) => name === '' || name === String(i)) ? null : names;
}
