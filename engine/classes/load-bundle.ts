import { digest } from '../digest.js';
import { FEATURE_ORDER_V1 } from '../pixels/feature-order.js';
import type { BundleManifest, Scaler } from './bundle-documents.js';
import {
  FEATURES_FILE,
  LABELS_FILE,
  MANIFEST_FILE,
  readClassNames,
  readFeatureNames,
  readManifest,
  readPalette,
  readRequired,
  readScaler,
} from './bundle-documents.js';
import { bundleError, quoteNames } from './bundle-error.js';
import type { BundleFiles } from './bundle-files.js';
import type { Bundle, BundleMember } from './bundle.js';
import { DW_CLASS_FEATURE } from './bundle.js';
import { inspectOnnx } from './onnx-member.js';
import { paletteOf } from './palette.js';

/**
 * Reads and checks a bundle: documents, names, counts, labels, and one forward run of each member (which blocks the thread
 * for some milliseconds). Throws GeoCropError `bundle-missing-file`, `bundle-malformed`, `bundle-unknown-feature` or
 * `bundle-mismatch`, each with the file's name in message and context. Nothing is padded, cut or guessed.
 */
export async function loadBundle(files: BundleFiles): Promise<Bundle> {
  const manifest = await readManifest(files);
  const features = await readFeatureNames(files);
  checkFeatures(files.name, features);
  const classes = await readClassNames(files);
  const scaler = await readScaler(files, features.length);
  const palette = await readPalette(files, classes);
  checkLabels(files.name, manifest, classes);

  const colors = paletteOf(classes, palette);
  const members: BundleMember[] = [];
  for (const { file, weight, classes: own } of manifest.members) {
    const model = sharedCopy(await readRequired(files, file));
    const expected = { bundle: files.name, file, features: features.length, classes: own };
    const inspected = await inspectOnnx(model, expected);
    members.push({
      file,
      model,
      weight,
      columnOfClass: classes.map((name) => own.indexOf(name)),
      ...inspected,
    });
  }
  return {
    name: manifest.name,
    version: manifest.version,
    smoothing: manifest.smoothing,
    features,
    classes,
    palette: colors,
    members,
    scaler,
    card: manifest.card,
    digest: bundleDigest(manifest, features, classes, colors, scaler, members),
  };
}

/** A bundle and how long loading it took. */
export interface LoadedBundle {
  readonly bundle: Bundle;
  readonly loadMilliseconds: number;
}

/** {@link loadBundle}, timed. @param now milliseconds */
export async function loadBundleTimed(
  files: BundleFiles,
  now: () => number = () => performance.now(),
): Promise<LoadedBundle> {
  const begin = now();
  const bundle = await loadBundle(files);
  return { bundle, loadMilliseconds: now() - begin };
}

function checkFeatures(bundle: string, features: readonly string[]): void {
  const unknown = features.filter((name) => name !== DW_CLASS_FEATURE && !isFeature(name));
  if (unknown.length === 0) return;
  throw bundleError(
    'bundle-unknown-feature',
    bundle,
    FEATURES_FILE,
    `names ${unknown.length === 1 ? 'a feature' : `${unknown.length} features`} that we do not compute: ${quoteNames(unknown)}.`,
    { hint: `Known are the ${FEATURE_ORDER_V1.length} names of FEATURE_ORDER_V1 and "${DW_CLASS_FEATURE}".` },
  );
}

const FEATURE_NAMES: readonly string[] = FEATURE_ORDER_V1;
const isFeature = (name: string) => FEATURE_NAMES.includes(name);

/** Members' classes are among the served ones, and each served class is some member's. */
function checkLabels(bundle: string, manifest: BundleManifest, classes: readonly string[]): void {
  for (const { file, classes: own } of manifest.members) {
    const unknown = own.filter((name) => !classes.includes(name));
    if (unknown.length > 0) {
      throw bundleError(
        'bundle-mismatch',
        bundle,
        MANIFEST_FILE,
        `the member ${file} has classes that ${LABELS_FILE} lacks: ${quoteNames(unknown, 12)}.`,
        { hint: 'Classes are matched by name: spell them alike in both files.' },
      );
    }
  }
  const never = classes.filter((name) => !manifest.members.some((member) => member.classes.includes(name)));
  if (never.length > 0) {
    throw bundleError(
      'bundle-mismatch',
      bundle,
      LABELS_FILE,
      `has classes that no member can give: ${quoteNames(never, 12)}.`,
    );
  }
}

function sharedCopy(bytes: Uint8Array): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
  shared.set(bytes);
  return shared;
}

/**
 * Over all that decides what is archived and served: classes, confidence, and the colours, which stand in every archived COG
 * and in pictures that clients keep for a year. Another card, name or version computes nothing anew. Members in their order,
 * since the vote adds in it.
 */
function bundleDigest(
  manifest: BundleManifest,
  features: readonly string[],
  classes: readonly string[],
  palette: readonly string[],
  scaler: Scaler | null,
  members: readonly BundleMember[],
): string {
  return digest({
    featureOrder: manifest.featureOrder,
    smoothing: manifest.smoothing,
    features,
    classes,
    palette,
    scaler,
    members: members.map(({ model, weight }, i) => ({
      weight,
      classes: manifest.members[i]?.classes,
      model: digest(model),
    })),
  });
}
