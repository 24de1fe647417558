import type { Legend } from '../render/legend.js';
import type { LayerInfo, MapKey } from '../tiles/tile-service.js';
import { NO_MODEL } from '../tiles/maps.js';

/** `built_up` → `Built up`: how names of classes are shown to people. */
export function sentenceCase(name: string): string {
  const plain = name.replaceAll('_', ' ').trim();
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

/** `−0.2`: with a minus sign, at most three digits that count. */
export function plainNumber(value: number): string {
  return Number(value.toPrecision(3)).toString().replace('-', '−');
}

/** The second part of FEATURE_ORDER_V1's names. */
const MEANING: Readonly<Record<string, string>> = {
  peak: 'highest',
  min: 'lowest',
  std: 'spread',
  sos: 'start of season (day)',
  pos: 'peak (day)',
  eos: 'end of season (day)',
  los: 'length of season (days)',
  auc: 'area under the curve',
  auc_season: 'area under the curve, start to end',
  greenup_rate: 'green-up rate',
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

/** `NDVI, highest` for the feature `ndvi_peak`; other layers have a title. */
export function layerTitle({ kind, name, title }: LayerInfo): string {
  if (kind !== 'feature' || title !== name.replaceAll('_', ' ')) return title;
  const at = name.indexOf('_');
  const [subject, rest] = [name.slice(0, at), name.slice(at + 1)];
  const of = rest === 'median' ? (BANDS[subject] ?? sentenceCase(subject)) : subject.toUpperCase();
  return `${of}, ${MEANING[rest] ?? rest.replaceAll('_', ' ')}`;
}

export function legendTitle({ layer, kind, title }: Legend): string {
  return layerTitle({ name: layer, kind, title });
}

/**
 * `Summer 2021/22, model Ensemble`: a season that crosses the new year has both years.
 * @param period its first and last day, where known
 */
export function mapTitle({ season, year, model }: MapKey, period?: readonly [string, string]): string {
  const crosses = period !== undefined && period[0].slice(0, 4) !== period[1].slice(0, 4);
  const years = crosses ? `${year}/${String((year + 1) % 100).padStart(2, '0')}` : String(year);
  return `${sentenceCase(season)} ${years}${model === NO_MODEL ? '' : `, model ${model}`}`;
}

/** Credits may be simple HTML; where there is no HTML they are text. */
export function plainText(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&copy;', '©')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
