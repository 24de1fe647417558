/** One field of a protobuf message: a varint as a number, bytes as they are. Source: protobuf.dev, "Encoding". */
export type ProtobufField =
  | { readonly number: number; readonly kind: 'varint'; readonly value: number }
  | { readonly number: number; readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly number: number; readonly kind: 'fixed'; readonly value: Uint8Array };

/** The fields of a message in their order. Throws RangeError where the bytes end too soon or are no protobuf. */
export function* fieldsOf(message: Uint8Array): Generator<ProtobufField> {
  let at = 0;
  while (at < message.length) {
    const tag = varint(message, at);
    at = tag.end;
    const number = Math.floor(tag.value / 8);
    const wire = tag.value % 8;
    if (wire === 0) {
      const { value, end } = varint(message, at);
      at = end;
      yield { number, kind: 'varint', value };
      continue;
    }
    let length: number;
    if (wire === 1) length = 8;
    else if (wire === 5) length = 4;
    else if (wire === 2) {
      const size = varint(message, at);
      at = size.end;
      length = size.value;
    } else throw new RangeError(`protobuf: wire type ${wire} at byte ${at}`);
    if (length < 0 || at + length > message.length) {
      throw new RangeError(`protobuf: a field of ${length} bytes at byte ${at} of ${message.length}`);
    }
    const value = message.subarray(at, at + length);
    at += length;
    yield { number, kind: wire === 2 ? 'bytes' : 'fixed', value };
  }
}

/** The varints of a packed repeated field. */
export function packedVarints(bytes: Uint8Array): number[] {
  const values: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const { value, end } = varint(bytes, at);
    values.push(value);
    at = end;
  }
  return values;
}

/** An int64; beyond 2^53 it is rounded, which keeps its sign and size. */
function varint(bytes: Uint8Array, start: number): { value: number; end: number } {
  let value = 0;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) throw new RangeError(`protobuf: a number that does not end at byte ${start}`);
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value: value >= 2 ** 63 ? value - 2 ** 64 : value, end: start + i + 1 };
  }
  throw new RangeError(`protobuf: a number of more than 10 bytes at byte ${start}`);
}
