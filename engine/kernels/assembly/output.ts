/**
 * Writes one feature of a half: two float32 at out[feature · outStride], NaN where `filled` is not set. The same NaN always.
 */
// @ts-ignore: decorator
@inline
export function put(out: usize, outStride: usize, feature: i32, value: v128, filled: v128): void {
  const rounded = f32x4.demote_f64x2_zero(value);
  const lanes = v128.shuffle<i32>(filled, filled, 0, 2, 0, 2);
  const written = v128.bitselect(rounded, i32x4.splat(0x7fc00000), lanes);
  v128.store64_lane(out + ((<usize>feature * outStride) << 2), written, 0);
}
