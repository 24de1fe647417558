import { FEATURE_ORDER_V1 } from '../pixels/feature-order.js';
import type { Bundle } from './bundle.js';
import { DW_CLASS_FEATURE } from './bundle.js';
import { createClassifier } from './classifier.js';
import type { LoadedBundle } from './load-bundle.js';
import { trialRows } from './onnx-member.js';

/** What runs a member's trees, or its graph. */
export type ServedRuntime = 'forest' | 'onnxruntime-node';

/** For people. @param why not the forest kernel */
export function runtimeText(runtime: ServedRuntime, why: string | null): string {
  return `served by ${runtime === 'forest' ? 'the forest kernel' : runtime}${why === null ? '' : `: ${why}`}`;
}

/** What `geocrop model check` says of a bundle that loads: plain data. */
export interface BundleReport {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  readonly features: readonly string[];
  readonly scaled: boolean;
  readonly smoothing: number;
  readonly classes: readonly { readonly id: number; readonly name: string; readonly color: string }[];
  readonly members: readonly {
    readonly file: string;
    readonly bytes: number;
    /** Share of the vote, 0 to 1. */
    readonly share: number;
    readonly classes: readonly string[];
    readonly runtime: ServedRuntime;
    /** Where that is not the forest kernel: why. */
    readonly why: string | null;
  }[];
  /** As the card states it; null where it does not. */
  readonly card: { readonly accuracy: number | null; readonly trainedOn: string | null };
  readonly selfTest: {
    readonly pixels: number;
    readonly loadMilliseconds: number;
    readonly runMilliseconds: number;
  };
}

/** A native tile's quarter: long enough to time, short enough to wait for. */
const SELF_TEST_PIXELS = 16_384;

/**
 * What there is to say of a bundle that has passed all of loadBundle's checks: classifies made-up pixels too.
 * @param now milliseconds
 */
export async function checkBundle(
  { bundle, loadMilliseconds }: LoadedBundle,
  now: () => number = () => performance.now(),
): Promise<BundleReport> {
  const runMilliseconds = await selfTest(bundle, now);
  const weights = bundle.members.reduce((sum, { weight }) => sum + weight, 0);
  const { accuracy, trainedOn } = bundle.card;
  return {
    name: bundle.name,
    version: bundle.version,
    digest: bundle.digest,
    features: bundle.features,
    scaled: bundle.scaler !== null,
    smoothing: bundle.smoothing,
    classes: bundle.classes.map((name, id) => ({ id, name, color: bundle.palette[id] ?? '' })),
    members: bundle.members.map(({ file, model, weight, columnOfClass, compiled, fallback }) => ({
      file,
      bytes: model.byteLength,
      share: weight / weights,
      classes: bundle.classes.filter((_, id) => (columnOfClass[id] ?? -1) >= 0),
      runtime: compiled === null ? 'onnxruntime-node' : 'forest',
      why: fallback,
    })),
    card: {
      accuracy: typeof accuracy === 'number' ? accuracy : null,
      trainedOn: typeof trainedOn === 'string' ? trainedOn : null,
    },
    selfTest: { pixels: SELF_TEST_PIXELS, loadMilliseconds, runMilliseconds },
  };
}

async function selfTest(bundle: Bundle, now: () => number): Promise<number> {
  const count = SELF_TEST_PIXELS;
  const features = trialRows(FEATURE_ORDER_V1.length, count);
  const classifier = await createClassifier(bundle);
  try {
    const begin = now();
    await classifier.run({
      features,
      stride: count,
      count,
      ...(bundle.features.includes(DW_CLASS_FEATURE) ? { dwClass: new Int8Array(count) } : {}),
    });
    return now() - begin;
  } finally {
    await classifier.close();
  }
}

/** The report as lines for a person. */
export function reportLines(report: BundleReport): string[] {
  const { selfTest: test, card } = report;
  const perSecond = Math.round(test.pixels / (Math.max(test.runMilliseconds, 1e-3) / 1000));
  const used =
    report.features.length === FEATURE_ORDER_V1.length
      ? `all ${report.features.length} of FEATURE_ORDER_V1`
      : `${report.features.length}: ${report.features.join(', ')}`;
  return [
    `${report.name} ${report.version}  (${report.digest.slice(0, 16)})`,
    `features   ${used}${report.scaled ? ', scaled' : ''}`,
    `classes    ${report.classes.length}: ${report.classes.map(({ id, name, color }) => `${id} ${name} ${color}`).join(', ')}`,
    ...report.members.map(
      ({ file, bytes, share, classes, runtime, why }) =>
        `member     ${file}  ${Math.ceil(bytes / 1024)} KB, ${(100 * share).toFixed(0)} % of the vote, ${classes.length} of ${report.classes.length} classes, ${runtimeText(runtime, why)}`,
    ),
    `smoothing  ${report.smoothing === 0 ? 'none' : `majority of ${report.smoothing} × ${report.smoothing}`}`,
    `trained on ${card.trainedOn ?? 'the card does not say'}`,
    `accuracy   ${card.accuracy === null ? 'the card does not say' : `${(100 * card.accuracy).toFixed(1)} % (by its card)`}`,
    `self-test  ${test.pixels} pixels in ${test.runMilliseconds.toFixed(0)} ms on one thread (${perSecond} a second), loaded in ${test.loadMilliseconds.toFixed(0)} ms`,
    'ok',
  ];
}
