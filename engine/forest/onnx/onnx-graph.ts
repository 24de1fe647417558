import {
  ATTRIBUTE,
  DIMENSION,
  FUNCTION,
  GRAPH,
  MODEL,
  NODE,
  SHAPE,
  TENSOR,
  TENSOR_TYPE,
  TYPE,
  VALUE_INFO,
} from './onnx-fields.js';
import { ProtobufError, fieldsOf, pushFloats, pushInts, textOf } from './protobuf-reader.js';
import type { ProtobufField } from './protobuf-reader.js';

/** What is used of an ONNX file. */
export interface OnnxModel {
  /** Who wrote it: `skl2onnx 1.20.0`; '' where it does not say. */
  readonly producer: string;
  readonly nodes: readonly OnnxNode[];
  /** Of functions that the file defines itself. */
  readonly functionNodes: readonly OnnxNode[];
  /** TensorProto messages (onnx-tensor.ts). */
  readonly constants: ReadonlyMap<string, Uint8Array>;
  /** Without those that are constants. */
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

export interface OnnxNode {
  readonly op: string;
  /** '' for ONNX's own operators. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: OnnxAttributes;
}

export type OnnxAttributes = ReadonlyMap<string, OnnxAttribute>;

/** Only what the file gives is filled. */
export interface OnnxAttribute {
  int: number | null;
  string: string | null;
  /** A TensorProto message (onnx-tensor.ts). */
  tensor: Uint8Array | null;
  /** GraphProto messages, as of If and Loop. */
  readonly graphs: Uint8Array[];
  readonly ints: number[];
  readonly floats: number[];
  readonly strings: string[];
}

export interface OnnxValue {
  readonly name: string;
  /** As onnx.proto numbers it; null where it is no tensor. */
  readonly dataType: number | null;
  /** null in place of a dimension that the file leaves open. */
  readonly shape: readonly (number | null)[];
}

/** Throws ProtobufError where the bytes are no protobuf. */
export function readOnnxModel(bytes: Uint8Array): OnnxModel {
  const graphs: Uint8Array[] = [];
  const functionNodes: OnnxNode[] = [];
  let producer = '';
  let version = '';
  for (const field of fieldsOf(bytes)) {
    if (field.number === MODEL.producerName) producer = textOf(field);
    else if (field.number === MODEL.producerVersion) {
      // CatBoost tells all of its build.
      version = /\d+(\.\d+)+/.exec(textOf(field))?.[0] ?? '';
    } else if (field.number === MODEL.graph && field.kind === 'bytes') graphs.push(field.value);
    else if (field.number === MODEL.functions && field.kind === 'bytes') {
      for (const node of nodesOf(field.value, FUNCTION.node)) functionNodes.push(node);
    }
  }
  // Protobuf merges a message that comes in parts.
  const graph = graphs.length === 1 ? graphs[0]! : new Uint8Array(Buffer.concat(graphs));
  const constants = new Map<string, Uint8Array>();
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  for (const field of fieldsOf(graph)) {
    if (field.kind !== 'bytes') continue;
    if (field.number === GRAPH.input) inputs.push(readValue(field.value));
    else if (field.number === GRAPH.output) outputs.push(readValue(field.value));
    else if (field.number === GRAPH.initializer) constants.set(tensorName(field.value), field.value);
  }
  return {
    producer: [producer, version].join(' ').trim(),
    nodes: [...nodesOf(graph, GRAPH.node)],
    functionNodes,
    constants,
    inputs: inputs.filter(({ name }) => !constants.has(name)),
    outputs,
  };
}

/** The nodes of a graph or, by another field, of a function. */
export function* nodesOf(message: Uint8Array, number: number = GRAPH.node): Generator<OnnxNode> {
  for (const field of fieldsOf(message)) {
    if (field.number === number && field.kind === 'bytes') yield readNode(field.value);
  }
}

function readNode(message: Uint8Array): OnnxNode {
  let op = '';
  let domain = '';
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, OnnxAttribute>();
  for (const field of fieldsOf(message)) {
    if (field.number === NODE.opType) op = textOf(field);
    else if (field.number === NODE.domain) domain = textOf(field);
    else if (field.number === NODE.input) inputs.push(textOf(field));
    else if (field.number === NODE.output) outputs.push(textOf(field));
    else if (field.number === NODE.attribute && field.kind === 'bytes') {
      const [name, attribute] = readAttribute(field.value);
      if (attributes.has(name))
        throw new ProtobufError(`attribute ${name} is there twice`, field.value.byteOffset);
      attributes.set(name, attribute);
    }
  }
  return { op, domain, inputs, outputs, attributes };
}

function readAttribute(message: Uint8Array): [string, OnnxAttribute] {
  let name = '';
  const attribute: OnnxAttribute = {
    int: null,
    string: null,
    tensor: null,
    graphs: [],
    ints: [],
    floats: [],
    strings: [],
  };
  for (const field of fieldsOf(message)) {
    if (field.number === ATTRIBUTE.ints) pushInts(attribute.ints, field);
    else if (field.number === ATTRIBUTE.floats) pushFloats(attribute.floats, field);
    else if (field.number === ATTRIBUTE.strings) attribute.strings.push(textOf(field));
    else if (field.number === ATTRIBUTE.name) name = textOf(field);
    else if (field.number === ATTRIBUTE.i && field.kind === 'varint') attribute.int = field.value;
    else if (field.number === ATTRIBUTE.s) attribute.string = textOf(field);
    else if ((field.number === ATTRIBUTE.g || field.number === ATTRIBUTE.graphs) && field.kind === 'bytes') {
      attribute.graphs.push(field.value);
    } else if (field.number === ATTRIBUTE.t && field.kind === 'bytes') attribute.tensor = field.value;
  }
  return [name, attribute];
}

function tensorName(message: Uint8Array): string {
  const field = last(message, TENSOR.name);
  return field === null ? '' : textOf(field);
}

function readValue(message: Uint8Array): OnnxValue {
  const name = last(message, VALUE_INFO.name);
  const type = last(message, VALUE_INFO.type);
  const tensor = type?.kind === 'bytes' ? last(type.value, TYPE.tensor) : null;
  const dataType = tensor?.kind === 'bytes' ? last(tensor.value, TENSOR_TYPE.elemType) : null;
  const shape = tensor?.kind === 'bytes' ? last(tensor.value, TENSOR_TYPE.shape) : null;
  return {
    name: name === null ? '' : textOf(name),
    dataType: dataType?.kind === 'varint' ? dataType.value : null,
    shape: shape?.kind === 'bytes' ? dimensionsOf(shape.value) : [],
  };
}

function dimensionsOf(shape: Uint8Array): (number | null)[] {
  const dimensions: (number | null)[] = [];
  for (const field of fieldsOf(shape)) {
    if (field.number !== SHAPE.dim || field.kind !== 'bytes') continue;
    const size = last(field.value, DIMENSION.value);
    // Some exporters write 0, others −1 where the number of rows is open.
    dimensions.push(size?.kind === 'varint' && size.value > 0 ? size.value : null);
  }
  return dimensions;
}

/** A field that is not repeated: the last one counts. */
function last(message: Uint8Array, number: number): ProtobufField | null {
  let found: ProtobufField | null = null;
  for (const field of fieldsOf(message)) if (field.number === number) found = field;
  return found;
}
