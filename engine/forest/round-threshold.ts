const value = new Float32Array(1);
const bits = new Int32Array(value.buffer);

/** The float32 below x: x itself for −∞ and NaN. */
export function nextDown(x: number): number {
  value[0] = x;
  if (Number.isNaN(x) || x === -Infinity) return x;
  // From both zeros to the smallest negative number; else one step in the integer that the bits are.
  if (value[0] === 0) bits[0] = -0x7fffffff;
  else bits[0]! += value[0] > 0 ? -1 : 1;
  return value[0];
}

/**
 * The largest float32 that is not above t: a float32 x is <= it exactly where x <= t. Rounding to nearest would let the
 * float32 just above t pass.
 */
export function thresholdOfLessOrEqual(t: number): number {
  const nearest = Math.fround(t);
  return nearest > t ? nextDown(nearest) : nearest;
}

/** The largest float32 below t: a float32 x is <= it exactly where x < t; NaN, below which is nothing, where t is −∞. */
export function thresholdOfLess(t: number): number {
  const nearest = Math.fround(t);
  if (nearest < t) return nearest;
  return nearest === -Infinity ? NaN : nextDown(nearest);
}
