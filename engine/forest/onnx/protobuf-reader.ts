/** One field of a protobuf message: a varint as a number, bytes as they are. Source: protobuf.dev, "Encoding". */
export type ProtobufField =
  | { readonly number: number; readonly kind: 'varint'; readonly value: number }
  | { readonly number: number; readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly number: number; readonly kind: 'fixed'; readonly value: Uint8Array };

/** Bytes that are no protobuf, or not the one they should be. */
export class ProtobufError extends RangeError {
  /** @param offset in the buffer that the message's array lies in */
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

/** The fields of a message in their order. Throws ProtobufError where the bytes end too soon or are no protobuf. */
export function* fieldsOf(message: Uint8Array): Generator<ProtobufField> {
  const cursor = { at: 0 };
  while (cursor.at < message.length) {
    const tag = varint(message, cursor);
    const number = Math.floor(tag / 8);
    const wire = tag % 8;
    if (number === 0) {
      throw new ProtobufError(`protobuf: field 0 before byte ${cursor.at}`, message.byteOffset + cursor.at);
    }
    if (wire === 0) {
      yield { number, kind: 'varint', value: varint(message, cursor) };
      continue;
    }
    const start = cursor.at;
    let length: number;
    if (wire === 1) length = 8;
    else if (wire === 5) length = 4;
    else if (wire === 2) length = varint(message, cursor);
    else throw new ProtobufError(`protobuf: wire type ${wire} at byte ${start}`, message.byteOffset + start);
    if (length < 0 || cursor.at + length > message.length) {
      throw new ProtobufError(
        `protobuf: a field of ${length} bytes at byte ${cursor.at} of ${message.length}`,
        message.byteOffset + cursor.at,
      );
    }
    const value = message.subarray(cursor.at, cursor.at + length);
    cursor.at += length;
    yield { number, kind: wire === 2 ? 'bytes' : 'fixed', value };
  }
}

/** Adds what a field of a repeated integer holds, one or packed. */
export function pushInts(values: number[], field: ProtobufField): void {
  if (field.kind === 'varint') values.push(field.value);
  else if (field.kind === 'bytes') {
    const bytes = field.value;
    const cursor = { at: 0 };
    while (cursor.at < bytes.length) {
      const byte = bytes[cursor.at]!;
      if (byte < 0x80) {
        values.push(byte);
        cursor.at++;
      } else values.push(varint(bytes, cursor));
    }
  } else throw new ProtobufError('protobuf: a fixed number for a varint', field.value.byteOffset);
}

/** Adds what a field of a repeated float or double holds, one or packed. */
export function pushFloats(values: number[], field: ProtobufField, bytesEach: 4 | 8 = 4): void {
  if (field.kind === 'varint' || field.value.length % bytesEach !== 0) {
    const offset = field.kind === 'varint' ? 0 : field.value.byteOffset;
    throw new ProtobufError(`protobuf: numbers that are not ${bytesEach} bytes each`, offset);
  }
  const { buffer, byteOffset, length } = field.value;
  const view = new DataView(buffer, byteOffset, length);
  for (let at = 0; at < length; at += bytesEach) {
    values.push(bytesEach === 4 ? view.getFloat32(at, true) : view.getFloat64(at, true));
  }
}

const UTF_8 = new TextDecoder();

export function textOf(field: ProtobufField): string {
  return field.kind === 'bytes' ? UTF_8.decode(field.value) : '';
}

/** An int64; beyond 2^53 it is rounded, which keeps its sign and size. */
function varint(bytes: Uint8Array, cursor: { at: number }): number {
  const start = cursor.at;
  let value = 0;
  for (let i = 0, unit = 1; i < 10; i++, unit *= 128) {
    const byte = bytes[start + i];
    if (byte === undefined) {
      throw new ProtobufError(
        `protobuf: a number that does not end at byte ${start}`,
        bytes.byteOffset + start,
      );
    }
    value += (byte & 0x7f) * unit;
    if (byte < 0x80) {
      cursor.at = start + i + 1;
      return value >= 2 ** 63 ? value - 2 ** 64 : value;
    }
  }
  throw new ProtobufError(
    `protobuf: a number of more than 10 bytes at byte ${start}`,
    bytes.byteOffset + start,
  );
}
