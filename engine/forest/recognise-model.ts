import { fieldsOf } from './onnx/protobuf-reader.js';
import { topLevelKeys } from './json-keys.js';
import { isXgboostBinary } from './xgboost/old-binary.js';

export type ModelFormat =
  | 'xgboost-json'
  | 'xgboost-ubj'
  | 'xgboost-binary'
  | 'lightgbm-text'
  | 'catboost-json'
  | 'random-forest-json'
  | 'onnx';

/** A file that is not taken: what it is, to follow the file's name, and what to do. */
export interface Refusal {
  readonly what: string;
  readonly hint: string;
}

const SAVE_XGBOOST = 'Save it with booster.save_model("model.json").';
const SAVE_LIGHTGBM = 'Save it with booster.save_model("model.txt").';
const SAVE_CATBOOST = 'Save it with model.save_model("model.json", format="json").';
const TAKEN =
  'Taken are XGBoost JSON and UBJ, LightGBM text, CatBoost JSON, ONNX, and random forests as JSON (docs/ml-engineer.md).';

/** What a file is, by its content: names lie. */
export function recogniseModel(bytes: Uint8Array): ModelFormat | Refusal {
  if (bytes.length === 0) return { what: 'is empty.', hint: 'Was it copied whole?' };
  const known = SIGNATURES.find(({ is }) => is(bytes));
  if (known !== undefined) return known.format;
  const first = firstOfText(bytes);
  if (first === '{' || first === '[') return recogniseJson(bytes, first);
  if (isOnnx(bytes)) return 'onnx';
  return unknown(bytes);
}

interface Signature {
  readonly is: (bytes: Uint8Array) => boolean;
  readonly format: ModelFormat | Refusal;
}

/** Latin-1: a byte a character, so that bytes can be written as text. */
const head = (bytes: Uint8Array, from: number, count: number) =>
  Buffer.from(bytes.subarray(from, from + count)).toString('latin1');
const starts = (format: ModelFormat | Refusal, ...heads: string[]): Signature => ({
  is: (bytes) => heads.some((text) => head(bytes, 0, text.length) === text),
  format,
});

const PICKLE: Refusal = {
  what: 'is a Python pickle (joblib writes them too): reading one runs code, so it is not read.',
  hint: `Save the model in its own format, or to ONNX. ${SAVE_XGBOOST}`,
};
const PACKED: Refusal = {
  what: 'is compressed, as joblib, gzip, xz or bzip2 do it.',
  hint: 'Unpack it; of a joblib file, save the model in its own format: a pickle runs code and is not read.',
};

const SIGNATURES: readonly Signature[] = [
  starts('lightgbm-text', 'tree\n', 'tree\r\n'),
  // A name's length in UBJ stands where JSON has a quote.
  { is: (bytes) => /^\{[iUIlL]/.test(head(bytes, 0, 2)), format: 'xgboost-ubj' },
  starts({ what: "is CatBoost's binary format (.cbm).", hint: SAVE_CATBOOST }, 'CBM1'),
  { is: isXgboostBinary, format: 'xgboost-binary' },
  starts(PICKLE, '\x80\x02', '\x80\x03', '\x80\x04', '\x80\x05'),
  starts(
    PACKED,
    '\x78\x01',
    '\x78\x5e',
    '\x78\x9c',
    '\x78\xda',
    '\x1f\x8b',
    'BZh',
    '\xfd7zXZ',
    '\x04\x22\x4d\x18',
  ),
  starts(
    { what: 'is a ZIP archive, as PyTorch, Keras, skops and NumPy write them.', hint: TAKEN },
    'PK\x03\x04',
  ),
  starts({ what: 'is an HDF5 file, as Keras writes them.', hint: 'Export the model to ONNX.' }, '\x89HDF'),
  { is: (bytes) => head(bytes, 4, 4) === 'TFL3', format: { what: 'is a TensorFlow Lite model.', hint: 'Export the model to ONNX.' } }, // prettier-ignore
  starts({ what: "is XGBoost's text dump, which lacks the base score and the objective.", hint: SAVE_XGBOOST }, 'booster['), // prettier-ignore
  starts({ what: 'is a Git LFS pointer, not the file itself.', hint: 'Fetch it with git lfs pull.' }, 'version https://git-lfs'), // prettier-ignore
  {
    is: (bytes) => /^\s*(<\?xml|<PMML)/.test(head(bytes, 0, 64)),
    format: { what: 'is XML (PMML?).', hint: TAKEN },
  },
  { is: (bytes) => /^\s*<(!doctype )?html/i.test(head(bytes, 0, 64)), format: { what: 'is a web page.', hint: 'Was the download refused?' } }, // prettier-ignore
];

/** The first character of a text that is no white space; '' where the bytes do not look like text. */
function firstOfText(bytes: Uint8Array): string {
  return /^(?:\xef\xbb\xbf)?\s*([!-~])/.exec(head(bytes, 0, 4096))?.[1] ?? '';
}

/** Names that tell at once whose document it is. */
const TELLING: Readonly<Record<string, ModelFormat | Refusal>> = {
  learner: 'xgboost-json',
  features_info: 'catboost-json',
  oblivious_trees: 'catboost-json',
  scale_and_bias: 'catboost-json',
  tree_info: { what: "is LightGBM's JSON dump; its text format is taken.", hint: SAVE_LIGHTGBM },
};

function recogniseJson(bytes: Uint8Array, first: '{' | '['): ModelFormat | Refusal {
  if (first === '[') {
    return {
      what: "is a JSON list, as XGBoost's dump_model writes it, which lacks the base score.",
      hint: SAVE_XGBOOST,
    };
  }
  const keys: string[] = [];
  for (const key of topLevelKeys(bytes)) {
    if (Object.hasOwn(TELLING, key)) return TELLING[key]!;
    if (!keys.includes(key) && keys.length < 100) keys.push(key);
  }
  if (['classes', 'features', 'trees'].every((key) => keys.includes(key))) return 'random-forest-json';
  const shown = keys.slice(0, 6).map((key) => `"${key.slice(0, 40)}"`);
  const more = keys.length > shown.length ? ', …' : '';
  return {
    what: `is JSON of no model that we know${keys.length > 0 ? `: it has ${shown.join(', ')}${more}` : ''}.`,
    hint: TAKEN,
  };
}

/** onnx.proto: ModelProto.ir_version and ModelProto.graph. */
const IR_VERSION = 1;
const GRAPH = 7;

/** A protobuf message with a graph; or one that begins as an ONNX file does and breaks off. */
function isOnnx(bytes: Uint8Array): boolean {
  let begins = false;
  try {
    for (const field of fieldsOf(bytes)) {
      if (field.number === GRAPH && field.kind === 'bytes') return true;
      if (field.number === IR_VERSION && field.kind === 'varint')
        begins = field.value > 0 && field.value < 100;
    }
  } catch {
    return begins;
  }
  return false;
}

function unknown(bytes: Uint8Array): Refusal {
  const start = head(bytes, 0, 24);
  const what = /^[\t\n\r -~]*$/.test(start)
    ? `is text of no model that we know: it begins with ${JSON.stringify(start)}.`
    : `is of no format that we know: it begins with the bytes ${Buffer.from(bytes.subarray(0, 8))
        .toString('hex')
        .replace(/(..)(?=.)/g, '$1 ')}.`;
  return { what, hint: TAKEN };
}
