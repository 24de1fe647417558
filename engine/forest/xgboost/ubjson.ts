import { FOREST_LIMITS } from '../forest.js';
import { modelError } from '../model-error.js';

/** Deeper than any model: XGBoost's own files have nine levels. */
const MAX_DEPTH = 64;

/** Values of a list: more than the nodes of the largest forest, which has a leaf more than it has branches. */
const MAX_VALUES = 2 * FOREST_LIMITS.nodes + 1;

const CODE = (letter: string): number => letter.charCodeAt(0);
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = ['{', '}', '[', ']'].map(CODE);
const [TYPE, COUNT, NOTHING] = ['$', '#', 'N'].map(CODE);

interface NumberType {
  readonly bytes: number;
  readonly read: (view: DataView, at: number) => number;
}

/** By the letter of the type; all big-endian. `l`, `i`, `U`, `I` and `L` are integers and may stand for lengths. */
const NUMBERS: ReadonlyMap<number, NumberType> = new Map(
  Object.entries({
    i: { bytes: 1, read: (view: DataView, at: number) => view.getInt8(at) },
    U: { bytes: 1, read: (view: DataView, at: number) => view.getUint8(at) },
    I: { bytes: 2, read: (view: DataView, at: number) => view.getInt16(at) },
    l: { bytes: 4, read: (view: DataView, at: number) => view.getInt32(at) },
    // Beyond 2^53 it is rounded; no length and no node id is.
    L: { bytes: 8, read: (view: DataView, at: number) => Number(view.getBigInt64(at)) },
    d: { bytes: 4, read: (view: DataView, at: number) => view.getFloat32(at) },
    D: { bytes: 8, read: (view: DataView, at: number) => view.getFloat64(at) },
  } satisfies Record<string, NumberType>).map(([letter, type]) => [CODE(letter), type]),
);

/**
 * The value in a Universal Binary JSON document: objects, lists, texts, numbers, booleans and null as in JSON. Nothing is
 * allocated before its bytes are known to be there.
 * Sources: ubjson.org, draft 12; XGBoost's UBJReader and UBJWriter (src/common/json.cc), which use `{`, `[`, `[#`, `[$x#`, `S`,
 * `C`, `T`, `F`, `Z` and the numbers. Of the draft, high-precision numbers (`H`) and typed objects (`{$`) are left out.
 * @param file for errors: `model-malformed` and `model-too-large`, which name the byte
 */
export function readUbjson(bytes: Uint8Array, file: string): unknown {
  return new UbjsonReader(bytes, file).document();
}

class UbjsonReader {
  private readonly view: DataView;
  private readonly utf8 = new TextDecoder('utf-8', { fatal: true });
  private at = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly file: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  document(): unknown {
    const value = this.value(0);
    if (this.at < this.bytes.length) this.fail(`goes on after its end for ${this.left} bytes.`);
    return value;
  }

  private get left(): number {
    return this.bytes.length - this.at;
  }

  private value(depth: number): unknown {
    const start = this.at;
    const type = this.byte();
    if (type === OPEN_OBJECT) return this.object(depth + 1);
    if (type === OPEN_ARRAY) return this.array(depth + 1);
    return this.scalar(type, start);
  }

  private scalar(type: number, start: number): unknown {
    const number = NUMBERS.get(type);
    if (number !== undefined) return this.number(number);
    switch (String.fromCharCode(type)) {
      case 'S':
        return this.text();
      case 'C':
        return String.fromCharCode(this.byte());
      case 'T':
        return true;
      case 'F':
        return false;
      case 'Z':
        return null;
      default:
        return this.fail(`has no such type of value: ${quoted(type)}.`, start);
    }
  }

  private object(depth: number): Record<string, unknown> {
    this.checkDepth(depth);
    // No prototype: a key may be called __proto__.
    const object = Object.create(null) as Record<string, unknown>;
    if (this.peek() === TYPE) this.fail('has an object whose values share a type, which no XGBoost writes.');
    if (this.peek() === COUNT) {
      this.at++;
      const count = this.length('an object', 3);
      for (let i = 0; i < count; i++) object[this.text()] = this.value(depth);
      return object;
    }
    while (this.peek() !== CLOSE_OBJECT) {
      if (this.peek() === NOTHING) this.at++;
      else object[this.text()] = this.value(depth);
    }
    this.at++;
    return object;
  }

  private array(depth: number): unknown[] {
    this.checkDepth(depth);
    let type: NumberType | undefined;
    if (this.peek() === TYPE) {
      this.at++;
      const start = this.at;
      const letter = this.byte();
      type = NUMBERS.get(letter);
      if (type === undefined) this.fail(`has a list of ${quoted(letter)}, not of numbers.`, start);
      if (this.peek() !== COUNT) this.fail('has a typed list without a length.');
    }
    if (this.peek() === COUNT) {
      this.at++;
      const count = this.length('a list', type?.bytes ?? 1);
      if (count > MAX_VALUES) this.tooLarge(count);
      const values: unknown[] = [];
      for (let i = 0; i < count; i++) values.push(type === undefined ? this.value(depth) : this.number(type));
      return values;
    }
    const values: unknown[] = [];
    while (this.peek() !== CLOSE_ARRAY) {
      if (this.peek() === NOTHING) this.at++;
      else values.push(this.value(depth));
    }
    this.at++;
    return values;
  }

  private text(): string {
    const length = this.length('a text', 1);
    const start = this.at;
    this.at += length;
    try {
      return this.utf8.decode(this.bytes.subarray(start, this.at));
    } catch {
      return this.fail('has a text that is not UTF-8.', start);
    }
  }

  /** How many follow, each of `size` bytes or more: so many bytes must be left. */
  private length(of: string, size: number): number {
    const start = this.at;
    const letter = this.byte();
    const type = NUMBERS.get(letter);
    if (type === undefined) this.fail(`has ${quoted(letter)} where the length of ${of} must be.`, start);
    const count = this.number(type);
    if (!Number.isInteger(count) || count < 0) this.fail(`has ${of} of length ${count}.`, start);
    if (count * size > this.left) {
      this.fail(`has ${of} of length ${count}, but only ${this.left} bytes are left.`, start);
    }
    return count;
  }

  private number({ bytes, read }: NumberType): number {
    this.need(bytes);
    const value = read(this.view, this.at);
    this.at += bytes;
    return value;
  }

  private byte(): number {
    this.need(1);
    return this.bytes[this.at++]!;
  }

  private peek(): number {
    this.need(1);
    return this.bytes[this.at]!;
  }

  private need(bytes: number): void {
    if (this.left < bytes) this.fail('ends in the middle.');
  }

  private checkDepth(depth: number): void {
    if (depth > MAX_DEPTH) this.fail(`is nested more than ${MAX_DEPTH} deep.`);
  }

  private tooLarge(count: number): never {
    throw modelError('model-too-large', this.file, `byte ${this.at}`, `has a list of ${count} values.`, {
      hint: `At most ${MAX_VALUES} are read.`,
    });
  }

  private fail(message: string, at = this.at): never {
    throw modelError('model-malformed', this.file, `byte ${at}`, message, { hint: 'Was it copied whole?' });
  }
}

function quoted(byte: number): string {
  return byte > 32 && byte < 127 ? `'${String.fromCharCode(byte)}'` : `byte ${byte}`;
}
