import type { Method } from './methods.js';

const RADIANS_A_DEGREE = '0.0174532925199433';
/** Axes of WGS 84, of which an ellipsoid without numbers is taken to be. */
const WGS84_A = 6378137;
const WGS84_B = 6356752.314245179;

export interface GeographicNames {
  readonly system: string;
  readonly datum: string;
  readonly ellipsoid: string;
  readonly meridian: string;
}

/** WKT 1 (OGC 01-009) of a geographic system. @param ellipsoid PROJ's tokens `+a`, `+b` and `+pm` */
export function geographicWkt(names: GeographicNames, ellipsoid: string): string {
  const token = (key: string, otherwise: number): number =>
    Number(new RegExp(`\\+${key}=([-\\d.e]+)`).exec(ellipsoid)?.[1] ?? otherwise);
  const a = token('a', WGS84_A);
  const b = token('b', WGS84_B);
  const inverseFlattening = a === b ? 0 : a / (a - b);
  return (
    `GEOGCS[${quoted(names.system)},DATUM[${quoted(names.datum)},SPHEROID[${quoted(names.ellipsoid)},` +
    `${a},${inverseFlattening}]],PRIMEM[${quoted(names.meridian)},${token('pm', 0)}],UNIT["degree",${RADIANS_A_DEGREE}]]`
  );
}

/** WKT 1 of a projected system. @param values of the method's parameters, lengths in the system's own unit */
export function projectedWkt(
  name: string,
  base: string,
  method: Method,
  values: readonly number[],
  metres: number,
): string {
  const parameters = method.parameters.map(({ wkt }, i) => `PARAMETER["${wkt}",${values[i] ?? 0}]`).join(',');
  const unit = metres === 1 ? 'UNIT["metre",1]' : `UNIT["unknown",${metres}]`;
  return (
    `PROJCS[${quoted(name)},${base},PROJECTION["${method.wkt}"],${parameters},${unit},` +
    'AXIS["Easting",EAST],AXIS["Northing",NORTH]]'
  );
}

const quoted = (text: string): string => `"${text.replaceAll('"', "'")}"`;
