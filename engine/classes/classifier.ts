import { GeoCropError } from '../errors.js';
import { FEATURE_ORDER_V1 } from '../pixels/feature-order.js';
import type { BundleData, BundleMember } from './bundle.js';
import { DW_CLASS_FEATURE, NODATA_CLASS } from './bundle.js';
import type { MemberRuntime } from './member-runtime.js';
import { openMember } from './open-member.js';
import { RowBatch } from './row-batch.js';
import { argmax, meanProbabilities } from './vote.js';

/** The features of pixels, as the kernel writes them. */
export interface ClassifierInput {
  /** Feature f of FEATURE_ORDER_V1 of pixel i at [f · stride + i]. NaN: nodata. */
  readonly features: Float32Array;
  readonly stride: number;
  readonly count: number;
  /** Valid observations by pixel; below {@link MIN_OBSERVATIONS} the pixel is nodata. */
  readonly observations?: Uint8Array;
  /** Dynamic World's class by pixel, -1 where there is none. Required where the bundle names `dw_class`. */
  readonly dwClass?: Int8Array;
}

export interface ClassifierResult {
  /** Class ids by pixel; 255: nodata. */
  readonly classes: Uint8Array;
  /** Math.round(100 · mean probability), class-major: class c of pixel i at [c · count + i]; 255: nodata. */
  readonly percent: Uint8Array;
  /** The mean probabilities themselves, class-major, NaN for nodata; only where asked for. */
  readonly mean?: Float64Array;
}

export interface Classifier {
  /** A pixel's result depends on that pixel only: any cut of a tile gives the same bits. Blocks its thread: for workers. */
  run(input: ClassifierInput, options?: { readonly mean?: boolean }): Promise<ClassifierResult>;
  close(): Promise<void>;
}

/** docs/features.md section 2: fewer valid observations make a pixel nodata. */
export const MIN_OBSERVATIONS = 3;
/** Pixels at a time: bounds what rows and probabilities take (about 5 MB at 51 features and 10 classes). */
const CHUNK = 16_384;

/** Opens the bundle's models in this thread. The bundle has passed loadBundle. */
export async function createClassifier(
  bundle: BundleData,
  open: (member: BundleMember, width: number) => Promise<MemberRuntime> = openMember,
): Promise<Classifier> {
  const width = bundle.features.length;
  const classes = bundle.classes.length;
  const sources = bundle.features.map(sourceOf);
  const members = await Promise.all(
    bundle.members.map(async (member) => ({ ...member, runtime: await open(member, width) })),
  );

  async function mean(batch: RowBatch): Promise<Float64Array> {
    const votes = [];
    for (const { runtime, weight, columnOfClass } of members) {
      votes.push({ probabilities: await runtime.run(batch), weight, columnOfClass });
    }
    return meanProbabilities(votes, classes, batch.count);
  }

  return {
    async run(input, options = {}) {
      checkInput(input);
      const columns = sources.map((source) => columnOf(source, input, bundle.name));
      const valid = validPixels(input, columns);
      const result = {
        classes: new Uint8Array(input.count).fill(NODATA_CLASS),
        percent: new Uint8Array(classes * input.count).fill(NODATA_CLASS),
        ...(options.mean === true ? { mean: new Float64Array(classes * input.count).fill(NaN) } : {}),
      };
      for (let start = 0; start < valid.length; start += CHUNK) {
        const pixels = valid.subarray(start, start + CHUNK);
        const batch = gatherColumns(columns, pixels, bundle.scaler);
        scatter(await mean(batch), pixels, classes, result, bundle.name);
      }
      return result;
    },
    async close() {
      await Promise.all(members.map(({ runtime }: { runtime: MemberRuntime }) => runtime.close()));
    },
  };
}

const FEATURE_NAMES: readonly string[] = FEATURE_ORDER_V1;

type Source = { readonly feature: number } | 'dw';

function sourceOf(name: string): Source {
  if (name === DW_CLASS_FEATURE) return 'dw';
  const feature = FEATURE_NAMES.indexOf(name);
  if (feature < 0) throw new GeoCropError('bundle-unknown-feature', `There is no feature "${name}".`);
  return { feature };
}

function checkInput({ features, stride, count, observations, dwClass }: ClassifierInput): void {
  const expected = (FEATURE_ORDER_V1.length - 1) * stride + count;
  if (stride < count || features.length < expected) {
    throw new RangeError(`features: got ${features.length} values of stride ${stride}, expected ${expected}`);
  }
  for (const [name, values] of Object.entries({ observations, dwClass })) {
    if (values !== undefined && values.length < count) {
      throw new RangeError(`${name}: got ${values.length} values, expected ${count}`);
    }
  }
}

/** One column of the model's input, by pixel. */
function columnOf(source: Source, input: ClassifierInput, bundle: string): Float32Array | Int8Array {
  if (source !== 'dw') {
    const start = source.feature * input.stride;
    return input.features.subarray(start, start + input.count);
  }
  if (input.dwClass === undefined) {
    throw new GeoCropError(
      'inference-failed',
      `The model ${bundle} needs ${DW_CLASS_FEATURE}, which was not given.`,
      {
        hint: 'Give the Dynamic World class of each pixel, -1 where there is no baseline.',
        context: { bundle },
      },
    );
  }
  return input.dwClass.subarray(0, input.count);
}

/** Pixels with enough observations and a number in every column, in order. */
function validPixels(input: ClassifierInput, columns: readonly (Float32Array | Int8Array)[]): Uint32Array {
  const { count, observations } = input;
  const good = new Uint8Array(count).fill(1);
  if (observations !== undefined) {
    for (let i = 0; i < count; i++) good[i] = observations[i]! >= MIN_OBSERVATIONS ? 1 : 0;
  }
  for (const column of columns) {
    for (let i = 0; i < count; i++) {
      if (!Number.isFinite(column[i])) good[i] = 0;
    }
  }
  const valid = new Uint32Array(count);
  let n = 0;
  for (let i = 0; i < count; i++) {
    if (good[i] === 1) valid[n++] = i;
  }
  return valid.subarray(0, n);
}

/** The bundle's features of some pixels; scaled as fround((x − mean) / scale), computed in float64. */
function gatherColumns(
  columns: readonly (Float32Array | Int8Array)[],
  pixels: Uint32Array,
  scaler: BundleData['scaler'],
): RowBatch {
  const { length } = pixels;
  const gathered = new Float32Array(length * columns.length);
  columns.forEach((column, f) => {
    const to = f * length;
    if (scaler === null) {
      for (let i = 0; i < length; i++) gathered[to + i] = column[pixels[i]!]!;
      return;
    }
    const [mean, scale] = [scaler.mean[f]!, scaler.scale[f]!];
    for (let i = 0; i < length; i++) gathered[to + i] = (column[pixels[i]!]! - mean) / scale;
  });
  return new RowBatch(gathered, columns.length, length);
}

function scatter(
  mean: Float64Array,
  pixels: Uint32Array,
  classes: number,
  result: ClassifierResult,
  bundle: string,
): void {
  const count = result.classes.length;
  for (let i = 0; i < pixels.length; i++) {
    const pixel = pixels[i]!;
    const row = i * classes;
    result.classes[pixel] = argmax(mean, row, classes);
    for (let c = 0; c < classes; c++) {
      const p = mean[row + c]!;
      // Written so that NaN fails too.
      if (!(p >= 0 && p <= 1.001)) {
        throw new GeoCropError('inference-failed', `The model ${bundle} gave ${p} as a probability.`, {
          context: { bundle },
        });
      }
      result.percent[c * count + pixel] = Math.round(100 * p);
      if (result.mean !== undefined) result.mean[c * count + pixel] = p;
    }
  }
}
