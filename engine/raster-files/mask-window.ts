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
  const columnOf = centreIn(window.column, level.width / size.width, level.width);
  const rowOf = centreIn(window.row, level.height / size.height, level.height);
  const column = columnOf(0);
  const row = rowOf(0);
  const inMask: PixelWindow = {
    column,
    row,
    width: columnOf(window.width - 1) - column + 1,
    height: rowOf(window.height - 1) - row + 1,
  };
  return {
    level,
    window: inMask,
    fit: (values) => {
      const out = new Uint8Array(window.width * window.height);
      for (let y = 0, to = 0; y < window.height; y += 1) {
        const from = (rowOf(y) - row) * inMask.width - column;
        for (let x = 0; x < window.width; x += 1, to += 1) out[to] = values[from + columnOf(x)]!;
      }
      return out;
    },
  };
}

/** The mask's column or row at the centre of each of the window's. */
function centreIn(from: number, scale: number, size: number): (i: number) => number {
  return (i) => Math.min(size - 1, Math.floor((from + i + 0.5) * scale));
}
