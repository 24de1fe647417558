import { constants } from 'node:buffer';

import { messageOf } from '../errors.js';
import { modelError } from './model-error.js';

/** A place is cut to its two ends beyond this: in a chain of ten thousand nodes it would be a page. */
const PLACE_CHARACTERS = 160;

/** A value in a model's JSON that knows where it stands, so that what is wrong with it is said with its place. */
export class JsonValue {
  private constructor(
    private readonly file: string,
    readonly value: unknown,
    private readonly parent: JsonValue | null,
    private readonly key: string | number,
  ) {}

  /** Throws `model-malformed` where the bytes are no JSON, `model-too-large` beyond what a string holds. */
  static parse(bytes: Uint8Array, file: string): JsonValue {
    if (bytes.length > constants.MAX_STRING_LENGTH) {
      throw modelError('model-too-large', file, '', `is ${bytes.length} bytes of JSON.`, {
        hint: `At most ${constants.MAX_STRING_LENGTH} bytes of JSON can be read.`,
      });
    }
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
      return new JsonValue(file, JSON.parse(text) as unknown, null, '');
    } catch (cause) {
      throw modelError('model-malformed', file, '', `is not JSON: ${messageOf(cause)}.`, {
        hint: 'Was it copied whole?',
        cause,
      });
    }
  }

  /** A document that was read otherwise: of the values that JSON has. */
  static of(value: unknown, file: string): JsonValue {
    return new JsonValue(file, value, null, '');
  }

  /** As in JavaScript: `oblivious_trees[3].splits[0]`. */
  get place(): string {
    const place = this.keys()
      .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
      .join('')
      .replace(/^\./, '');
    if (place.length <= PLACE_CHARACTERS) return place;
    return `${place.slice(0, PLACE_CHARACTERS / 2)}…${place.slice(-PLACE_CHARACTERS / 2)}`;
  }

  /** Neither missing nor null. */
  get present(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  fail(message: string): never {
    throw modelError('model-malformed', this.file, this.place, message);
  }

  unsupported(message: string, hint?: string): never {
    throw modelError('model-unsupported', this.file, this.place, message, hint === undefined ? {} : { hint });
  }

  /** A member of an object; its value is undefined where there is none. */
  field(key: string): JsonValue {
    const { value } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.fail(`must be an object, is ${kindOf(value)}.`);
    }
    const member = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
    return new JsonValue(this.file, member, this, key);
  }

  /** The values of a list; [] where there is none. */
  items(): JsonValue[] {
    if (!this.present) return [];
    return this.list().map((value, i) => new JsonValue(this.file, value, this, i));
  }

  /** A list of numbers. */
  numbers(): readonly number[] {
    const values = this.list();
    const wrong = values.findIndex((value) => typeof value !== 'number');
    if (wrong >= 0) this.fail(`holds ${kindOf(values[wrong])} at ${wrong}, where a number must be.`);
    return values as readonly number[];
  }

  number(): number {
    if (typeof this.value !== 'number') this.fail(`must be a number, is ${kindOf(this.value)}.`);
    return this.value;
  }

  text(): string {
    if (typeof this.value !== 'string') this.fail(`must be a text, is ${kindOf(this.value)}.`);
    return this.value;
  }

  /** The keys that lead here from the top. */
  private keys(): (string | number)[] {
    const keys: (string | number)[] = [this.key];
    for (let at = this.parent; at !== null; at = at.parent) keys.push(at.key);
    // The top has no key of its own.
    return keys.reverse().slice(1);
  }

  private list(): readonly unknown[] {
    if (!Array.isArray(this.value)) this.fail(`must be a list, is ${kindOf(this.value)}.`);
    return this.value;
  }
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
