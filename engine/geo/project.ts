import { GeoCropError } from '../errors.js';
import {
  MERCATOR_HALF_WIDTH,
  MERCATOR_RADIUS,
  latitudeAt,
  longitudeAt,
  matrixSize,
  tangentOfLatitudeAt,
} from './tile-matrix.js';
import type { UtmZone } from './utm.js';
import { conformalTangent, meridianAngle, projectUtm, utmZone } from './utm.js';

type Crs = UtmZone | 'lonlat' | 'mercator';

function crsOf(epsg: number): Crs {
  const zone = utmZone(epsg);
  if (zone !== null) return zone;
  if (epsg === 4326) return 'lonlat';
  if (epsg === 3857) return 'mercator';
  throw new GeoCropError('unsupported-crs', `EPSG:${epsg} is not a reference system that we project to.`, {
    hint: 'Scenes in UTM on WGS 84 (EPSG 32601–32660, 32701–32760), EPSG:4326 or EPSG:3857 can be read.',
    context: { epsg },
  });
}

/** True for what {@link projectWindow} takes: UTM on WGS 84, 4326, 3857. */
export function isSupportedCrs(epsg: number): boolean {
  return epsg === 4326 || epsg === 3857 || utmZone(epsg) !== null;
}

/**
 * Centres of a window of global map pixels, row by row, in `epsg`: metres, or degrees for 4326 (longitude in `easting`).
 * Pixel (px0 + c, py0 + r) goes to index r · stride + c; with stride > width what lies between is left as it is.
 * Within 1e-5 m of PROJ. Throws `unsupported-crs`.
 */
export function projectWindow(
  epsg: number,
  zoom: number,
  px0: number,
  py0: number,
  width: number,
  height: number,
  easting: Float64Array,
  northing: Float64Array,
  stride: number = width,
): void {
  const crs = crsOf(epsg);
  const needed = height === 0 ? 0 : (height - 1) * stride + width;
  if (stride < width || easting.length < needed || northing.length < needed) {
    throw new RangeError(
      `projection target: got ${easting.length} and ${northing.length} values, stride ${stride}; expected ${needed} and a stride of at least ${width}`,
    );
  }
  const columns = columnsOf(crs, zoom, width, (column) => px0 + column);
  for (let row = 0; row < height; row++) {
    const across = rowOf(crs, zoom, py0 + row);
    const start = row * stride;
    for (let column = 0; column < width; column++) {
      projectCell(crs, columns, column, across, easting, northing, start + column);
    }
  }
}

/** The same for a list of pixels, bit for bit: `px`, `py`, `easting`, `northing` of one length. */
export function projectPixels(
  epsg: number,
  zoom: number,
  px: ArrayLike<number>,
  py: ArrayLike<number>,
  easting: Float64Array,
  northing: Float64Array,
): void {
  const crs = crsOf(epsg);
  if (py.length !== px.length || easting.length < px.length || northing.length < px.length) {
    throw new RangeError(
      `pixel list: got ${px.length} columns, ${py.length} rows and room for ${Math.min(easting.length, northing.length)}`,
    );
  }
  const columns = columnsOf(crs, zoom, px.length, (at) => px[at] ?? NaN);
  let row = NaN;
  let across = NaN;
  for (let at = 0; at < px.length; at++) {
    // Lists come in rows more often than not.
    if (py[at] !== row) {
      row = py[at] ?? NaN;
      across = rowOf(crs, zoom, row);
    }
    projectCell(crs, columns, at, across, easting, northing, at);
  }
}

/** [easting, northing] of a point given in degrees. */
export function projectPoint(epsg: number, lon: number, lat: number): [number, number] {
  const crs = crsOf(epsg);
  if (crs === 'lonlat') return [lon, lat];
  const tangent = Math.tan((lat * Math.PI) / 180);
  if (crs === 'mercator') return [(lon / 180) * MERCATOR_HALF_WIDTH, Math.asinh(tangent) * MERCATOR_RADIUS];
  const angle = meridianAngle(crs, lon);
  const easting = new Float64Array(1);
  const northing = new Float64Array(1);
  projectUtm(crs, conformalTangent(tangent), Math.sin(angle), Math.cos(angle), easting, northing, 0);
  return [easting[0] ?? NaN, northing[0] ?? NaN];
}

/** What all pixels of a column share: easting, or sine and cosine of the longitude from the central meridian. */
interface Columns {
  readonly first: Float64Array;
  readonly second: Float64Array;
}

function columnsOf(crs: Crs, zoom: number, count: number, pixel: (at: number) => number): Columns {
  const size = matrixSize(zoom);
  const first = new Float64Array(count);
  const second = new Float64Array(crs === 'lonlat' || crs === 'mercator' ? 0 : count);
  for (let at = 0; at < count; at++) {
    const x = pixel(at) + 0.5;
    if (crs === 'mercator') first[at] = ((2 * x) / size - 1) * MERCATOR_HALF_WIDTH;
    else if (crs === 'lonlat') first[at] = longitudeAt(x, size);
    else {
      const angle = meridianAngle(crs, longitudeAt(x, size));
      first[at] = Math.sin(angle);
      second[at] = Math.cos(angle);
    }
  }
  return { first, second };
}

/** What all pixels of a row share: northing, or the tangent of the conformal latitude. */
function rowOf(crs: Crs, zoom: number, py: number): number {
  const size = matrixSize(zoom);
  const y = py + 0.5;
  if (crs === 'mercator') return (1 - (2 * y) / size) * MERCATOR_HALF_WIDTH;
  if (crs === 'lonlat') return latitudeAt(y, size);
  return conformalTangent(tangentOfLatitudeAt(y, size));
}

function projectCell(
  crs: Crs,
  columns: Columns,
  column: number,
  across: number,
  easting: Float64Array,
  northing: Float64Array,
  at: number,
): void {
  const first = columns.first[column] as number;
  if (crs === 'lonlat' || crs === 'mercator') {
    easting[at] = first;
    northing[at] = across;
  } else {
    projectUtm(crs, across, first, columns.second[column] as number, easting, northing, at);
  }
}
