/** Pixels at a time: four vectors share what a branch needs. */
export const STEP: usize = 64;

/**
 * For 64 pixels from `pixel` on: the bits of the branches at which each goes right.
 * @param list entries up to `end`: plane u32, threshold i8, bits u8, 2 bytes unused
 * @param to u8[64] out
 */
// @ts-ignore: decorator
@inline
export function rightBits(list: usize, end: usize, pixel: usize, to: usize): void {
  let a = i8x16.splat(0);
  let b = a;
  let c = a;
  let d = a;
  for (let entry = list; entry < end; entry += 8) {
    const values = <usize>load<u32>(entry) + pixel;
    const threshold = v128.load_splat<u8>(entry, 4);
    const bits = v128.load_splat<u8>(entry, 5);
    a = v128.or(a, v128.and(i8x16.gt_s(v128.load(values, 0), threshold), bits));
    b = v128.or(b, v128.and(i8x16.gt_s(v128.load(values, 16), threshold), bits));
    c = v128.or(c, v128.and(i8x16.gt_s(v128.load(values, 32), threshold), bits));
    d = v128.or(d, v128.and(i8x16.gt_s(v128.load(values, 48), threshold), bits));
  }
  v128.store(to, a, 0);
  v128.store(to, b, 16);
  v128.store(to, c, 32);
  v128.store(to, d, 48);
}
