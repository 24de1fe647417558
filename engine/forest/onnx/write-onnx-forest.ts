import type { Forest } from '../forest.js';
import { modelError } from '../model-error.js';
import {
  ATTRIBUTE,
  ATTRIBUTE_TYPE,
  DATA_TYPE,
  DIMENSION,
  GRAPH,
  ML_DOMAIN,
  MODEL,
  NODE,
  OPSET,
  SHAPE,
  TENSOR,
  TENSOR_TYPE,
  TYPE,
  VALUE_INFO,
} from './onnx-fields.js';
import { ProtobufWriter } from './protobuf-writer.js';
import { regressorOf } from './tree-attributes.js';
import type { RegressorAttributes } from './tree-attributes.js';

/** What ONNX Runtime 1.17 loads as well as today's; Softmax means one axis from 13 on. */
const IR_VERSION = 8;
const OPSETS = { '': 15, [ML_DOMAIN]: 3 };

/**
 * A forest as ONNX: float32 `features` [N, columns] in, float32 `probabilities` [N, classes] out. The same forest gives the
 * same bytes.
 *
 * The trees are a TreeEnsembleRegressor with operators of their own for the link, not a TreeEnsembleClassifier: with two
 * classes, what ONNX Runtime's classifier gives depends on the signs of the weights and on the number of base values (a
 * LOGISTIC of weights that are all positive is left out, for one), and other runtimes read the specification otherwise.
 * The base is an Add of its own because ONNX Runtime does not give base_values to a target that no leaf adds to.
 *
 * Leaves and base are rounded to float32. Throws `model-unsupported` where one of them is beyond its range.
 * @param name of the graph, for people
 */
export function writeOnnxForest(forest: Forest, name: string): Uint8Array {
  const trees = regressorOf(forest);
  const base = Float32Array.from(forest.base);
  if (![trees.target_weights, base].every((numbers) => numbers.every(Number.isFinite))) {
    throw modelError('model-unsupported', name, '', 'a leaf holds a number that is too large for float32.');
  }
  const model = new ProtobufWriter().int(MODEL.irVersion, IR_VERSION).string(MODEL.producerName, 'geocrop');
  for (const [domain, version] of Object.entries(OPSETS)) {
    model.message(MODEL.opsetImport, (opset) =>
      opset.string(OPSET.domain, domain).int(OPSET.version, version),
    );
  }
  return model.message(MODEL.graph, (graph) => writeGraph(graph, forest, trees, base, name)).finish();
}

function writeGraph(
  graph: ProtobufWriter,
  forest: Forest,
  trees: RegressorAttributes,
  base: Float32Array,
  name: string,
): void {
  const scores = forest.link === 'identity' ? 'probabilities' : 'scores';
  const hasBase = base.some((x) => x !== 0);
  graph.message(GRAPH.node, (node) => writeTrees(node, trees, hasBase ? 'sums' : scores));
  const op = (type: string, inputs: readonly string[], output: string, axis?: number) =>
    graph.message(GRAPH.node, (node) => {
      for (const input of inputs) node.string(NODE.input, input);
      node.string(NODE.output, output).string(NODE.opType, type);
      if (axis !== undefined) writeAttribute(node, 'axis', axis);
    });
  if (hasBase) op('Add', ['sums', 'base'], scores);
  if (forest.link === 'softmax') op('Softmax', [scores], 'probabilities', 1);
  if (forest.link === 'logistic') {
    // σ(−s) and not 1 − σ(s), which would round a small probability away.
    op('Neg', [scores], 'opposite');
    op('Concat', ['opposite', scores], 'both', 1);
    op('Sigmoid', ['both'], 'probabilities');
  }
  graph.string(GRAPH.name, name);
  if (hasBase) {
    graph.message(GRAPH.initializer, (tensor) =>
      tensor
        .int(TENSOR.dims, base.length)
        .int(TENSOR.dataType, DATA_TYPE.float)
        .floats(TENSOR.rawData, base)
        .string(TENSOR.name, 'base'),
    );
  }
  graph.message(GRAPH.input, (input) => writeMatrix(input, 'features', forest.columns));
  graph.message(GRAPH.output, (output) => writeMatrix(output, 'probabilities', forest.classes));
}

function writeTrees(node: ProtobufWriter, trees: RegressorAttributes, output: string): void {
  node
    .string(NODE.input, 'features')
    .string(NODE.output, output)
    .string(NODE.opType, 'TreeEnsembleRegressor');
  for (const [name, value] of Object.entries<AttributeValue>({ ...trees })) writeAttribute(node, name, value);
  node.string(NODE.domain, ML_DOMAIN);
}

/** A number, a text, or a list: Float32Array of floats, Int32Array of ints, an array of strings. */
type AttributeValue = number | string | Float32Array | Int32Array | readonly string[];

function writeAttribute(node: ProtobufWriter, name: string, value: AttributeValue): void {
  node.message(NODE.attribute, (attribute) => {
    attribute.string(ATTRIBUTE.name, name);
    if (typeof value === 'number') attribute.int(ATTRIBUTE.i, value).int(ATTRIBUTE.type, ATTRIBUTE_TYPE.int);
    else if (typeof value === 'string') {
      attribute.string(ATTRIBUTE.s, value).int(ATTRIBUTE.type, ATTRIBUTE_TYPE.string);
    } else if (value instanceof Float32Array) {
      attribute.floats(ATTRIBUTE.floats, value).int(ATTRIBUTE.type, ATTRIBUTE_TYPE.floats);
    } else if (value instanceof Int32Array) {
      attribute.ints(ATTRIBUTE.ints, value).int(ATTRIBUTE.type, ATTRIBUTE_TYPE.ints);
    } else {
      const encoded = new Map([...new Set(value)].map((text) => [text, new TextEncoder().encode(text)]));
      for (const text of value) attribute.raw(ATTRIBUTE.strings, encoded.get(text)!);
      attribute.int(ATTRIBUTE.type, ATTRIBUTE_TYPE.strings);
    }
  });
}

/** A float32 matrix of any number of rows. */
function writeMatrix(info: ProtobufWriter, name: string, columns: number): void {
  info
    .string(VALUE_INFO.name, name)
    .message(VALUE_INFO.type, (type) =>
      type.message(TYPE.tensor, (tensor) =>
        tensor
          .int(TENSOR_TYPE.elemType, DATA_TYPE.float)
          .message(TENSOR_TYPE.shape, (shape) =>
            shape
              .message(SHAPE.dim, (rows) => rows.string(DIMENSION.param, 'N'))
              .message(SHAPE.dim, (dimension) => dimension.int(DIMENSION.value, columns)),
          ),
      ),
    );
}
