import type { Polygon } from 'geojson';
import { GeoCropError } from '../../../engine/errors.js';
import { polygonProblem } from '../../../engine/geo/geojson-areas.js';
import { areasCut, type PixelWindow } from '../../../engine/geo/pixel-cut.js';
import { packSpans, type PixelSpans } from '../../../engine/geo/pixel-spans.js';
import { areaBounds } from '../../../engine/geo/polygon.js';
import type { Bounds } from '../../../engine/geo/tile-matrix.js';
import { windowOf } from '../area-window.js';

/** The pixels of an area: plain data. */
export interface MeasuredArea {
  readonly bounds: Bounds;
  readonly spans: PixelSpans;
}

/** Rows of pixels that an area may reach over: some 1,200 km from north to south. */
const MOST_ROWS = 2 ** 17;
/** Of an outline that is no fractal: 32 MB. */
const MOST_SPANS = 2 ** 22;

/**
 * Holds the polygons' outlines against the rules and finds their pixels, which are those of zoom 14 whose centre lies in one of them.
 * Takes time with the number of edges: measure-thread.ts does it beside the main thread.
 * @throws bad-request with what is wrong, where; area-too-large
 */
export function measureArea(polygons: readonly Polygon[]): MeasuredArea {
  const bounds = boundsOf(polygons);
  const window = windowOf(bounds);
  if (window.height > MOST_ROWS) {
    throw new GeoCropError('area-too-large', 'The area reaches too far from north to south.', {
      hint: 'Longitude comes first. Ask for parts of it.',
      context: { rows: window.height, most: MOST_ROWS },
    });
  }
  for (const [at, polygon] of polygons.entries()) {
    const problem = polygonProblem(polygon);
    if (problem === null) continue;
    throw new GeoCropError(
      'bad-request',
      `${polygons.length === 1 ? 'The polygon' : `Polygon ${at + 1}`} ${problem}.`,
      { hint: 'Repair the outline: in QGIS “Fix geometries”, or ogr2ogr -makevalid.' },
    );
  }
  const spans = packSpans(window, areasCut(polygons, window), MOST_SPANS);
  if (spans === null) {
    throw new GeoCropError('area-too-large', 'The outline is too intricate.', {
      hint: 'Simplify it, for example with ogr2ogr -simplify 0.0001.',
    });
  }
  if (spans.ends.length === 0) throw noPixel(window);
  return { bounds, spans };
}

function boundsOf(polygons: readonly Polygon[]): Bounds {
  return areaBounds({ type: 'MultiPolygon', coordinates: polygons.map(({ coordinates }) => coordinates) });
}

function noPixel({ width, height }: PixelWindow): GeoCropError {
  return new GeoCropError('bad-request', 'The area holds the centre of no pixel: it is smaller than one.', {
    hint: 'A pixel is 9 m wide. Ask /point/{lon},{lat} for what is at a place.',
    context: { width, height },
  });
}
