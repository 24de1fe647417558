/** A protobuf message in the making. Repeated numbers are packed. Source: protobuf.dev, "Encoding". */
export class ProtobufWriter {
  private bytes = new Uint8Array(256);
  private length = 0;

  /** @param value a whole number from 0 to 2^53 − 1 */
  int(field: number, value: number): this {
    this.reserve(20);
    this.varint(field * 8);
    this.varint(value);
    return this;
  }

  string(field: number, text: string): this {
    return this.raw(field, new TextEncoder().encode(text));
  }

  /** The same text for a repeated field is encoded once by whoever calls. */
  raw(field: number, value: Uint8Array): this {
    this.reserve(20 + value.length);
    this.varint(field * 8 + 2);
    this.varint(value.length);
    this.bytes.set(value, this.length);
    this.length += value.length;
    return this;
  }

  message(field: number, write: (message: ProtobufWriter) => void): this {
    const message = new ProtobufWriter();
    write(message);
    return this.raw(field, message.finish());
  }

  ints(field: number, values: ArrayLike<number>): this {
    const packed = new ProtobufWriter();
    packed.reserve(10 * values.length);
    for (let i = 0; i < values.length; i++) packed.varint(values[i]!);
    return this.raw(field, packed.finish());
  }

  /** Numbers are rounded to float32. */
  floats(field: number, values: ArrayLike<number>): this {
    const packed = new DataView(new ArrayBuffer(4 * values.length));
    for (let i = 0; i < values.length; i++) packed.setFloat32(4 * i, values[i]!, true);
    return this.raw(field, new Uint8Array(packed.buffer));
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  private varint(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`protobuf: ${value} as a varint`);
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 128)) this.bytes[this.length++] = (rest % 128) | 0x80;
    this.bytes[this.length++] = rest;
  }

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.bytes.length, this.length + count));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}
