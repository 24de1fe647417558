/** Where the sun stands: degrees above the horizon, and clockwise from north. */
export interface Sun {
  readonly elevation: number;
  readonly azimuth: number;
}

const RADIANS = Math.PI / 180;

/** Low-precision formulas of the Astronomical Almanac (NOAA's solar calculator), within 0.1°. */
export function sunAt(instant: Date, lon: number, lat: number): Sun {
  const days = instant.getTime() / 86_400_000 - 10957.5;
  const anomaly = (357.529 + 0.98560028 * days) * RADIANS;
  const longitude =
    (280.459 + 0.98564736 * days + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly)) * RADIANS;
  const tilt = 23.439 * RADIANS;
  const declination = Math.asin(Math.sin(tilt) * Math.sin(longitude));
  const rightAscension = Math.atan2(Math.cos(tilt) * Math.sin(longitude), Math.cos(longitude)) / RADIANS;
  const siderealTime = 280.46061837 + 360.98564736629 * days + lon;
  const hourAngle = (siderealTime - rightAscension) * RADIANS;
  const phi = lat * RADIANS;
  const sine =
    Math.sin(phi) * Math.sin(declination) + Math.cos(phi) * Math.cos(declination) * Math.cos(hourAngle);
  const azimuth = Math.atan2(
    -Math.sin(hourAngle) * Math.cos(declination),
    Math.cos(phi) * Math.sin(declination) - Math.sin(phi) * Math.cos(declination) * Math.cos(hourAngle),
  );
  return { elevation: Math.asin(sine) / RADIANS, azimuth: (azimuth / RADIANS + 360) % 360 };
}
