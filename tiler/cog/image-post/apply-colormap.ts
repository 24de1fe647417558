import type { NumberArray, RGBA } from '../../../engine/raster-files/dataset.js';
import type { Colormap } from '../post.js';

/** Red, green, blue and alpha of each pixel, each 0 to 255. */
export interface Colored {
  readonly colors: readonly [Uint8Array, Uint8Array, Uint8Array];
  readonly alpha: Uint8Array;
}

const TRANSPARENT: RGBA = [0, 0, 0, 0];
/** A map of all values of a byte is a table: other types are cast to bytes first, as rio-tiler does. */
const BYTES = 256;

/** What has no colour is transparent. As rio-tiler's `apply_cmap`, `apply_discrete_cmap` and `apply_intervals_cmap`. */
export function applyColormap(values: NumberArray, colormap: Colormap): Colored {
  if (colormap.kind === 'intervals') return paint(values, intervalColors(values, colormap.intervals));
  const { colors } = colormap;
  if (colors.size === BYTES && [...colors.keys()].every(isByte)) {
    const table = Array.from({ length: BYTES }, (_, value) => colors.get(value) ?? TRANSPARENT);
    return paint(values, (value) => table[value & 0xff] as RGBA);
  }
  // float32 is compared with keys of float32.
  const keyed =
    values instanceof Float32Array
      ? new Map([...colors].map(([key, color]) => [Math.fround(key), color]))
      : colors;
  return paint(values, (value) => keyed.get(value) ?? TRANSPARENT);
}

const isByte = (key: number): boolean => Number.isInteger(key) && key >= 0 && key < BYTES;

type Interval = Extract<Colormap, { kind: 'intervals' }>['intervals'][number];

/** `from` ≤ value < `to`; where intervals overlap the last one counts. */
function intervalColors(values: NumberArray, intervals: readonly Interval[]): (value: number) => RGBA {
  const round = values instanceof Float32Array ? Math.fround : (edge: number) => edge;
  const rounded = intervals.map(({ from, to, color }) => ({ from: round(from), to: round(to), color }));
  const edges = Float64Array.from(new Set(rounded.flatMap(({ from, to }) => [from, to]))).sort();
  /** Colour of [edge, next edge). */
  const colors = Array.from(
    edges,
    (edge) => rounded.findLast(({ from, to }) => edge >= from && edge < to)?.color ?? TRANSPARENT,
  );
  return (value) => {
    let low = 0;
    let high = edges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((edges[middle] as number) <= value) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? TRANSPARENT : (colors[low - 1] as RGBA);
  };
}

function paint(values: NumberArray, colorOf: (value: number) => RGBA): Colored {
  const [red, green, blue, alpha] = [0, 1, 2, 3].map(() => new Uint8Array(values.length)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  let last = NaN;
  let color = TRANSPARENT;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    // Neighbours are often alike.
    if (value !== last) {
      color = colorOf(value);
      last = value;
    }
    red[i] = color[0];
    green[i] = color[1];
    blue[i] = color[2];
    alpha[i] = color[3];
  }
  return { colors: [red, green, blue], alpha };
}
