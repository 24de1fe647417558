// Where the features kernel keeps things. Two pixels are a *half* of the four that are computed together: float64 has two
// lanes in a vector. Addresses of series are those of their first vector; the next date or node follows 16 bytes on.

/** Bytes of a vector. */
export const VECTOR: usize = 16;
export const BANDS: i32 = 7;
export const FEATURES: i32 = 51;

/** BANDS, by place. */
export const BLUE: i32 = 0;
export const GREEN: i32 = 1;
export const RED: i32 = 2;
export const REDEDGE1: i32 = 3;
export const NIR: i32 = 4;
export const SWIR16: i32 = 5;
export const SWIR22: i32 = 6;

/** INDICES, by place. */
export const NDVI: i32 = 0;
export const EVI: i32 = 1;
export const SAVI: i32 = 2;
export const NDRE: i32 = 3;
export const NDMI: i32 = 4;
export const BSI: i32 = 5;

/** FEATURE_ORDER_V1, by place: the first four are each followed by the other indices, the medians by the other bands. */
export const PEAK: i32 = 0;
export const MIN: i32 = 6;
export const MEAN: i32 = 12;
export const STD: i32 = 18;
export const BASE: i32 = 24;
export const AMPLITUDE: i32 = 25;
export const SOS: i32 = 26;
export const POS: i32 = 27;
export const EOS: i32 = 28;
export const LOS: i32 = 29;
export const AUC: i32 = 30;
export const AUC_SEASON: i32 = 31;
export const GREENUP_RATE: i32 = 32;
export const SENESCENCE_RATE: i32 = 33;
export const HARMONICS: i32 = 34;
export const NDVI_THIRDS: i32 = 38;
export const NDRE_THIRDS: i32 = 41;
export const MEDIANS: i32 = 44;

/** Days between nodes. */
export const STEP: f64 = 10;

/** featureTables() in engine/pixels/feature-tables.ts: float64 numbers at these places. */
const EARLY_END: usize = 0;
const MID_END: usize = 1;
const SMOOTHING: usize = 2;
const PROJECTION: usize = 27;

// @ts-ignore: decorator
@inline
export function earlyEnd(tables: usize): i32 {
  return <i32>load<f64>(tables + (EARLY_END << 3));
}

// @ts-ignore: decorator
@inline
export function midEnd(tables: usize): i32 {
  return <i32>load<f64>(tables + (MID_END << 3));
}

/** Five weights of the window's place 0 to 4. */
// @ts-ignore: decorator
@inline
export function smoothingRow(tables: usize, place: i32): usize {
  return tables + ((SMOOTHING + <usize>(place * 5)) << 3);
}

/** K weights of cos1, sin1, cos2, sin2. */
// @ts-ignore: decorator
@inline
export function projectionRow(tables: usize, nodes: i32, row: i32): usize {
  return tables + ((PROJECTION + <usize>(row * nodes)) << 3);
}

// Scratch, sizes in featureScratchBytes(): per date 14 vectors of reflectance, 2 of masks, 4 of index series, 1 of times, 1 of
// sorted values; per node the four of a series.

/** Reflectance f64x2 of one band and half, by kept date. */
// @ts-ignore: decorator
@inline
export function reflectanceOf(scratch: usize, dates: i32, band: i32, half: i32): usize {
  return scratch + <usize>((band * 2 + half) * dates) * VECTOR;
}

/** Which lanes of a half have a valid observation, all bits or none, by kept date. */
// @ts-ignore: decorator
@inline
export function masksOf(scratch: usize, dates: i32, half: i32): usize {
  return scratch + <usize>((14 + half) * dates) * VECTOR;
}

/** The series of the index whose statistics were last computed for this half. */
// @ts-ignore: decorator
@inline
export function seriesOf(scratch: usize, dates: i32, half: i32): usize {
  return scratch + <usize>((16 + half) * dates) * VECTOR;
}

/** Days since the season's start, f64 in both lanes, by kept date. */
// @ts-ignore: decorator
@inline
export function timesOf(scratch: usize, dates: i32): usize {
  return scratch + <usize>(18 * dates) * VECTOR;
}

/** f32x4 of one band, sorted in place. */
// @ts-ignore: decorator
@inline
export function sortOf(scratch: usize, dates: i32): usize {
  return scratch + <usize>(19 * dates) * VECTOR;
}

/** The node vectors begin after all that is kept by date. */
// @ts-ignore: decorator
@inline
export function nodesOf(scratch: usize, dates: i32): usize {
  return scratch + <usize>(20 * dates) * VECTOR;
}
