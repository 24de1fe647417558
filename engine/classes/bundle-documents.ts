import { bundleError, duplicates, quoteNames } from './bundle-error.js';
import type { BundleFiles } from './bundle-files.js';
import { MAX_CLASSES } from './bundle.js';

/** bundle.json, as written. */
export interface BundleManifest {
  readonly name: string;
  readonly version: string;
  readonly featureOrder: 'FEATURE_ORDER_V1';
  readonly smoothing: 0 | 3 | 5 | 7;
  readonly members: readonly {
    readonly file: string;
    readonly weight: number;
    readonly classes: readonly string[];
  }[];
  readonly card: Readonly<Record<string, unknown>>;
}

export interface Scaler {
  readonly mean: readonly number[];
  readonly scale: readonly number[];
}

export const MANIFEST_FILE = 'bundle.json';
export const FEATURES_FILE = 'selected_features.json';
export const LABELS_FILE = 'label_encoder.json';
export const SCALER_FILE = 'scaler.json';
export const PALETTE_FILE = 'palette.json';

/** Model names stand in URLs and object keys. */
export const MODEL_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** A member is a file of its own folder: no separators, so that no bundle reads its neighbour's files. */
const FILE_NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;
/** Kernel of the majority filter where bundle.json does not say. */
const DEFAULT_SMOOTHING = 5;

/** So that no weight times a probability, and no sum of them, leaves the range in which doubles are exact to 53 bits. */
const [LEAST_WEIGHT, MOST_WEIGHT] = [1e-100, 1e100];

/** Whether a member's part in the vote can be computed with. */
export const isWeight = (weight: unknown): weight is number =>
  typeof weight === 'number' && weight >= LEAST_WEIGHT && weight <= MOST_WEIGHT;

export const WEIGHT_RANGE = `between ${LEAST_WEIGHT} and ${MOST_WEIGHT}`;

type JsonObject = Record<string, unknown>;

/** Bytes of a file that must be there. */
export async function readRequired(files: BundleFiles, file: string): Promise<Uint8Array> {
  const bytes = await files.read(file);
  if (bytes === undefined) {
    throw bundleError('bundle-missing-file', files.name, file, 'is missing.', {
      hint: `A bundle is a folder with ${MANIFEST_FILE}, ${FEATURES_FILE}, ${LABELS_FILE} and the ONNX files that ${MANIFEST_FILE} names.`,
    });
  }
  return bytes;
}

function parseJson(bundle: string, file: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw bundleError('bundle-malformed', bundle, file, `is not JSON: ${reason}`, { cause });
  }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads one document; its `bad` makes errors that name it. */
class Document {
  constructor(
    readonly bundle: string,
    readonly file: string,
    readonly value: unknown,
  ) {}

  bad(message: string, hint?: string) {
    return bundleError(
      'bundle-malformed',
      this.bundle,
      this.file,
      message,
      hint === undefined ? {} : { hint },
    );
  }

  object(): JsonObject {
    if (!isObject(this.value)) throw this.bad('must hold a JSON object.');
    return this.value;
  }

  /** Non-empty, distinct, non-empty strings. */
  names(value: unknown, what: string): string[] {
    if (!Array.isArray(value) || value.length === 0) throw this.bad(`${what} must be a list of names.`);
    const names = value.map((name: unknown) => {
      if (typeof name !== 'string' || name.trim() === '') {
        throw this.bad(`${what} holds ${JSON.stringify(name)}, which is not a name.`);
      }
      return name;
    });
    const twice = duplicates(names);
    if (twice.length > 0) throw this.bad(`${what} names ${quoteNames(twice)} more than once.`);
    return names;
  }

  numbers(value: unknown, what: string): number[] {
    if (!Array.isArray(value) || !value.every((x): x is number => Number.isFinite(x))) {
      throw this.bad(`"${what}" must be a list of finite numbers.`);
    }
    return value;
  }
}

async function document(files: BundleFiles, file: string): Promise<Document> {
  return new Document(files.name, file, parseJson(files.name, file, await readRequired(files, file)));
}

async function optionalDocument(files: BundleFiles, file: string): Promise<Document | undefined> {
  const bytes = await files.read(file);
  return bytes && new Document(files.name, file, parseJson(files.name, file, bytes));
}

export async function readManifest(files: BundleFiles): Promise<BundleManifest> {
  const doc = await document(files, MANIFEST_FILE);
  const { name, version, featureOrder, smoothing = DEFAULT_SMOOTHING, members, card = {} } = doc.object();
  if (typeof name !== 'string' || !MODEL_NAME.test(name)) {
    throw doc.bad(
      `"name" is ${JSON.stringify(name)}.`,
      'Use letters, digits, ".", "_" and "-", at most 64, beginning with a letter or digit: it is part of URLs.',
    );
  }
  if (typeof version !== 'string' || version.trim() === '') {
    throw doc.bad(`"version" is ${JSON.stringify(version)}; it must be a text such as "1.0.0".`);
  }
  if (featureOrder !== 'FEATURE_ORDER_V1') {
    throw doc.bad(
      `"featureOrder" is ${JSON.stringify(featureOrder)}; this version computes FEATURE_ORDER_V1 only.`,
      'Train the model on a table made by `geocrop sample`, and write "featureOrder": "FEATURE_ORDER_V1".',
    );
  }
  if (smoothing !== 0 && smoothing !== 3 && smoothing !== 5 && smoothing !== 7) {
    throw doc.bad(`"smoothing" is ${JSON.stringify(smoothing)}; it must be 0, 3, 5 or 7.`);
  }
  if (!Array.isArray(members) || members.length === 0) {
    throw doc.bad('"members" must list at least one ONNX file.');
  }
  if (!isObject(card)) throw doc.bad('"card" must be an object.');
  return {
    name,
    version,
    featureOrder,
    smoothing,
    members: members.map((member, i) => manifestMember(doc, member, `"members[${i}]"`)),
    card,
  };
}

function manifestMember(doc: Document, member: unknown, what: string): BundleManifest['members'][number] {
  if (!isObject(member)) throw doc.bad(`${what} must be an object.`);
  const { file, weight, classes } = member;
  if (typeof file !== 'string' || !FILE_NAME.test(file)) {
    throw doc.bad(
      `${what}: "file" is ${JSON.stringify(file)}; it must name a file in the bundle's own folder.`,
    );
  }
  if (!isWeight(weight)) {
    throw doc.bad(
      `${what} (${file}): "weight" is ${JSON.stringify(weight)}; it must be a number ${WEIGHT_RANGE}.`,
    );
  }
  return { file, weight, classes: doc.names(classes, `"classes" of ${what} (${file})`) };
}

/** Feature names in the order of the ONNX input's columns; not yet checked against the known ones. */
export async function readFeatureNames(files: BundleFiles): Promise<string[]> {
  const doc = await document(files, FEATURES_FILE);
  return doc.names(doc.value, 'the file');
}

/** Class names by id. */
export async function readClassNames(files: BundleFiles): Promise<string[]> {
  const doc = await document(files, LABELS_FILE);
  const classes = doc.names(doc.object()['classes'], '"classes"');
  if (classes.length > MAX_CLASSES) {
    throw doc.bad(
      `"classes" has ${classes.length} names; at most ${MAX_CLASSES} fit beside nodata in a byte.`,
    );
  }
  return classes;
}

/** scaler.json, or null where there is none. @param width number of features */
export async function readScaler(files: BundleFiles, width: number): Promise<Scaler | null> {
  const doc = await optionalDocument(files, SCALER_FILE);
  if (doc === undefined) return null;
  const { mean, scale } = doc.object();
  const scaler = { mean: doc.numbers(mean, 'mean'), scale: doc.numbers(scale, 'scale') };
  for (const key of ['mean', 'scale'] as const) {
    if (scaler[key].length !== width) {
      throw bundleError(
        'bundle-mismatch',
        doc.bundle,
        doc.file,
        `"${key}" has ${scaler[key].length} numbers, but ${FEATURES_FILE} names ${width} features.`,
      );
    }
  }
  const zero = scaler.scale.findIndex((x) => !(Math.abs(x) > 0));
  if (zero >= 0) {
    throw doc.bad(
      `"scale[${zero}]" is 0: dividing by it gives no number.`,
      'scikit-learn writes 1 for a constant feature; do the same, or leave the feature out.',
    );
  }
  return scaler;
}

/** Colours by class name as palette.json gives them; null where there is no such file. */
export async function readPalette(
  files: BundleFiles,
  classes: readonly string[],
): Promise<Map<string, string> | null> {
  const doc = await optionalDocument(files, PALETTE_FILE);
  if (doc === undefined) return null;
  const palette = new Map<string, string>();
  for (const [name, color] of Object.entries(doc.object())) {
    if (typeof color !== 'string' || !/^#[0-9a-f]{6}$/i.test(color)) {
      throw doc.bad(`the colour of "${name}" is ${JSON.stringify(color)}; write it as "#rrggbb".`);
    }
    if (!classes.includes(name)) {
      throw bundleError(
        'bundle-mismatch',
        doc.bundle,
        doc.file,
        `colours "${name}", which is not among the classes of ${LABELS_FILE}: ${quoteNames(classes, 12)}.`,
      );
    }
    palette.set(name, color.toLowerCase());
  }
  return palette;
}
