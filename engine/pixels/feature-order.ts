import { BANDS, type Band } from '../scenes/scene.js';

/** The six spectral indices, in the order of their features. Formulas: indices.ts. */
export const INDICES = ['ndvi', 'evi', 'savi', 'ndre', 'ndmi', 'bsi'] as const;
export type SpectralIndex = (typeof INDICES)[number];

/** The bands that each index is made of. */
export const INDEX_BANDS: Readonly<Record<SpectralIndex, readonly Band[]>> = {
  ndvi: ['red', 'nir'],
  evi: ['blue', 'red', 'nir'],
  savi: ['red', 'nir'],
  ndre: ['rededge1', 'nir'],
  ndmi: ['nir', 'swir16'],
  bsi: ['blue', 'red', 'nir', 'swir16'],
};

/**
 * The 51 features in the order of every feature array. Frozen: a model is trained on names, order and meaning, so a change
 * is a new list beside this one.
 */
export const FEATURE_ORDER_V1 = Object.freeze([
  'ndvi_peak',
  'evi_peak',
  'savi_peak',
  'ndre_peak',
  'ndmi_peak',
  'bsi_peak',
  'ndvi_min',
  'evi_min',
  'savi_min',
  'ndre_min',
  'ndmi_min',
  'bsi_min',
  'ndvi_mean',
  'evi_mean',
  'savi_mean',
  'ndre_mean',
  'ndmi_mean',
  'bsi_mean',
  'ndvi_std',
  'evi_std',
  'savi_std',
  'ndre_std',
  'ndmi_std',
  'bsi_std',
  'ndvi_base',
  'ndvi_amplitude',
  'ndvi_sos',
  'ndvi_pos',
  'ndvi_eos',
  'ndvi_los',
  'ndvi_auc',
  'ndvi_auc_season',
  'ndvi_greenup_rate',
  'ndvi_senescence_rate',
  'ndvi_cos1',
  'ndvi_sin1',
  'ndvi_cos2',
  'ndvi_sin2',
  'ndvi_mean_early',
  'ndvi_mean_mid',
  'ndvi_mean_late',
  'ndre_mean_early',
  'ndre_mean_mid',
  'ndre_mean_late',
  'blue_median',
  'green_median',
  'red_median',
  'rededge1_median',
  'nir_median',
  'swir16_median',
  'swir22_median',
] as const);
export type FeatureName = (typeof FEATURE_ORDER_V1)[number];

/** The source of a feature is the word before its first underscore: an index or a band. */
function bandsOf(feature: FeatureName): readonly Band[] {
  const source = feature.slice(0, feature.indexOf('_'));
  const index = INDICES.find((name) => name === source);
  return index === undefined ? BANDS.filter((band) => band === source) : INDEX_BANDS[index];
}

/** Which bands each feature is computed from, in the order of BANDS. */
export const FEATURE_BANDS = Object.freeze(
  Object.fromEntries(FEATURE_ORDER_V1.map((feature) => [feature, bandsOf(feature)])),
) as Readonly<Record<FeatureName, readonly Band[]>>;

export function isFeatureName(name: string): name is FeatureName {
  return (FEATURE_ORDER_V1 as readonly string[]).includes(name);
}

/**
 * The bands that the named features need, in the order of BANDS, each once. Names that need no band (`dw_class`) add none.
 */
export function bandsForFeatures(names: readonly string[]): Band[] {
  const needed = new Set(names.filter(isFeatureName).flatMap((name) => FEATURE_BANDS[name]));
  return BANDS.filter((band) => needed.has(band));
}
