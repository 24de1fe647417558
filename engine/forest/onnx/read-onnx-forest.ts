import type { ImportedModel } from '../forest.js';
import { modelError } from '../model-error.js';
import { forestOfColumns } from './forest-of-columns.js';
import { graphValues } from './graph-values.js';
import { DATA_TYPE } from './onnx-fields.js';
import { readOnnxModel } from './onnx-graph.js';
import type { OnnxModel } from './onnx-graph.js';
import { ProtobufError } from './protobuf-reader.js';
import type { ScoreColumns } from './score-columns.js';
import { TreeProblem } from './tree-nodes.js';

/** An ONNX file that is no forest, or one that ours cannot hold: a clause that begins with a lower-case letter, no full stop. */
export interface UnsupportedOnnx {
  readonly unsupported: string;
}

/**
 * Reads the tree ensemble out of an ONNX file, as skl2onnx, onnxmltools, CatBoost and {@link writeOnnxForest} write them:
 * trees, then constants, softmax, sigmoid and the like around them. The forest gives the probabilities that ONNX Runtime gives.
 *
 * Throws GeoCropError `model-malformed` where the file is broken or its trees are none, `model-too-large` where they are more
 * than FOREST_LIMITS.
 */
export function readOnnxForest(model: Uint8Array, file: string): ImportedModel | UnsupportedOnnx {
  try {
    return readForest(readOnnxModel(model), file);
  } catch (error) {
    if (error instanceof ProtobufError) {
      const place = error.offset > 0 ? `byte ${error.offset - model.byteOffset}` : '';
      throw modelError('model-malformed', file, place, `is not an ONNX file: ${error.message}.`, {
        hint: 'Was it copied whole?',
        cause: error,
      });
    }
    if (error instanceof TreeProblem) throw modelError('model-malformed', file, error.place, error.message);
    throw error;
  }
}

function readForest(model: OnnxModel, file: string): ImportedModel | UnsupportedOnnx {
  if (model.nodes.length === 0 || model.outputs.length === 0) {
    throw modelError('model-malformed', file, '', 'is not an ONNX file: it has no graph.');
  }
  if (model.functionNodes.length > 0) return { unsupported: 'it defines functions of its own' };
  const [input, ...others] = model.inputs;
  if (input === undefined || others.length > 0)
    return { unsupported: `it has ${model.inputs.length} inputs` };
  if (input.dataType !== DATA_TYPE.float) return { unsupported: 'its input is not float32' };
  const columns = input.shape[1];
  if (input.shape.length !== 2 || columns === undefined || columns === null) {
    return { unsupported: 'its input does not say how many columns it has' };
  }
  const scores = probabilitiesOf(model);
  if ('unsupported' in scores) return scores;
  const forest = forestOfColumns(scores, columns, file);
  if ('reason' in forest) return { unsupported: forest.reason };
  return {
    forest,
    format: model.producer === '' ? 'ONNX' : `ONNX by ${model.producer}`,
    featureNames: null,
    classNames: scores.classNames,
  };
}

/** The output that is scores; the one called like probabilities where there are several. */
function probabilitiesOf(model: OnnxModel): ScoreColumns | UnsupportedOnnx {
  const values = graphValues(model);
  const named = model.outputs.filter(({ name }) => /prob/i.test(name));
  const candidates = (named.length > 0 ? named : model.outputs).map(({ name }) => values.get(name));
  const [scores, ...more] = candidates.filter((value) => value?.kind === 'scores');
  if (scores !== undefined && more.length === 0) return scores;
  if (scores !== undefined) return { unsupported: 'several of its outputs could be the probabilities' };
  const reason = candidates.findLast((value) => value?.kind === 'opaque')?.reason;
  return { unsupported: reason ?? 'none of its outputs comes from a tree ensemble' };
}
