import { GeoCropError } from '../errors.js';
import type { ImportedModel } from '../forest/forest.js';
import { writeOnnxForest } from '../forest/onnx/write-onnx-forest.js';
import type { BundleManifest, Scaler } from './bundle-documents.js';
import { FEATURES_FILE, LABELS_FILE, MANIFEST_FILE, PALETTE_FILE, SCALER_FILE } from './bundle-documents.js';
import { duplicates, quoteNames } from './bundle-error.js';
import { checkFeatures, memberClasses } from './match-model.js';

/** What a bundle is made of. */
export interface BundleSpec {
  readonly name: string;
  readonly version: string;
  readonly smoothing: BundleManifest['smoothing'];
  /** By class id. */
  readonly classes: readonly string[];
  /** In the order of the models' columns. */
  readonly features: readonly string[];
  readonly members: readonly MemberSource[];
  readonly card: Readonly<Record<string, unknown>>;
  /** Colours by class name. */
  readonly palette: Readonly<Record<string, string>> | null;
  readonly scaler: Scaler | null;
}

/** A trained model and its part in the vote. */
export interface MemberSource {
  /** The trainer's file, for errors and for the member's name. */
  readonly file: string;
  readonly weight: number;
  readonly model:
    | ImportedModel
    /** An ONNX file that is no forest of ours: it goes into the bundle as it is. */
    | { readonly onnx: Uint8Array };
}

/**
 * The files of a bundle by name. Throws `model-mismatch` where a model's columns or classes do not fit, `model-unsupported` as writeOnnxForest, `bad-request` where
 * two members would have one name.
 */
export function bundleContents(spec: BundleSpec): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const names = spec.members.map(({ file }) => memberName(file));
  const twice = duplicates(names.map((name) => name.toLowerCase()));
  if (twice.length > 0) {
    throw new GeoCropError('bad-request', `Two members would be called ${quoteNames(twice)}.`, {
      hint: 'Members are called after their files: give each file its own name.',
    });
  }
  const members = spec.members.map(({ file, weight, model }, i) => {
    const name = names[i]!;
    if ('onnx' in model) {
      files.set(name, model.onnx);
      return { file: name, weight, classes: spec.classes };
    }
    const { forest, featureNames, classNames } = model;
    checkFeatures(file, forest.columns, featureNames, spec.features);
    const classes = memberClasses(file, forest.classes, classNames, spec.classes);
    files.set(name, writeOnnxForest(forest, name.replace(/\.onnx$/, ''), file));
    return { file: name, weight, classes };
  });
  const manifest: BundleManifest = {
    name: spec.name,
    version: spec.version,
    featureOrder: 'FEATURE_ORDER_V1',
    smoothing: spec.smoothing,
    members,
    card: spec.card,
  };
  files.set(MANIFEST_FILE, json(manifest));
  files.set(FEATURES_FILE, json(spec.features));
  files.set(LABELS_FILE, json({ classes: spec.classes }));
  if (spec.palette !== null) files.set(PALETTE_FILE, json(spec.palette));
  if (spec.scaler !== null) files.set(SCALER_FILE, json(spec.scaler));
  return files;
}

/** A member is called after its input, in letters that bundle.json allows: `runs/xgb v2.json` is `xgb-v2.onnx`. */
export function memberName(file: string): string {
  const base = file.replace(/^.*[/\\]/, '').replace(/(?<=.)\.[^.]*$/, '');
  return `${base.replace(/[^A-Za-z0-9._-]/g, '-').replace(/^\./, '_')}.onnx`;
}

const json = (value: unknown) => new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
