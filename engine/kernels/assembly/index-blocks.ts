/** Block number of a pixel outside the image. */
export const OUTSIDE: u16 = 0xffff;

export function indexBlocks(
  easting: usize,
  northing: usize,
  n: i32,
  x0: f64,
  y0: f64,
  resX: f64,
  resY: f64,
  width: i32,
  height: i32,
  blockWidth: i32,
  blockHeight: i32,
  blocksAcross: i32,
  blockOf: usize,
  offset: usize,
): void {
  // The block of the pixel before: neighbours mostly share it, which saves both divisions.
  let left = 0;
  let top = 0;
  let block = 0;
  for (let i = 0; i < n; i++) {
    const at = <usize>i;
    const x = Math.floor((load<f64>(easting + (at << 3)) - x0) / resX);
    const y = Math.floor((y0 - load<f64>(northing + (at << 3))) / resY);
    // Written so that NaN (a centre that the projection does not reach) lies outside.
    if (!(x >= 0 && y >= 0 && x < <f64>width && y < <f64>height)) {
      store<u16>(blockOf + (at << 1), OUTSIDE);
      store<u32>(offset + (at << 2), 0);
      continue;
    }
    const col = <i32>x;
    const row = <i32>y;
    if (<u32>(col - left) >= <u32>blockWidth || <u32>(row - top) >= <u32>blockHeight) {
      const across = col / blockWidth;
      const down = row / blockHeight;
      left = across * blockWidth;
      top = down * blockHeight;
      block = down * blocksAcross + across;
    }
    store<u16>(blockOf + (at << 1), <u16>block);
    store<u32>(offset + (at << 2), (row - top) * blockWidth + (col - left));
  }
}
