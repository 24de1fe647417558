import type { Bundle } from '../classes/bundle.js';
import { FEATURE_ORDER_V1 } from '../pixels/feature-order.js';
import { newPlanes, NO_CLASS } from './planes.js';
import { maskedDates, type MaskedDate } from './masked-dates.js';
import { observationsAt, type Observation } from './observations.js';
import type { ReadFault } from './read-date.js';
import { SeasonReader, type ComputeDeps, type SeasonInput } from './season-reader.js';
import { pointTarget, targetSize, targetWidth, wholeRect, type Target } from './target.js';

/** The features of one map pixel. */
export interface PixelFeatures {
  /** f32[51] in FEATURE_ORDER_V1; all NaN with fewer than 3 observations. */
  readonly features: Float32Array;
  /** 0 to 255. */
  readonly observations: number;
}

export interface PointsResult {
  readonly pixels: readonly PixelFeatures[];
  readonly faults: readonly ReadFault[];
}

const ALL_FEATURES = FEATURE_ORDER_V1.map((_, feature) => feature);

/**
 * The features of a list of map pixels of one metatile, by the code that computes tiles.
 * @param px @param py global columns and rows at zoom 14
 */
export async function computePixels(
  deps: ComputeDeps,
  input: SeasonInput,
  px: Int32Array,
  py: Int32Array,
  signal?: AbortSignal,
): Promise<PointsResult> {
  const { season, planes, target } = await computeTarget(deps, input, { kind: 'list', px, py }, null, signal);
  return {
    pixels: Array.from({ length: targetSize(target) }, (_, i) => pixelOf(planes, i)),
    faults: season.faults,
  };
}

/** Everything that is known of one map pixel. */
export interface PointResult extends PixelFeatures {
  readonly series: readonly Observation[];
  /** The dates that have no valid observation here, and why. */
  readonly masked: readonly MaskedDate[];
  /** After smoothing, as the map shows it; null where nodata or without a model. */
  readonly class: { readonly id: number; readonly confidence: number } | null;
  /** Percent by class id. */
  readonly percent: readonly number[] | null;
  readonly faults: readonly ReadFault[];
}

/** One map pixel with the neighbours that its smoothing needs. @param px @param py global column and row at zoom 14 */
export async function computePoint(
  deps: ComputeDeps,
  input: SeasonInput & {
    readonly bundle: Pick<Bundle, 'digest' | 'classes' | 'smoothing'> | null;
    readonly dwClass?: (target: Target) => Promise<Int8Array>;
  },
  px: number,
  py: number,
  signal?: AbortSignal,
): Promise<PointResult> {
  const halo = input.bundle === null ? 0 : Math.floor(input.bundle.smoothing / 2);
  const centre = halo * (2 * halo + 1) + halo;
  const { season, planes, target } = await computeTarget(
    deps,
    input,
    pointTarget(px, py, halo),
    input,
    signal,
    centre,
  );
  const size = targetSize(target);
  let shown: PointResult['class'] = null;
  if (input.bundle !== null && planes.raw !== null && planes.percent !== null) {
    const classes = new Uint8Array(new SharedArrayBuffer(1));
    const confidence = new Uint8Array(new SharedArrayBuffer(1));
    await deps.pool.run('smooth', {
      raw: planes.raw,
      percent: planes.percent,
      stride: targetWidth(target),
      size,
      rect: wholeRect(target),
      kernel: input.bundle.smoothing,
      halo,
      classes,
      confidence,
      outX: 0,
      outY: 0,
      outStride: 1,
    });
    const id = classes[0] ?? NO_CLASS;
    if (id !== NO_CLASS) shown = { id, confidence: confidence[0] ?? 0 };
  }
  const { percent } = planes;
  return {
    ...pixelOf(planes, centre),
    series: observationsAt(season.stack, centre),
    masked: maskedDates(season.stack, season.seen, centre),
    class: shown,
    percent:
      shown === null || percent === null || input.bundle === null
        ? null
        : input.bundle.classes.map((_, id) => percent[id * size + centre] ?? 0),
    faults: season.faults,
  };
}

async function computeTarget(
  deps: ComputeDeps,
  input: SeasonInput,
  target: Target,
  model: {
    readonly bundle: Pick<Bundle, 'digest' | 'classes'> | null;
    readonly dwClass?: (target: Target) => Promise<Int8Array>;
  } | null,
  signal?: AbortSignal,
  look?: number,
): Promise<{ season: SeasonReader; planes: ReturnType<typeof newPlanes>; target: Target }> {
  const season = new SeasonReader(deps, input, target, look);
  await season.read(wholeRect(target), signal);
  const bundle = model?.bundle ?? null;
  const planes = newPlanes(targetSize(target), bundle === null ? null : bundle.classes.length, ALL_FEATURES);
  await deps.pool.run('classify', {
    stack: season.stack.ref,
    rect: wholeRect(target),
    planes,
    bundle: bundle?.digest ?? null,
    dwClass: (await model?.dwClass?.(target)) ?? null,
  });
  return { season, planes, target };
}

function pixelOf(planes: ReturnType<typeof newPlanes>, i: number): PixelFeatures {
  return {
    features: Float32Array.from(planes.features, ({ data }) => data[i] ?? NaN),
    observations: planes.observations[i] ?? 0,
  };
}
