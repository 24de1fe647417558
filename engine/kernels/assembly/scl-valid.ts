/** Bytes that one vector step handles. */
const STEP: i32 = 16;

/** 1 for the classes 2, 4, 5, 6, 7 and 11; swizzle gives 0 for classes above 15. */
// @ts-ignore: decorator
@inline
function clear(scl: v128): v128 {
  return i8x16.swizzle(i8x16(0, 0, 1, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0), scl);
}

/** 1 for cloud shadow (3), cloud (8, 9) and cirrus (10). */
// @ts-ignore: decorator
@inline
function clouded(scl: v128): v128 {
  return i8x16.swizzle(i8x16(0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0), scl);
}

// The square is grown in two passes, along rows and then along columns. `valid` holds the clouds between them.
export function sclValid(scl: usize, w: i32, h: i32, buffer: i32, valid: usize, scratch: usize): void {
  const size = w * h;
  markClouds(scl, size, valid);
  for (let y = 0; y < h; y++) growRow(valid + <usize>(y * w), w, buffer, scratch + <usize>(y * w));
  for (let y = 0; y < h; y++) {
    finishRow(scl, w, y, max(y - buffer, 0), min(y + buffer, h - 1), valid, scratch);
  }
}

function markClouds(scl: usize, size: i32, clouds: usize): void {
  let i = 0;
  for (; i + STEP <= size; i += STEP) v128.store(clouds + <usize>i, clouded(v128.load(scl + <usize>i)));
  for (; i < size; i++) {
    const one = clouded(i8x16.splat(load<u8>(scl + <usize>i)));
    store<u8>(clouds + <usize>i, i8x16.extract_lane_u(one, 0));
  }
}

/** grown[x] = 1 where a cloud lies within `buffer` columns of x. */
function growRow(clouds: usize, w: i32, buffer: i32, grown: usize): void {
  let x = 0;
  const inner = min(buffer, w);
  for (; x < inner; x++) growOne(clouds, w, buffer, x, grown);
  for (; x + STEP + buffer <= w; x += STEP) {
    let near = v128.load(clouds + <usize>(x - buffer));
    for (let dx = 1 - buffer; dx <= buffer; dx++) near = v128.or(near, v128.load(clouds + <usize>(x + dx)));
    v128.store(grown + <usize>x, near);
  }
  for (; x < w; x++) growOne(clouds, w, buffer, x, grown);
}

function growOne(clouds: usize, w: i32, buffer: i32, x: i32, grown: usize): void {
  let near: u8 = 0;
  const last = min(x + buffer, w - 1);
  for (let column = max(x - buffer, 0); column <= last; column++) near |= load<u8>(clouds + <usize>column);
  store<u8>(grown + <usize>x, near);
}

function finishRow(
  scl: usize,
  w: i32,
  y: i32,
  top: i32,
  bottom: i32,
  valid: usize,
  scratch: usize,
): void {
  const row = <usize>(y * w);
  let x = 0;
  for (; x + STEP <= w; x += STEP) {
    let near = i8x16.splat(0);
    for (let r = top; r <= bottom; r++) near = v128.or(near, v128.load(scratch + <usize>(r * w + x)));
    const kept = v128.andnot(clear(v128.load(scl + row + <usize>x)), near);
    v128.store(valid + row + <usize>x, kept);
  }
  for (; x < w; x++) {
    let near: u8 = 0;
    for (let r = top; r <= bottom; r++) near |= load<u8>(scratch + <usize>(r * w + x));
    const one = i8x16.extract_lane_u(clear(i8x16.splat(load<u8>(scl + row + <usize>x))), 0);
    store<u8>(valid + row + <usize>x, one & ~near);
  }
}
