import type { JsonValue } from '../model-json.js';

/** A whole number from 0 on, which XGBoost writes as a text. */
export function readCount(value: JsonValue): number {
  const count = typeof value.value === 'string' ? numberOf(value.value) : value.number();
  if (!Number.isSafeInteger(count) || count < 0) {
    value.fail(`must be a whole number, is ${String(value.value)}.`);
  }
  return count;
}

/** Float32 numbers: `5E-1` as a number or text, `[5E-1,2E-1]` as a list or text. */
export function readFloats(value: JsonValue): readonly number[] {
  const floats = partsOf(value).map(Math.fround);
  if (floats.length === 0 || !floats.every(Number.isFinite)) {
    value.fail(`must be a number or a list of numbers, is ${JSON.stringify(value.value)}.`);
  }
  return floats;
}

function partsOf(value: JsonValue): readonly number[] {
  if (Array.isArray(value.value)) return value.numbers();
  if (typeof value.value === 'number') return [value.value];
  const text = value.text().trim();
  const list = /^\[(.*)\]$/s.exec(text)?.[1];
  return list === undefined ? [numberOf(text)] : list.split(',').map(numberOf);
}

/** NaN where it is none: Number('') would be 0. */
function numberOf(text: string): number {
  return text.trim() === '' ? NaN : Number(text);
}
