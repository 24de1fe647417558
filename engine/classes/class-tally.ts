import { NODATA_CLASS } from './bundle.js';

/** What was counted of a map's pixels, by class id. */
export interface ClassTally {
  /** Of each class: pixels, their hectares, and the sum of their confidence in percent. Length 255. */
  readonly pixels: Float64Array;
  readonly hectares: Float64Array;
  readonly confidence: Float64Array;
  /** Pixels with a confidence. */
  readonly sure: Float64Array;
  /** Pixels of the area without a class, and their hectares. */
  noDataPixels: number;
  noDataHectares: number;
}

export function newTally(): ClassTally {
  const byClass = (): Float64Array => new Float64Array(NODATA_CLASS);
  return {
    pixels: byClass(),
    hectares: byClass(),
    confidence: byClass(),
    sure: byClass(),
    noDataPixels: 0,
    noDataHectares: 0,
  };
}

/** Some rows of a square of pixels, and which of them count. */
export interface CountedRows {
  /** u8 class ids, 255 nodata; row-major, `stride` columns. */
  readonly classes: Uint8Array;
  /** Percent, 255 unknown; null: there is none. */
  readonly confidence: Uint8Array | null;
  readonly stride: number;
  /** Triples: row, first column, the column behind the last. */
  readonly spans: Uint32Array;
  /** Hectares of a pixel, by row. */
  readonly hectares: Float64Array;
}

/** Counts the pixels of the spans into the tally. */
export function countRows(tally: ClassTally, rows: CountedRows): void {
  const { classes, confidence, stride, spans, hectares } = rows;
  const counts = new Uint32Array(NODATA_CLASS + 1);
  for (let at = 0; at + 2 < spans.length; at += 3) {
    const row = spans[at] as number;
    const start = row * stride;
    const end = start + (spans[at + 2] as number);
    counts.fill(0);
    for (let i = start + (spans[at + 1] as number); i < end; i += 1) {
      const id = classes[i] as number;
      counts[id] = (counts[id] as number) + 1;
      const percent = confidence?.[i] ?? NODATA_CLASS;
      if (id !== NODATA_CLASS && percent !== NODATA_CLASS) {
        tally.confidence[id] = (tally.confidence[id] as number) + percent;
        tally.sure[id] = (tally.sure[id] as number) + 1;
      }
    }
    const pixel = hectares[row] as number;
    for (let id = 0; id < NODATA_CLASS; id += 1) {
      const count = counts[id] as number;
      if (count === 0) continue;
      tally.pixels[id] = (tally.pixels[id] as number) + count;
      tally.hectares[id] = (tally.hectares[id] as number) + count * pixel;
    }
    const nothing = counts[NODATA_CLASS] as number;
    tally.noDataPixels += nothing;
    tally.noDataHectares += nothing * pixel;
  }
}

/** Adds one tally to another. */
export function addTally(to: ClassTally, from: ClassTally): void {
  for (const name of ['pixels', 'hectares', 'confidence', 'sure'] as const) {
    for (let id = 0; id < NODATA_CLASS; id += 1) {
      to[name][id] = (to[name][id] as number) + (from[name][id] as number);
    }
  }
  to.noDataPixels += from.noDataPixels;
  to.noDataHectares += from.noDataHectares;
}
