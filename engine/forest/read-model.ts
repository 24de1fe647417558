import { readCatboostJson } from './catboost/read-catboost-json.js';
import type { ImportedModel } from './forest.js';
import { readLightgbmText } from './lightgbm/read-lightgbm-text.js';
import { modelError } from './model-error.js';
import type { UnsupportedOnnx } from './onnx/read-onnx-forest.js';
import { readOnnxForest } from './onnx/read-onnx-forest.js';
import { readRandomForestJson } from './random-forest/read-random-forest-json.js';
import type { ModelFormat } from './recognise-model.js';
import { recogniseModel } from './recognise-model.js';
import { readXgboostJson, readXgboostUbj } from './xgboost/read-xgboost.js';

type Reader = (bytes: Uint8Array, file: string) => ImportedModel | UnsupportedOnnx;

const READERS: Readonly<Record<ModelFormat, Reader>> = {
  'xgboost-json': readXgboostJson,
  'xgboost-ubj': readXgboostUbj,
  // Refused there, with what to do.
  'xgboost-binary': readXgboostJson,
  'lightgbm-text': readLightgbmText,
  'catboost-json': readCatboostJson,
  'random-forest-json': readRandomForestJson,
  onnx: readOnnxForest,
};

/**
 * A trainer's file as a forest. Its format is recognised by its content, not by its name.
 * @param file the name to use in errors. Throws GeoCropError `model-malformed`, `model-unsupported` or `model-too-large`
 */
export function readModelFile(bytes: Uint8Array, file: string): ImportedModel | UnsupportedOnnx {
  const format = recogniseModel(bytes);
  if (typeof format !== 'string') {
    throw modelError('model-unsupported', file, '', format.what, { hint: format.hint });
  }
  return READERS[format](bytes, file);
}
