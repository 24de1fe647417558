import { circleContains, type Aoi } from './aoi.js';
import { ringsOf, type Area } from './polygon.js';
import { latitudeAt, longitudeAt, matrixSize, pixelCentreLonLat } from './tile-matrix.js';

/** Map pixels [from, to) of a row, counted from the west of the whole map. */
export type PixelSpan = readonly [from: number, to: number];

/** A rectangle of map pixels of a zoom, by the global pixel of its upper left corner. */
export interface PixelWindow {
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Which pixels of a window belong to an area: those whose centre lies inside. */
export interface PixelCut {
  /** Sorted, apart from each other, inside of the window. @param y global row, inside of the window */
  spans(y: number): readonly PixelSpan[];
}

/** Everything. */
export function wholeCut({ x, width }: PixelWindow): PixelCut {
  const all: readonly PixelSpan[] = [[x, x + width]];
  return { spans: () => all };
}

/** A circle on the ground, at most {@link MAX_AOI_RADIUS} wide: pixel by pixel. */
export function circleCut(circle: Aoi, { zoom, x, width }: PixelWindow): PixelCut {
  const inside = (px: number, py: number): boolean =>
    circleContains(circle, ...pixelCentreLonLat(zoom, px, py));
  return {
    spans(y) {
      let from = x;
      let to = x + width;
      while (from < to && !inside(from, y)) from += 1;
      while (to > from && !inside(to - 1, y)) to -= 1;
      return from === to ? [] : [[from, to]];
    },
  };
}

/** Rows that share a list of edges. */
const BAND_ROWS = 256;

interface Edge {
  readonly area: number;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/**
 * The union of areas, each with its holes: row by row what `areaContains` says pixel by pixel, at the cost of the edges that cross the row.
 * A row of the map has one latitude, and its pixels' longitudes are evenly spaced.
 */
export function areasCut(areas: readonly Area[], window: PixelWindow): PixelCut {
  const { zoom, x, width } = window;
  const size = matrixSize(zoom);
  const bands = edgesByBand(areas, window);
  /** The first pixel, from the window's first to one beyond its last, whose centre is not west of the longitude. */
  const firstFrom = (longitude: number): number => {
    let px = Math.max(x, Math.min(x + width, Math.ceil(((longitude + 180) / 360) * size - 0.5)));
    while (px > x && longitudeAt(px - 0.5, size) >= longitude) px -= 1;
    while (px < x + width && longitudeAt(px + 0.5, size) < longitude) px += 1;
    return px;
  };
  return {
    spans(y) {
      const lat = latitudeAt(y + 0.5, size);
      const edges = bands.get(Math.floor(y / BAND_ROWS)) ?? [];
      const found: PixelSpan[] = [];
      for (let i = 0; i < edges.length;) {
        const { area } = edges[i] as Edge;
        const crossings: number[] = [];
        for (; edges[i]?.area === area; i += 1) {
          const { x1, y1, x2, y2 } = edges[i] as Edge;
          // The very expression of areaContains: the same pixel to the last bit.
          if (y1 > lat !== y2 > lat) crossings.push(((x2 - x1) * (lat - y1)) / (y2 - y1) + x1);
        }
        crossings.sort((a, b) => a - b);
        for (let at = 0; at + 1 < crossings.length; at += 2) {
          const from = firstFrom(crossings[at] as number);
          const to = firstFrom(crossings[at + 1] as number);
          if (from < to) found.push([from, to]);
        }
      }
      return merge(found);
    },
  };
}

/** The edges that may cross a row of each band; those of one area follow each other. */
function edgesByBand(areas: readonly Area[], { zoom, y, height }: PixelWindow): Map<number, Edge[]> {
  const size = matrixSize(zoom);
  const first = Math.floor(y / BAND_ROWS);
  const last = Math.floor((y + height - 1) / BAND_ROWS);
  /** Latitude of each band's upper edge, and of the last one's lower. */
  const edgesOf = Array.from({ length: last - first + 2 }, (_, i) =>
    latitudeAt((first + i) * BAND_ROWS, size),
  );
  const bandAt = (lat: number): number => {
    let [low, high] = [0, edgesOf.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((edgesOf[middle] as number) > lat) low = middle + 1;
      else high = middle;
    }
    return first + low - 1;
  };
  const bands = new Map<number, Edge[]>();
  for (const [area, shape] of areas.entries()) {
    for (const ring of ringsOf(shape)) {
      for (let at = 1; at < ring.length; at += 1) {
        const [x1 = NaN, y1 = NaN] = ring[at - 1] ?? [];
        const [x2 = NaN, y2 = NaN] = ring[at] ?? [];
        if (y1 === y2) continue;
        const top = Math.max(first, bandAt(Math.max(y1, y2)));
        const bottom = Math.min(last, bandAt(Math.min(y1, y2)));
        for (let band = top; band <= bottom; band += 1) {
          const edges = bands.get(band);
          if (edges === undefined) bands.set(band, [{ area, x1, y1, x2, y2 }]);
          else edges.push({ area, x1, y1, x2, y2 });
        }
      }
    }
  }
  return bands;
}

function merge(spans: PixelSpan[]): readonly PixelSpan[] {
  if (spans.length < 2) return spans;
  spans.sort(([a], [b]) => a - b);
  const out: [number, number][] = [];
  for (const [from, to] of spans) {
    const last = out.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
}
