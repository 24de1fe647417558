import { projectPoint } from '../../engine/geo/project.js';
import { BORDER_X, groundOf, HALF_SIDE, lonLatOf } from './ground.js';
import { lonLatOfUtm } from './utm-inverse.js';

export type Zone = 35 | 36;
export const ZONES: readonly Zone[] = [35, 36];

/** How far the scenes of one zone reach into the other's, metres: neighbouring MGRS tiles overlap. */
const OVERLAP = 2000;
/** Sentinel-2's tiles start on multiples of 20 m in this area (99960, 799980, 8100040), so that 10 m and 20 m pixels share edges. */
const SNAP = 20;

/** Part of the simulated country: all of it, or less for tests. Metres on the ground. */
export interface GroundArea {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

export const WHOLE_AREA: GroundArea = {
  west: -HALF_SIDE,
  south: -HALF_SIDE,
  east: HALF_SIDE,
  north: HALF_SIDE,
};

/** The pixels of one zone's scenes: upright in UTM, cut out of the MGRS tile. */
export interface SceneGrid {
  readonly zone: Zone;
  readonly epsg: number;
  /** MGRS square: 35KRA and 36KSF meet at 30° E, 17.8° S. */
  readonly mgrs: { readonly zone: Zone; readonly band: 'K'; readonly square: string };
  /** Upper left corner, metres. */
  readonly left: number;
  readonly top: number;
  /** In 10 m pixels; even. */
  readonly width: number;
  readonly height: number;
  /**
   * Ground coordinates of a pixel's centre: x = x0 + xCol·col + xRow·row, y likewise. Over 12 km this is within 4 m of the
   * projection: good for clouds; {@link groundOfPixel} is exact.
   */
  readonly ground: {
    readonly x0: number;
    readonly xCol: number;
    readonly xRow: number;
    readonly y0: number;
    readonly yCol: number;
    readonly yRow: number;
  };
}

/** The grid of one zone's scenes: its side of the border and the overlap. */
export function sceneGrid(zone: Zone, area: GroundArea = WHOLE_AREA): SceneGrid {
  return zone === 35
    ? gridOver(zone, { ...area, east: Math.min(area.east, BORDER_X + OVERLAP) })
    : gridOver(zone, { ...area, west: Math.max(area.west, BORDER_X - OVERLAP) });
}

/** The upright grid of one zone that covers an area. */
export function gridOver(zone: Zone, { west, south, east, north }: GroundArea): SceneGrid {
  const epsg = 32700 + zone;
  const corners = [west, east].flatMap((x) =>
    [south, north].map((y) => projectPoint(epsg, ...lonLatOf(x, y))),
  );
  const eastings = corners.map(([easting]) => easting);
  const northings = corners.map(([, northing]) => northing);
  const left = Math.floor(Math.min(...eastings) / SNAP) * SNAP;
  const top = Math.ceil(Math.max(...northings) / SNAP) * SNAP;
  const width = Math.ceil((Math.max(...eastings) - left) / SNAP) * 2;
  const height = Math.ceil((top - Math.min(...northings)) / SNAP) * 2;
  const at = (col: number, row: number): { x: number; y: number } =>
    groundOf(...lonLatOfUtm(left + 10 * col + 5, top - 10 * row - 5, zone));
  const origin = at(0, 0);
  const right = at(width - 1, 0);
  const below = at(0, height - 1);
  return {
    zone,
    epsg,
    mgrs: { zone, band: 'K', square: zone === 35 ? 'RA' : 'SF' },
    left,
    top,
    width,
    height,
    ground: {
      x0: origin.x,
      xCol: (right.x - origin.x) / (width - 1),
      xRow: (below.x - origin.x) / (height - 1),
      y0: origin.y,
      yCol: (right.y - origin.y) / (width - 1),
      yRow: (below.y - origin.y) / (height - 1),
    },
  };
}

/** Ground coordinates of the centre of a 10 m pixel. */
export function groundOfPixel(grid: SceneGrid, col: number, row: number): { x: number; y: number } {
  return groundOf(...lonLatOfUtm(grid.left + 10 * col + 5, grid.top - 10 * row - 5, grid.zone));
}
