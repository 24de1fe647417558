import type { LayerInfo } from './api.js';
import { sentenceCase } from './words.js';

/** The second part of FEATURE_ORDER_V1's names, in words. */
const MEANING: Readonly<Record<string, string>> = {
  peak: 'highest',
  min: 'lowest',
  mean: 'mean',
  std: 'spread',
  base: 'base',
  amplitude: 'amplitude',
  sos: 'start of season (day)',
  pos: 'peak (day)',
  eos: 'end of season (day)',
  los: 'length of season (days)',
  auc: 'area under the curve',
  auc_season: 'area, start to end',
  greenup_rate: 'green-up rate',
  senescence_rate: 'senescence rate',
  cos1: 'yearly wave, cosine',
  sin1: 'yearly wave, sine',
  cos2: 'half-yearly wave, cosine',
  sin2: 'half-yearly wave, sine',
  mean_early: 'mean of the first third',
  mean_mid: 'mean of the middle third',
  mean_late: 'mean of the last third',
  median: 'median reflectance',
};
const BANDS: Readonly<Record<string, string>> = {
  rededge1: 'Red edge',
  nir: 'Near infrared',
  swir16: 'Shortwave 1.6 µm',
  swir22: 'Shortwave 2.2 µm',
};

export interface FeatureName {
  /** What it is of: NDVI, or `Reflectance` for the bands. */
  readonly group: string;
  readonly title: string;
}

/** The server's own title where it says more than the name; else the name in words. */
export function featureName(layer: Pick<LayerInfo, 'name' | 'title'>): FeatureName {
  const at = layer.name.indexOf('_');
  const [subject, rest] = at < 0 ? [layer.name, ''] : [layer.name.slice(0, at), layer.name.slice(at + 1)];
  const band = rest === 'median';
  const of = band ? (BANDS[subject] ?? sentenceCase(subject)) : subject.toUpperCase();
  const meaning = MEANING[rest];
  const plain = layer.title.toLowerCase() === layer.name.replaceAll('_', ' ') || layer.title === layer.name;
  return {
    group: band ? 'Reflectance' : of,
    title: plain && meaning !== undefined ? `${of}, ${meaning}` : layer.title,
  };
}
