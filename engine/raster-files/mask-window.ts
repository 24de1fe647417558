import type { ReadableLevel } from './combined-header.js';
import type { PixelWindow } from './dataset.js';

/** Which pixels of a mask belong to a window of a level. */
export interface MaskWindow {
  readonly level: ReadableLevel;
  readonly window: PixelWindow;
  /** Mask of the window's pixels out of what was read; the very array where both have the same size. */
  readonly fit: (values: Uint8Array) => Uint8Array;
}

/**
 * The mask of a level's own size; where an overview has none, the next larger one, by the pixel at the centre. GDAL, asked
 * for such an overview alone, says that all of it is valid.
 */
export function maskWindow(
  masks: readonly ReadableLevel[],
  size: { readonly width: number; readonly height: number },
  window: PixelWindow,
): MaskWindow | null {
  const [full] = masks;
  if (full === undefined) return null;
  const level =
    masks.filter(({ width, height }) => width >= size.width && height >= size.height).at(-1) ?? full;
  if (level.width === size.width && level.height === size.height) {
    return { level, window, fit: (values) => values };
  }
  const columns = centres(window.column, window.width, level.width / size.width, level.width);
  const rows = centres(window.row, window.height, level.height / size.height, level.height);
  const [column = 0] = columns;
  const [row = 0] = rows;
  const inMask: PixelWindow = {
    column,
    row,
    width: (columns.at(-1) ?? column) - column + 1,
    height: (rows.at(-1) ?? row) - row + 1,
  };
  return {
    level,
    window: inMask,
    fit: (values) => {
      const out = new Uint8Array(window.width * window.height);
      let to = 0;
      for (const y of rows) {
        const from = (y - row) * inMask.width - column;
        for (const x of columns) out[to++] = values[from + x]!;
      }
      return out;
    },
  };
}

function centres(from: number, count: number, scale: number, size: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.min(size - 1, Math.floor((from + i + 0.5) * scale)));
}
