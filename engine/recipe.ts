import { shortDigest } from './digest.js';
import type { Band } from './scenes/scene.js';
import type { SeasonDefinition } from './season.js';

/** Raised whenever the same inputs would give other numbers: archived tiles of older epochs are then made anew. */
export const ENGINE_EPOCH = 1;

/** The same for classes and confidence alone. 2: the forest kernel runs tree members; its sums differ in the seventh digit. */
export const CLASSES_EPOCH = 2;

/** Which SCL classes count as ground, and which are grown as clouds and shadows. docs/features.md section 2. */
export const MASK_PROFILE = { valid: [2, 4, 5, 6, 7, 11], grown: [3, 8, 9, 10] } as const;

/** What decides features, `truecolor` and `observations`, scenes apart. */
export interface PixelsRecipe {
  readonly features: 'FEATURE_ORDER_V1';
  /** Validity is judged over all of these, in the order of BANDS. */
  readonly bands: readonly Band[];
  readonly mask: typeof MASK_PROFILE;
  /** Pixels of the SCL's own grid by which clouds and shadows are grown. */
  readonly cloudBufferPixels: number;
  /** Percent: scenes with more are not used. */
  readonly cloudLimit: number;
  readonly season: SeasonDefinition;
  /** Collection profile: how DN become reflectance. */
  readonly profile: string;
  readonly epoch: number;
}

/** 16 hex digits: names the archive folder of features, `truecolor` and `observations`. */
export function pixelsRecipeDigest(recipe: PixelsRecipe): string {
  return shortDigest(recipe);
}

/**
 * 16 hex digits: names the archive folder of `classes` and `confidence`; the first 8 are the `v` of URLs.
 * @param baseline digest of the Dynamic World files that the bundle reads, null where there are none; left out for a
 * bundle that reads none
 */
export function mapRecipeDigest(
  pixels: PixelsRecipe,
  bundleDigest: string,
  baseline?: string | null,
): string {
  return shortDigest({ pixels, bundle: bundleDigest, baseline, epoch: CLASSES_EPOCH });
}
