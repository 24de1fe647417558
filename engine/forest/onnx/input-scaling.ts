import type { OnnxNode } from './onnx-graph.js';

/** What ONNX's Scaler does to the input before trees see it: (x − offset) · scale, each step rounded to float32. */
export interface InputScaling {
  /** One for all columns, or one for each. */
  readonly offset: readonly number[];
  readonly scale: readonly number[];
}

/** null where the node's numbers are none that keep the order of values. */
export function readScaling({ attributes }: OnnxNode): InputScaling | null {
  const offset = attributes.get('offset')?.floats ?? [];
  const scale = attributes.get('scale')?.floats ?? [];
  const good = offset.length > 0 && offset.every(Number.isFinite) && scale.length > 0;
  return good && scale.every((s) => s > 0 && Number.isFinite(s)) ? { offset, scale } : null;
}

/**
 * The threshold for x itself that decides as `threshold` does for the scaled x: the highest float32 that is not above it once
 * scaled. Scaling by a positive number keeps the order, whatever is rounded.
 */
export function unscaledThreshold(scaling: InputScaling, column: number, threshold: number): number {
  const [offset, scale] = [at(scaling.offset, column), at(scaling.scale, column)];
  const passes = (x: number) => Math.fround(Math.fround(x - offset) * scale) <= threshold;
  let low = placeOf(-Infinity);
  let high = placeOf(Infinity);
  if (passes(Infinity)) return Infinity;
  // −∞ stays −∞ and passes.
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (passes(floatAt(middle))) low = middle;
    else high = middle;
  }
  return floatAt(low);
}

const at = (values: readonly number[], column: number) => values[values.length === 1 ? 0 : column] ?? NaN;

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The float32 values in their order, as whole numbers. */
function placeOf(x: number): number {
  float[0] = x;
  return bits[0]! < 0 ? -(bits[0]! & 0x7fffffff) : bits[0]!;
}

function floatAt(place: number): number {
  bits[0] = place < 0 ? -place | -0x80000000 : place;
  return float[0]!;
}
