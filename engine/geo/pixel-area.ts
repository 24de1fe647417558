import { latitudeAt, matrixSize } from './tile-matrix.js';

/** WGS 84. */
const SEMI_MAJOR = 6378137;
const FLATTENING = 1 / 298.257223563;
const ECCENTRICITY2 = FLATTENING * (2 - FLATTENING);
const ECCENTRICITY = Math.sqrt(ECCENTRICITY2);
const SQUARE_METRES_PER_HECTARE = 10_000;

/**
 * Hectares on the ground of one map pixel of row `y`, exactly: a pixel lies between two meridians and two parallels of the WGS 84 ellipsoid, and
 * that is a²·Δλ·(q(φ north) − q(φ south)) / 2, with Snyder's authalic q (Snyder 1987, Map projections: a working manual, USGS PP 1395, eq. 3-12).
 * EPSG:3857 gives a row the geodetic latitude that its sphere's formula says. Known to 1e-9 of itself.
 * @param y global row at the zoom
 */
export function pixelHectares(zoom: number, y: number): number {
  const size = matrixSize(zoom);
  const step = (2 * Math.PI) / size;
  const band = authalicQ(latitudeAt(y, size)) - authalicQ(latitudeAt(y + 1, size));
  return (SEMI_MAJOR * SEMI_MAJOR * step * band) / 2 / SQUARE_METRES_PER_HECTARE;
}

/** @param latitude degrees */
function authalicQ(latitude: number): number {
  const sine = Math.sin((latitude * Math.PI) / 180);
  const logarithm = Math.log((1 - ECCENTRICITY * sine) / (1 + ECCENTRICITY * sine));
  return (1 - ECCENTRICITY2) * (sine / (1 - ECCENTRICITY2 * sine * sine) - logarithm / (2 * ECCENTRICITY));
}
