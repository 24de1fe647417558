/**
 * From UTM on WGS 84, south, to longitude and latitude: Krüger's series to the fourth order in n (Karney 2011, "Transverse
 * Mercator with an accuracy of a few nanometers", eqs. 15 to 21 and 36): better than a micrometre within 4° of the meridian.
 */
const A = 6378137;
const F = 1 / 298.257223563;
const N = F / (2 - F);
const E2 = F * (2 - F);
const E = Math.sqrt(E2);
const RECTIFYING = (A / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64);
const SCALE = 0.9996;
const FALSE_EASTING = 500_000;
const FALSE_NORTHING = 10_000_000;
const RADIANS = Math.PI / 180;

const BETA = [
  N / 2 - (2 / 3) * N ** 2 + (37 / 96) * N ** 3 - (1 / 360) * N ** 4,
  (1 / 48) * N ** 2 + (1 / 15) * N ** 3 - (437 / 1440) * N ** 4,
  (17 / 480) * N ** 3 - (37 / 840) * N ** 4,
  (4397 / 161280) * N ** 4,
];

function conformal(tau: number): number {
  const sigma = Math.sinh(E * Math.atanh((E * tau) / Math.hypot(1, tau)));
  return tau * Math.hypot(1, sigma) - sigma * Math.hypot(1, tau);
}

/** [lon, lat] in degrees of a place, in metres, in the southern zone `zone`. */
export function lonLatOfUtm(easting: number, northing: number, zone: number): [number, number] {
  const xi = (northing - FALSE_NORTHING) / (SCALE * RECTIFYING);
  const eta = (easting - FALSE_EASTING) / (SCALE * RECTIFYING);
  let xi0 = xi;
  let eta0 = eta;
  for (let i = 0; i < BETA.length; i++) {
    const b = BETA[i] as number;
    const k = 2 * (i + 1);
    xi0 -= b * Math.sin(k * xi) * Math.cosh(k * eta);
    eta0 -= b * Math.cos(k * xi) * Math.sinh(k * eta);
  }
  // Newton's method from the conformal latitude's tangent to the geodetic one's: two steps reach float64.
  const target = Math.sin(xi0) / Math.hypot(Math.sinh(eta0), Math.cos(xi0));
  let tau = target / Math.sqrt(1 - E2);
  for (let step = 0; step < 3; step++) {
    const reached = conformal(tau);
    tau +=
      ((target - reached) / Math.hypot(1, reached)) *
      ((1 + (1 - E2) * tau * tau) / ((1 - E2) * Math.hypot(1, tau)));
  }
  return [zone * 6 - 183 + Math.atan2(Math.sinh(eta0), Math.cos(xi0)) / RADIANS, Math.atan(tau) / RADIANS];
}
