/** Fixed-point constants of 13 bits. Source: Loeffler, Ligtenberg and Moschytz 1989, as libjpeg's jidctint.c has them. */
const BITS = 13;
const FIRST_BITS = 2;
const F_0_298 = 2446;
const F_0_390 = 3196;
const F_0_541 = 4433;
const F_0_765 = 6270;
const F_0_899 = 7373;
const F_1_175 = 9633;
const F_1_501 = 12299;
const F_1_847 = 15137;
const F_1_961 = 16069;
const F_2_053 = 16819;
const F_2_562 = 20995;
const F_3_072 = 25172;

const work = new Int32Array(64);

const clamped = (value: number): number => (value < 0 ? 0 : value > 255 ? 255 : value);

/** 8 × 8 coefficients to 8 × 8 samples, bit for bit as libjpeg's default does it. */
export function inverse8(coefficients: Int32Array, out: Uint8Array, at: number, stride: number): void {
  for (let column = 0; column < 8; column += 1)
    pass(coefficients, column, 8, work, column, 8, BITS - FIRST_BITS);
  for (let row = 0; row < 8; row += 1) pass(work, row * 8, 1, work, row * 8, 1, BITS + FIRST_BITS + 3);
  for (let row = 0, to = at; row < 8; row += 1, to += stride) {
    for (let column = 0; column < 8; column += 1) out[to + column] = clamped(work[row * 8 + column]! + 128);
  }
}

function pass(
  from: Int32Array,
  at: number,
  step: number,
  to: Int32Array,
  toAt: number,
  toStep: number,
  shift: number,
): void {
  const half = 1 << (shift - 1);
  let z2 = from[at + 2 * step]!;
  let z3 = from[at + 6 * step]!;
  let z1 = (z2 + z3) * F_0_541;
  let tmp2 = z1 - z3 * F_1_847;
  let tmp3 = z1 + z2 * F_0_765;
  z2 = from[at]!;
  z3 = from[at + 4 * step]!;
  let tmp0 = (z2 + z3) << BITS;
  let tmp1 = (z2 - z3) << BITS;
  const tmp10 = tmp0 + tmp3 + half;
  const tmp13 = tmp0 - tmp3 + half;
  const tmp11 = tmp1 + tmp2 + half;
  const tmp12 = tmp1 - tmp2 + half;
  tmp0 = from[at + 7 * step]!;
  tmp1 = from[at + 5 * step]!;
  tmp2 = from[at + 3 * step]!;
  tmp3 = from[at + step]!;
  z1 = tmp0 + tmp3;
  z2 = tmp1 + tmp2;
  z3 = tmp0 + tmp2;
  let z4 = tmp1 + tmp3;
  const z5 = (z3 + z4) * F_1_175;
  tmp0 *= F_0_298;
  tmp1 *= F_2_053;
  tmp2 *= F_3_072;
  tmp3 *= F_1_501;
  z1 *= -F_0_899;
  z2 *= -F_2_562;
  z3 = z3 * -F_1_961 + z5;
  z4 = z4 * -F_0_390 + z5;
  tmp0 += z1 + z3;
  tmp1 += z2 + z4;
  tmp2 += z2 + z3;
  tmp3 += z1 + z4;
  to[toAt] = (tmp10 + tmp3) >> shift;
  to[toAt + 7 * toStep] = (tmp10 - tmp3) >> shift;
  to[toAt + toStep] = (tmp11 + tmp2) >> shift;
  to[toAt + 6 * toStep] = (tmp11 - tmp2) >> shift;
  to[toAt + 2 * toStep] = (tmp12 + tmp1) >> shift;
  to[toAt + 5 * toStep] = (tmp12 - tmp1) >> shift;
  to[toAt + 3 * toStep] = (tmp13 + tmp0) >> shift;
  to[toAt + 4 * toStep] = (tmp13 - tmp0) >> shift;
}

/** Values of the eight cosines at so many places of a block, by place and then by frequency. */
function cosines(places: number): Float64Array {
  return Float64Array.from({ length: places * 8 }, (_, i) => {
    const frequency = i % 8;
    const place = Math.floor(i / 8);
    const scale = frequency === 0 ? Math.SQRT1_2 : 1;
    return (scale / 2) * Math.cos(((2 * place + 1) * frequency * Math.PI) / (2 * places));
  });
}
const COSINES: Readonly<Record<8 | 16, Float64Array>> = { 8: cosines(8), 16: cosines(16) };
const columns = new Float64Array(16 * 8);

/**
 * 8 × 8 coefficients to twice as many samples across, down or both, by taking the same cosines at twice as many places:
 * how libjpeg 7 and later enlarge colour differences of half resolution. Within one of its fixed-point arithmetic.
 */
export function inverseEnlarged(
  coefficients: Int32Array,
  out: Uint8Array,
  at: number,
  stride: number,
  width: 8 | 16,
  height: 8 | 16,
): void {
  const down = COSINES[height];
  const across = COSINES[width];
  // Even cosines are the same from both ends of a block, odd ones opposite.
  for (let u = 0; u < 8; u += 1) {
    for (let y = 0; y < height / 2; y += 1) {
      const c = y * 8;
      const even =
        down[c]! * coefficients[u]! +
        down[c + 2]! * coefficients[16 + u]! +
        down[c + 4]! * coefficients[32 + u]! +
        down[c + 6]! * coefficients[48 + u]!;
      const odd =
        down[c + 1]! * coefficients[8 + u]! +
        down[c + 3]! * coefficients[24 + u]! +
        down[c + 5]! * coefficients[40 + u]! +
        down[c + 7]! * coefficients[56 + u]!;
      columns[y * 8 + u] = even + odd;
      columns[(height - 1 - y) * 8 + u] = even - odd;
    }
  }
  for (let y = 0; y < height; y += 1) {
    const row = y * 8;
    const to = at + y * stride;
    for (let x = 0; x < width / 2; x += 1) {
      const c = x * 8;
      const even =
        across[c]! * columns[row]! +
        across[c + 2]! * columns[row + 2]! +
        across[c + 4]! * columns[row + 4]! +
        across[c + 6]! * columns[row + 6]!;
      const odd =
        across[c + 1]! * columns[row + 1]! +
        across[c + 3]! * columns[row + 3]! +
        across[c + 5]! * columns[row + 5]! +
        across[c + 7]! * columns[row + 7]!;
      out[to + x] = clamped(Math.floor(even + odd + 128.5));
      out[to + width - 1 - x] = clamped(Math.floor(even - odd + 128.5));
    }
  }
}
