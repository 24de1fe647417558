/**
 * Transverse Mercator by Krüger's series to n⁶ (Karney 2011, "Transverse Mercator with an accuracy of a few
 * nanometers", eqs. 7–14 and 35), for WGS 84 and UTM's scale. A web-mercator column has one longitude and a row one
 * latitude, so what depends on only one of them is computed once ({@link conformalTangent}, sin and cos of the longitude); and the
 * double angles that the series needs are rational in those, so that a pixel costs one atan2, one log1p and no other
 * transcendental function.
 */
const SEMI_MAJOR = 6378137;
const FLATTENING = 1 / 298.257223563;
const ECCENTRICITY = Math.sqrt(FLATTENING * (2 - FLATTENING));
const SCALE_AT_MERIDIAN = 0.9996;
const FALSE_EASTING = 500000;
const SOUTHERN_FALSE_NORTHING = 10000000;

const n = FLATTENING / (2 - FLATTENING);
const n2 = n * n;
const n3 = n2 * n;
const n4 = n3 * n;
const n5 = n4 * n;
const n6 = n5 * n;
/** Radius of the rectified sphere (eq. 14), with UTM's scale. */
const RADIUS = ((SCALE_AT_MERIDIAN * SEMI_MAJOR) / (1 + n)) * (1 + n2 / 4 + n4 / 64 + n6 / 256);
/** eq. 35. */
const A1 = n / 2 - (2 / 3) * n2 + (5 / 16) * n3 + (41 / 180) * n4 - (127 / 288) * n5 + (7891 / 37800) * n6;
const A2 = (13 / 48) * n2 - (3 / 5) * n3 + (557 / 1440) * n4 + (281 / 630) * n5 - (1983433 / 1935360) * n6;
const A3 = (61 / 240) * n3 - (103 / 140) * n4 + (15061 / 26880) * n5 + (167603 / 181440) * n6;
const A4 = (49561 / 161280) * n4 - (179 / 168) * n5 + (6601661 / 7257600) * n6;
const A5 = (34729 / 80640) * n5 - (3418889 / 1995840) * n6;
const A6 = (212378941 / 319334400) * n6;

export interface UtmZone {
  /** Degrees. */
  readonly centralMeridian: number;
  /** Metres. */
  readonly falseNorthing: number;
}

/** The zone of EPSG 32601–32660 and 32701–32760, null for other codes. */
export function utmZone(epsg: number): UtmZone | null {
  const zone = epsg % 100;
  const hundred = Math.floor(epsg / 100);
  if (!Number.isInteger(epsg) || zone < 1 || zone > 60 || (hundred !== 326 && hundred !== 327)) return null;
  return {
    centralMeridian: 6 * zone - 183,
    falseNorthing: hundred === 327 ? SOUTHERN_FALSE_NORTHING : 0,
  };
}

/** Radians east of the central meridian, −π to π. */
export function meridianAngle(zone: UtmZone, lon: number): number {
  let degrees = lon - zone.centralMeridian;
  if (degrees > 180) degrees -= 360;
  else if (degrees < -180) degrees += 360;
  return (degrees * Math.PI) / 180;
}

/** tan of the conformal latitude for tan of the geodetic one (eqs. 7–9). */
export function conformalTangent(tangent: number): number {
  const secant = Math.sqrt(1 + tangent * tangent);
  const sigma = Math.sinh(ECCENTRICITY * Math.atanh((ECCENTRICITY * tangent) / secant));
  return tangent * Math.sqrt(1 + sigma * sigma) - sigma * secant;
}

/**
 * Easting and northing, in metres, of one point, written to `easting[at]` and `northing[at]`.
 * @param t tan of the conformal latitude, from {@link conformalTangent}
 * @param sin @param cos of the longitude from the central meridian, from {@link meridianAngle}
 * Within nanometres up to some 35° from the meridian; what lies further is still monotonous, so never inside a scene.
 */
export function projectUtm(
  zone: UtmZone,
  t: number,
  sin: number,
  cos: number,
  easting: Float64Array,
  northing: Float64Array,
  at: number,
): void {
  const t2 = t * t;
  const secant2 = 1 + t2;
  const secant = Math.sqrt(secant2);
  const over = 1 / (t2 + cos * cos);
  // ξ' + iη' on the sphere (eq. 10) and, as rational functions, the sines and cosines of its double.
  const xi = Math.atan2(t, cos);
  const sine = sin / secant;
  const eta = 0.5 * Math.log1p((2 * sine) / (1 - sine));
  const sin2xi = 2 * t * cos * over;
  const cos2xi = (cos * cos - t2) * over;
  const sinh2eta = 2 * sin * secant * over;
  const cosh2eta = 1 + 2 * sin * sin * over;
  // Clenshaw's recurrence for Σ αⱼ sin 2jζ (eq. 11), in complex numbers: b = αⱼ + 2 cos 2ζ · b' − b''.
  const cr = 2 * cos2xi * cosh2eta;
  const ci = -2 * sin2xi * sinh2eta;
  const r5 = A5 + cr * A6;
  const i5 = ci * A6;
  const r4 = A4 + cr * r5 - ci * i5 - A6;
  const i4 = cr * i5 + ci * r5;
  const r3 = A3 + cr * r4 - ci * i4 - r5;
  const i3 = cr * i4 + ci * r4 - i5;
  const r2 = A2 + cr * r3 - ci * i3 - r4;
  const i2 = cr * i3 + ci * r3 - i4;
  const r1 = A1 + cr * r2 - ci * i2 - r3;
  const i1 = cr * i2 + ci * r2 - i3;
  const sr = sin2xi * cosh2eta;
  const si = cos2xi * sinh2eta;
  easting[at] = FALSE_EASTING + RADIUS * (eta + sr * i1 + si * r1);
  northing[at] = zone.falseNorthing + RADIUS * (xi + sr * r1 - si * i1);
}
