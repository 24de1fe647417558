import {
  ATTRIBUTE,
  ATTRIBUTE_TYPE,
  DATA_TYPE,
  DIMENSION,
  GRAPH,
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

/** An ONNX file to be written: matrices of float32 with any number of rows in and out. */
export interface OnnxPlan {
  /** Of the graph, for people. */
  readonly name: string;
  readonly opsets: Readonly<Record<string, number>>;
  readonly input: OnnxMatrix;
  readonly outputs: readonly OnnxMatrix[];
  readonly constants: readonly OnnxConstant[];
  /** In the order of their inputs. */
  readonly nodes: readonly OnnxStep[];
}

export interface OnnxMatrix {
  readonly name: string;
  readonly columns: number;
}

/** A vector. */
export interface OnnxConstant {
  readonly name: string;
  readonly values: Float32Array;
}

export interface OnnxStep {
  readonly op: string;
  /** ONNX's own operators where it is not given. */
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttributeValue | undefined>>;
}

/** A number, a text, or a list: Float32Array of floats, Int32Array of ints, an array of strings; bytes: a uint8 tensor. */
export type OnnxAttributeValue =
  | number
  | string
  | Float32Array
  | Int32Array
  | readonly string[]
  | { readonly tensor: Float32Array | Uint8Array };

/** The oldest that has what we use: ONNX Runtime 1.17 loads it as well as today's. */
const IR_VERSION = 8;

/** The same plan gives the same bytes. */
export function writeOnnxModel(plan: OnnxPlan): Uint8Array {
  const model = new ProtobufWriter().int(MODEL.irVersion, IR_VERSION).string(MODEL.producerName, 'geocrop');
  for (const [domain, version] of Object.entries(plan.opsets)) {
    model.message(MODEL.opsetImport, (opset) =>
      opset.string(OPSET.domain, domain).int(OPSET.version, version),
    );
  }
  return model.message(MODEL.graph, (graph) => writeGraph(graph, plan)).finish();
}

function writeGraph(graph: ProtobufWriter, { name, input, outputs, constants, nodes }: OnnxPlan): void {
  for (const node of nodes) graph.message(GRAPH.node, (message) => writeNode(message, node));
  graph.string(GRAPH.name, name);
  for (const constant of constants) {
    graph.message(GRAPH.initializer, (tensor) =>
      writeVector(tensor, constant.values).string(TENSOR.name, constant.name),
    );
  }
  graph.message(GRAPH.input, (message) => writeMatrix(message, input));
  for (const output of outputs) graph.message(GRAPH.output, (message) => writeMatrix(message, output));
}

function writeNode(node: ProtobufWriter, { op, domain, inputs, outputs, attributes }: OnnxStep): void {
  for (const input of inputs) node.string(NODE.input, input);
  for (const output of outputs) node.string(NODE.output, output);
  node.string(NODE.opType, op);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value !== undefined) {
      node.message(NODE.attribute, (attribute) => writeValue(attribute.string(ATTRIBUTE.name, name), value));
    }
  }
  if (domain !== undefined) node.string(NODE.domain, domain);
}

function writeValue(attribute: ProtobufWriter, value: OnnxAttributeValue): void {
  const type = (code: number) => attribute.int(ATTRIBUTE.type, code);
  if (typeof value === 'number') {
    attribute.int(ATTRIBUTE.i, value);
    type(ATTRIBUTE_TYPE.int);
  } else if (typeof value === 'string') {
    attribute.string(ATTRIBUTE.s, value);
    type(ATTRIBUTE_TYPE.string);
  } else if (value instanceof Float32Array) {
    attribute.floats(ATTRIBUTE.floats, value);
    type(ATTRIBUTE_TYPE.floats);
  } else if (value instanceof Int32Array) {
    attribute.ints(ATTRIBUTE.ints, value);
    type(ATTRIBUTE_TYPE.ints);
  } else if ('tensor' in value) {
    attribute.message(ATTRIBUTE.t, (tensor) => writeVector(tensor, value.tensor));
    type(ATTRIBUTE_TYPE.tensor);
  } else {
    // Few texts many times: each is encoded once.
    const encoded = new Map([...new Set(value)].map((text) => [text, new TextEncoder().encode(text)]));
    for (const text of value) attribute.raw(ATTRIBUTE.strings, encoded.get(text)!);
    type(ATTRIBUTE_TYPE.strings);
  }
}

function writeVector(tensor: ProtobufWriter, values: Float32Array | Uint8Array): ProtobufWriter {
  const isFloat = values instanceof Float32Array;
  tensor.int(TENSOR.dims, values.length).int(TENSOR.dataType, isFloat ? DATA_TYPE.float : DATA_TYPE.uint8);
  return isFloat ? tensor.floats(TENSOR.rawData, values) : tensor.raw(TENSOR.rawData, values);
}

function writeMatrix(info: ProtobufWriter, { name, columns }: OnnxMatrix): void {
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
