import { modelError } from '../model-error.js';
import type { Block, Entry } from './model-text.js';

/** Reads numbers out of a block and says where one is wrong: `line 17, Tree=3, threshold`. */
export class BlockReader {
  constructor(
    private readonly block: Block,
    private readonly file: string,
  ) {}

  get place(): string {
    const { name, line } = this.block;
    return name === '' ? `line ${line}` : `line ${line}, ${name}`;
  }

  has(key: string): boolean {
    return this.block.entries.has(key);
  }

  /** The text behind `key=`. */
  text(key: string): string {
    return this.entry(key).value;
  }

  /** A whole number from 0 on. */
  count(key: string): number {
    const { value } = this.entry(key);
    if (!/^\d{1,15}$/.test(value)) this.fail(key, `must be a whole number, is "${shortened(value)}".`);
    return Number(value);
  }

  /**
   * `count` numbers between single spaces, all finite.
   * @param infinity as LightGBM writes it, where it may stand in the list
   */
  numbers(key: string, count: number, infinity?: string): readonly number[] {
    const { value } = this.entry(key);
    const parts = value === '' ? [] : value.split(' ');
    if (parts.length !== count) this.fail(key, `has ${parts.length} values, expected ${count}.`);
    return parts.map((part) => {
      if (part === infinity) return Infinity;
      const number = part === '' ? NaN : Number(part);
      if (!Number.isFinite(number)) this.fail(key, `holds "${shortened(part)}", where a number must be.`);
      return number;
    });
  }

  /** `count` integers between single spaces. */
  integers(key: string, count: number): readonly number[] {
    const numbers = this.numbers(key, count);
    const wrong = numbers.find((number) => !Number.isSafeInteger(number));
    if (wrong !== undefined) this.fail(key, `holds ${wrong}, where a whole number must be.`);
    return numbers;
  }

  fail(key: string, message: string): never {
    throw modelError('model-malformed', this.file, this.placeOf(key), message);
  }

  unsupported(key: string, message: string, hint: string): never {
    throw modelError('model-unsupported', this.file, this.placeOf(key), message, { hint });
  }

  private entry(key: string): Entry {
    const entry = this.block.entries.get(key);
    if (entry === undefined) {
      throw modelError('model-malformed', this.file, this.place, `has no ${key}.`, {
        hint: 'Was it copied whole?',
      });
    }
    return entry;
  }

  private placeOf(key: string): string {
    const entry = this.block.entries.get(key);
    const { name } = this.block;
    return `line ${entry?.line ?? this.block.line}${name === '' ? '' : `, ${name}`}, ${key}`;
  }
}

/** A message is no place for a page of numbers. */
function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
