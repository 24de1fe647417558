import type { ForestBuilder } from '../forest-builder.js';
import type { FloatFeatures } from './float-features.js';

/** What a tree is read with. */
export interface TreeContext {
  readonly builder: ForestBuilder;
  readonly features: FloatFeatures;
  /** Scores of a row. */
  readonly outputs: number;
  /** What CatBoost multiplies the sum over trees with, before the bias. */
  readonly scale: number;
}
