import { BANDS, type Band } from '../scenes/scene.js';
import {
  FEATURE_ORDER_V1,
  INDICES,
  INDEX_BANDS,
  type FeatureName,
  type SpectralIndex,
} from './feature-order.js';
import { harmonics } from './harmonics.js';
import * as indices from './indices.js';
import { phenology } from './phenology.js';
import { interpolate, smooth } from './regular-series.js';
import { median, statistics } from './statistics.js';

/** The valid observations of one pixel, fused to at most one a day. */
export interface PixelSeries {
  /** Whole days since the season's first day, rising. */
  readonly t: readonly number[];
  /** Surface reflectance at each t, of the bands that the collection has. */
  readonly reflectance: Readonly<Partial<Record<Band, readonly number[]>>>;
}

/** With fewer valid observations a pixel is nodata. */
export const MIN_OBSERVATIONS = 3;

/**
 * The 51 features of one pixel in FEATURE_ORDER_V1, in float64: the plain implementation that the kernel is held against.
 * NaN in all with fewer than three observations; NaN in those whose bands the series lacks.
 * @param nodes K of the season: nodeCount() in regular-series.ts; at least 5
 */
export function computeFeatures(series: PixelSeries, nodes: number): Float64Array {
  const values = new Map<FeatureName, number>();
  if (series.t.length >= MIN_OBSERVATIONS) {
    for (const index of INDICES) indexFeatures(series, index, nodes, values);
    for (const band of BANDS) {
      const observed = series.reflectance[band];
      if (observed !== undefined) values.set(`${band}_median`, median(observed));
    }
  }
  return Float64Array.from(FEATURE_ORDER_V1, (name) => values.get(name) ?? NaN);
}

function indexFeatures(
  series: PixelSeries,
  index: SpectralIndex,
  nodes: number,
  values: Map<FeatureName, number>,
): void {
  const all = indexSeries(series, index);
  if (all === null) return;
  const kept = all.filter((value) => !Number.isNaN(value));
  const { peak, min, mean, std } = kept.length > 0 ? statistics(kept) : { peak: 0, min: 0, mean: 0, std: 0 };
  values.set(`${index}_peak`, peak);
  values.set(`${index}_min`, min);
  values.set(`${index}_mean`, mean);
  values.set(`${index}_std`, std);
  if (index === 'ndvi') ndviFeatures(smooth(interpolate(series.t, all, nodes)), values);
  if (index === 'ndre') thirds('ndre', smooth(interpolate(series.t, all, nodes)), values);
}

/** One value per observation (NaN: left out of the statistics), or null where a band is lacking. */
export function indexSeries(series: PixelSeries, index: SpectralIndex): number[] | null {
  const { reflectance, t } = series;
  if (INDEX_BANDS[index].some((band) => reflectance[band] === undefined)) return null;
  const at = (band: Band, i: number) => reflectance[band]![i]!;
  const valueAt: Record<SpectralIndex, (i: number) => number> = {
    ndvi: (i) => indices.ndvi(at('nir', i), at('red', i)),
    evi: (i) => indices.evi(at('nir', i), at('red', i), at('blue', i)),
    savi: (i) => indices.savi(at('nir', i), at('red', i)),
    ndre: (i) => indices.ndre(at('nir', i), at('rededge1', i)),
    ndmi: (i) => indices.ndmi(at('nir', i), at('swir16', i)),
    bsi: (i) => indices.bsi(at('swir16', i), at('red', i), at('nir', i), at('blue', i)),
  };
  return t.map((_, i) => valueAt[index](i));
}

function ndviFeatures(s: readonly number[], values: Map<FeatureName, number>): void {
  const found = phenology(s);
  values.set('ndvi_base', found.base);
  values.set('ndvi_amplitude', found.amplitude);
  values.set('ndvi_sos', found.sos);
  values.set('ndvi_pos', found.pos);
  values.set('ndvi_eos', found.eos);
  values.set('ndvi_los', found.eos - found.sos);
  values.set('ndvi_auc', found.auc);
  values.set('ndvi_auc_season', found.aucSeason);
  values.set('ndvi_greenup_rate', found.greenupRate);
  values.set('ndvi_senescence_rate', found.senescenceRate);
  const [cos1, sin1, cos2, sin2] = harmonics(s);
  values.set('ndvi_cos1', cos1!);
  values.set('ndvi_sin1', sin1!);
  values.set('ndvi_cos2', cos2!);
  values.set('ndvi_sin2', sin2!);
  thirds('ndvi', s, values);
}

/** The nodes of the season's early, mid and late third end before these: ⌈K/3⌉, then half of the rest rounded up, then the rest. */
export function thirdsOf(nodes: number): readonly [earlyEnd: number, midEnd: number] {
  const early = Math.ceil(nodes / 3);
  return [early, early + Math.ceil((nodes - early) / 2)];
}

function thirds(index: 'ndvi' | 'ndre', s: readonly number[], values: Map<FeatureName, number>): void {
  const [early, mid] = thirdsOf(s.length);
  values.set(`${index}_mean_early`, statistics(s.slice(0, early)).mean);
  values.set(`${index}_mean_mid`, statistics(s.slice(early, mid)).mean);
  values.set(`${index}_mean_late`, statistics(s.slice(mid)).mean);
}
