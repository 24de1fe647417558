import { tileBoundsLonLat, type Bounds } from '../../engine/geo/tile-matrix.js';
import { classifyArea, type AreaResult } from '../areas/classify-area.js';
import type { Engine } from '../tiles/open-engine.js';
import type { MapKey } from '../tiles/tile-service.js';

/** Degrees, far less than a pixel: keeps a box off the next tile. */
const HAIR = 1e-7;

/** The box of z12 tiles, just inside their outer edges. */
export function boundsOfMetatiles(metatiles: readonly (readonly [number, number])[]): Bounds {
  const boxes = metatiles.map(([x, y]) => tileBoundsLonLat({ z: 12, x, y }));
  return [
    Math.min(...boxes.map(([west]) => west)) + HAIR,
    Math.min(...boxes.map(([, south]) => south)) + HAIR,
    Math.max(...boxes.map(([, , east]) => east)) - HAIR,
    Math.max(...boxes.map(([, , , north]) => north)) - HAIR,
  ];
}

/** The map of an area, as `geocrop classify` makes it. */
export function realArea(
  { service, coverage }: Engine,
  map: MapKey,
  layer: string,
  bounds: Bounds,
): Promise<AreaResult> {
  return classifyArea(service, coverage, { map, layer, bounds });
}
