import { BANDS, VECTOR, masksOf, reflectanceOf, timesOf } from './layout';

/** MIN_REFLECTANCE of engine/pixels/reflectance.ts. */
const FLOOR: f64 = 0.0001;
/** Bytes of a date's table of scale and offset: 16 ranks of two float64. */
const DATE_TABLE: usize = 256;

/**
 * Reads the observations of four pixels into scratch: masks, times and reflectances of the dates on which at least one of
 * the four has a valid observation. A date without any changes no sum and no order, so leaving it out changes no result.
 * @returns number of dates kept
 */
export function readObservations(
  dates: i32,
  t: usize,
  dn: usize,
  nPad: i32,
  bandCount: i32,
  scene: usize,
  got: usize,
  allBands: i32,
  reflectance: usize,
  planeOf: usize,
  scratch: usize,
  pixel: usize,
): i32 {
  const all = i8x16.splat(<i8>allBands);
  const none = i8x16.splat(0);
  const planeBytes = <usize>nPad << 1;
  let kept = 0;
  for (let d = 0; d < dates; d++) {
    const at = <usize>d * <usize>nPad + pixel;
    const ranks = load<u32>(scene + at);
    if (ranks == 0) continue;
    const complete = i8x16.eq(i32x4.splat(load<i32>(got + at)), all);
    const valid = v128.and(complete, i8x16.ne(i32x4.splat(ranks), none));
    if (!v128.any_true(valid)) continue;
    const here = <usize>kept * VECTOR;
    v128.store(
      masksOf(scratch, dates, 0) + here,
      i8x16.shuffle(valid, valid, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1),
    );
    v128.store(
      masksOf(scratch, dates, 1) + here,
      i8x16.shuffle(valid, valid, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3),
    );
    v128.store(timesOf(scratch, dates) + here, f64x2.splat(<f64>load<i32>(t + (<usize>d << 2))));
    const table = reflectance + <usize>d * DATE_TABLE;
    const planes = dn + <usize>(d * bandCount) * planeBytes + (pixel << 1);
    readHalves(table, ranks, planes, planeBytes, planeOf, scratch, dates, here);
    kept++;
  }
  return kept;
}

// @ts-ignore: decorator
@inline
function readHalves(
  table: usize,
  ranks: u32,
  planes: usize,
  planeBytes: usize,
  planeOf: usize,
  scratch: usize,
  dates: i32,
  here: usize,
): void {
  const lane0 = conversion(table, ranks);
  const lane1 = conversion(table, ranks >> 8);
  const lane2 = conversion(table, ranks >> 16);
  const lane3 = conversion(table, ranks >> 24);
  const scale0 = v128.shuffle<f64>(lane0, lane1, 0, 2);
  const scale1 = v128.shuffle<f64>(lane2, lane3, 0, 2);
  const offset0 = v128.shuffle<f64>(lane0, lane1, 1, 3);
  const offset1 = v128.shuffle<f64>(lane2, lane3, 1, 3);
  const floor = f64x2.splat(FLOOR);
  for (let band = 0; band < BANDS; band++) {
    const plane = load<i32>(planeOf + (<usize>band << 2));
    if (plane < 0) continue;
    const four = i32x4.extend_low_i16x8_u(v128.load64_zero(planes + <usize>plane * planeBytes));
    const low = f64x2.convert_low_i32x4_s(four);
    const high = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(four, four, 2, 3, 2, 3));
    v128.store(
      reflectanceOf(scratch, dates, band, 0) + here,
      f64x2.pmax(f64x2.add(f64x2.mul(low, scale0), offset0), floor),
    );
    v128.store(
      reflectanceOf(scratch, dates, band, 1) + here,
      f64x2.pmax(f64x2.add(f64x2.mul(high, scale1), offset1), floor),
    );
  }
}

/** Scale and offset of the rank in the lowest byte; of rank 1 where there is none: such a lane is masked. */
// @ts-ignore: decorator
@inline
function conversion(table: usize, ranks: u32): v128 {
  const rank = <usize>(ranks & 0xff);
  return v128.load(table + ((rank - <usize>(rank != 0)) << 4));
}
