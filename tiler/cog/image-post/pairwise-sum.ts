/** NumPy sums blocks of this many values in eight lanes, and larger arrays by halves (loops_utils.h, `pairwise_sum`). */
const BLOCK = 128;
const LANES = 8;

/** Sum of values [from, to), rounded as NumPy's: the same additions in the same order. */
export function pairwiseSum(values: ArrayLike<number>, from = 0, to = values.length): number {
  const count = to - from;
  if (count < LANES) {
    let sum = 0;
    for (let i = from; i < to; i++) sum += values[i] as number;
    return sum;
  }
  if (count > BLOCK) {
    let half = Math.floor(count / 2);
    half -= half % LANES;
    return pairwiseSum(values, from, from + half) + pairwiseSum(values, from + half, to);
  }
  let [a, b, c, d, e, f, g, h] = [0, 0, 0, 0, 0, 0, 0, 0];
  const whole = from + count - (count % LANES);
  for (let i = from; i < whole; i += LANES) {
    a += values[i] as number;
    b += values[i + 1] as number;
    c += values[i + 2] as number;
    d += values[i + 3] as number;
    e += values[i + 4] as number;
    f += values[i + 5] as number;
    g += values[i + 6] as number;
    h += values[i + 7] as number;
  }
  let sum = a + b + (c + d) + (e + f + (g + h));
  for (let i = whole; i < to; i++) sum += values[i] as number;
  return sum;
}
