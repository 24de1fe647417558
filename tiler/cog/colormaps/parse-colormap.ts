import { GeoCropError, messageOf } from '../../../engine/errors.js';
import type { Colormap } from '../post.js';
import { parseColor } from './parse-color.js';

const MAX_CHARACTERS = 256 * 1024;
const FORMS =
  'Write {"1": "#ff0000", "2": [0, 255, 0, 255]} for values, or [[[0, 10], "#ff0000"], [[10, 20], [0, 255, 0, 255]]] for intervals.';

function refuse(message: string): GeoCropError {
  return new GeoCropError('bad-request', message, { hint: FORMS, context: { parameter: 'colormap' } });
}

/**
 * TiTiler's `colormap`: an object of whole values to colours, or a list of intervals `[min, max)` and their colours.
 * @throws bad-request
 */
export function parseColormap(json: string): Colormap {
  if (json.length > MAX_CHARACTERS) throw refuse(`The colormap is longer than ${MAX_CHARACTERS} characters.`);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw refuse(`The colormap is not JSON: ${messageOf(error)}.`);
  }
  if (Array.isArray(value)) return { kind: 'intervals', intervals: value.map(parseInterval) };
  if (typeof value !== 'object' || value === null) {
    throw refuse('The colormap is neither an object of values nor a list of intervals.');
  }
  const colors = new Map(
    Object.entries(value).map(([key, entry]) => [parseKey(key), colorOf(entry, `value ${key}`)]),
  );
  if (colors.size === 0) throw refuse('The colormap has no colours.');
  return { kind: 'values', colors };
}

function parseKey(key: string): number {
  if (!/^[+-]?\d+$/.test(key) || !Number.isSafeInteger(Number(key))) {
    throw refuse(`The colormap's value ${JSON.stringify(key.slice(0, 40))} is not a whole number.`);
  }
  return Number(key);
}

function colorOf(value: unknown, of: string): readonly [number, number, number, number] {
  const color = parseColor(value);
  if (color === null) {
    throw refuse(
      `The colormap's colour of ${of} is neither #rrggbb or #rrggbbaa nor three or four whole numbers from 0 to 255.`,
    );
  }
  return color;
}

function parseInterval(
  entry: unknown,
  at: number,
): {
  readonly from: number;
  readonly to: number;
  readonly color: readonly [number, number, number, number];
} {
  const [ends, color] = Array.isArray(entry) && entry.length === 2 ? (entry as unknown[]) : [];
  const [from, to] = Array.isArray(ends) && ends.length === 2 ? (ends as unknown[]) : [];
  if (typeof from !== 'number' || typeof to !== 'number') {
    throw refuse(`The colormap's interval ${at + 1} is not [[min, max], colour].`);
  }
  return { from, to, color: colorOf(color, `interval ${at + 1}`) };
}
