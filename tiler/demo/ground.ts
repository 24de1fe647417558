/**
 * The simulated country's own coordinates: metres east and north of its centre, on a web-mercator plane scaled to true size
 * at the centre's latitude. Both UTM zones look at the same ground through it. Scale holds to 0.1 % within 7 km.
 */

/** Chosen so that 30° E (the border of UTM zones 35 and 36) and a corner of four z12 metatiles (29.9707° E, 17.8115° S) lie near it. */
export const CENTRE: readonly [lon: number, lat: number] = [29.99, -17.81];

/** Half a side of the simulated area, metres: about 12 × 12 km. */
export const HALF_SIDE = 6200;

/** The ground is defined this far from the centre: scenes are upright in UTM, so their corners reach beyond the area. */
export const WORLD_HALF_SIDE = 6600;

const EARTH_RADIUS = 6378137;
const RADIANS = Math.PI / 180;
const TRUE_SCALE = EARTH_RADIUS * Math.cos(CENTRE[1] * RADIANS);

const mercator = (lat: number): number => Math.asinh(Math.tan(lat * RADIANS));
const NORTH_OF_CENTRE = mercator(CENTRE[1]);

export interface GroundPoint {
  readonly x: number;
  readonly y: number;
}

export function groundOf(lon: number, lat: number): GroundPoint {
  return {
    x: TRUE_SCALE * (lon - CENTRE[0]) * RADIANS,
    y: TRUE_SCALE * (mercator(lat) - NORTH_OF_CENTRE),
  };
}

/** [lon, lat] in degrees. */
export function lonLatOf(x: number, y: number): [number, number] {
  return [
    CENTRE[0] + x / TRUE_SCALE / RADIANS,
    Math.atan(Math.sinh(NORTH_OF_CENTRE + y / TRUE_SCALE)) / RADIANS,
  ];
}

/** x of the zones' border. */
export const BORDER_X = groundOf(30, CENTRE[1]).x;
