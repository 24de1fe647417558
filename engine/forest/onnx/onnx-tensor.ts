import { DATA_TYPE, TENSOR } from './onnx-fields.js';
import { fieldsOf, pushFloats, pushInts } from './protobuf-reader.js';
import type { ProtobufField } from './protobuf-reader.js';

export interface OnnxTensor {
  /** As onnx.proto numbers it. */
  readonly dataType: number;
  readonly shape: readonly number[];
  /** Row-major; empty for types other than float, double, uint8 and int64, and where they lie in another file. */
  readonly values: readonly number[];
}

/** Throws ProtobufError where the bytes are no protobuf. */
export function readTensor(message: Uint8Array): OnnxTensor {
  let dataType = 0;
  let raw: ProtobufField | null = null;
  const shape: number[] = [];
  const values: number[] = [];
  for (const field of fieldsOf(message)) {
    if (field.number === TENSOR.dims) pushInts(shape, field);
    else if (field.number === TENSOR.dataType && field.kind === 'varint') dataType = field.value;
    else if (field.number === TENSOR.floatData) pushFloats(values, field);
    else if (field.number === TENSOR.doubleData) pushFloats(values, field, 8);
    else if (field.number === TENSOR.int32Data || field.number === TENSOR.int64Data) pushInts(values, field);
    else if (field.number === TENSOR.rawData) raw = field;
  }
  if (raw?.kind === 'bytes') {
    if (dataType === DATA_TYPE.float) pushFloats(values, raw);
    else if (dataType === DATA_TYPE.double) pushFloats(values, raw, 8);
    else if (dataType === DATA_TYPE.uint8) for (const byte of raw.value) values.push(byte);
    else if (dataType === DATA_TYPE.int64) pushInt64s(values, raw.value);
  }
  return { dataType, shape, values };
}

function pushInt64s(values: number[], { buffer, byteOffset, length }: Uint8Array): void {
  const view = new DataView(buffer, byteOffset, length);
  for (let at = 0; at + 8 <= length; at += 8) values.push(Number(view.getBigInt64(at, true)));
}
