import type { LayerInfo } from './api.js';
import { strings } from './strings.js';
import { sentenceCase } from './words.js';

const { meaning: MEANING, bands: BANDS } = strings.features;

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
    group: band ? strings.features.reflectance : of,
    title: plain && meaning !== undefined ? strings.features.of(of, meaning) : layer.title,
  };
}
