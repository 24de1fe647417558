import { BANDS, BLUE, FEATURES, NIR, RED, REDEDGE1, SWIR16, VECTOR } from './layout';
import { BSI, EVI, NDMI, NDRE, NDRE_THIRDS, NDVI, NDVI_THIRDS, SAVI } from './layout';
import { masksOf, nodesOf, seriesOf, timesOf } from './layout';
import { indexStatistics } from './indices';
import { median } from './medians';
import { readObservations } from './observations';
import { phenology, thirds } from './phenology';
import { smoothedSeries } from './regular-series';

/** MIN_OBSERVATIONS of engine/pixels/features.ts. */
const MIN_OBSERVATIONS: i32 = 3;
/** Observations are counted to 255. */
const MAX_COUNT: i32 = 255;

export function features(
  dates: i32,
  t: usize,
  nodes: i32,
  dn: usize,
  nPad: i32,
  bandCount: i32,
  scene: usize,
  got: usize,
  allBands: i32,
  reflectance: usize,
  planeOf: usize,
  tables: usize,
  scratch: usize,
  start: i32,
  count: i32,
  out: usize,
  outStride: i32,
  obs: usize,
): void {
  const stride = <usize>outStride;
  for (let i = 0; i < count; i += 4) {
    const pixel = <usize>(start + i);
    const kept = readObservations(
      dates, t, dn, nPad, bandCount, scene, got, allBands, reflectance, planeOf, scratch, pixel,
    );
    const counts = countValid(kept, dates, scratch);
    const capped = i32x4.min_s(counts, i32x4.splat(MAX_COUNT));
    store<u8>(obs + <usize>i, <u8>i32x4.extract_lane(capped, 0));
    store<u8>(obs + <usize>i, <u8>i32x4.extract_lane(capped, 1), 1);
    store<u8>(obs + <usize>i, <u8>i32x4.extract_lane(capped, 2), 2);
    store<u8>(obs + <usize>i, <u8>i32x4.extract_lane(capped, 3), 3);
    const enough = i32x4.ge_s(counts, i32x4.splat(MIN_OBSERVATIONS));
    const place = out + (<usize>i << 2);
    if (!v128.any_true(enough)) {
      empty(place, stride);
      continue;
    }
    for (let band = 0; band < BANDS; band++) {
      median(band, kept, dates, scratch, counts, place, stride, where(enough, planeOf, 1 << band));
    }
    const low = i8x16.shuffle(enough, enough, 0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 6, 7, 4, 5, 6, 7);
    const high = i8x16.shuffle(enough, enough, 8, 9, 10, 11, 8, 9, 10, 11, 12, 13, 14, 15, 12, 13, 14, 15);
    half(0, kept, dates, nodes, planeOf, tables, scratch, place, stride, low);
    half(1, kept, dates, nodes, planeOf, tables, scratch, place + 8, stride, high);
  }
}

function half(
  h: i32,
  kept: i32,
  dates: i32,
  nodes: i32,
  planeOf: usize,
  tables: usize,
  scratch: usize,
  out: usize,
  stride: usize,
  enough: v128,
): void {
  const masks = masksOf(scratch, dates, h);
  const series = seriesOf(scratch, dates, h);
  const times = timesOf(scratch, dates);
  const work = nodesOf(scratch, dates);
  const redNir = (1 << RED) | (1 << NIR);
  const withNdvi = where(enough, planeOf, redNir);
  const withNdre = where(enough, planeOf, (1 << REDEDGE1) | (1 << NIR));
  indexStatistics(NDVI, kept, dates, scratch, h, out, stride, withNdvi);
  let s = smoothedSeries(series, masks, times, kept, nodes, tables, work);
  phenology(s, nodes, tables, out, stride, withNdvi);
  thirds(s, nodes, tables, NDVI_THIRDS, out, stride, withNdvi);
  indexStatistics(NDRE, kept, dates, scratch, h, out, stride, withNdre);
  s = smoothedSeries(series, masks, times, kept, nodes, tables, work);
  thirds(s, nodes, tables, NDRE_THIRDS, out, stride, withNdre);
  const withEvi = where(enough, planeOf, redNir | (1 << BLUE));
  indexStatistics(EVI, kept, dates, scratch, h, out, stride, withEvi);
  indexStatistics(SAVI, kept, dates, scratch, h, out, stride, withNdvi);
  const withNdmi = where(enough, planeOf, (1 << NIR) | (1 << SWIR16));
  indexStatistics(NDMI, kept, dates, scratch, h, out, stride, withNdmi);
  const withBsi = where(enough, planeOf, redNir | (1 << BLUE) | (1 << SWIR16));
  indexStatistics(BSI, kept, dates, scratch, h, out, stride, withBsi);
}

/** `lanes` where the collection has all of the bands, else none. */
function where(lanes: v128, planeOf: usize, bands: i32): v128 {
  for (let band = 0; band < BANDS; band++) {
    if ((bands & (1 << band)) != 0 && load<i32>(planeOf + (<usize>band << 2)) < 0) return i32x4.splat(0);
  }
  return lanes;
}

// @ts-ignore: decorator
@inline
function countValid(kept: i32, dates: i32, scratch: usize): v128 {
  const low = masksOf(scratch, dates, 0);
  const high = masksOf(scratch, dates, 1);
  let counts = i32x4.splat(0);
  const end = <usize>kept * VECTOR;
  for (let at: usize = 0; at < end; at += VECTOR) {
    // A set mask is −1.
    counts = i32x4.sub(counts, v128.shuffle<i32>(v128.load(low + at), v128.load(high + at), 0, 2, 4, 6));
  }
  return counts;
}

// @ts-ignore: decorator
@inline
function empty(out: usize, stride: usize): void {
  for (let feature = 0; feature < FEATURES; feature++) {
    v128.store(out + ((<usize>feature * stride) << 2), i32x4.splat(0x7fc00000));
  }
}
