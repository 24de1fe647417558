import type { PixelCut, PixelSpan, PixelWindow } from './pixel-cut.js';

/** The pixels of a cut, packed, so that they can go to another thread and be asked for again and again. */
export interface PixelSpans {
  readonly window: PixelWindow;
  /** Length window.height + 1: row `window.y + i` has the spans starts[i] to starts[i + 1]. */
  readonly starts: Uint32Array;
  /** Of each span its first pixel and the one behind its last, counted from the west of the window. */
  readonly ends: Uint32Array;
}

/** All spans of a cut, or null where there are more than `most`. */
export function packSpans(window: PixelWindow, cut: PixelCut, most: number): PixelSpans | null {
  const starts = new Uint32Array(window.height + 1);
  let ends = new Uint32Array(Math.max(16, 4 * window.height));
  let count = 0;
  for (let row = 0; row < window.height; row += 1) {
    for (const [from, to] of cut.spans(window.y + row)) {
      if (count === most) return null;
      if (2 * count + 2 > ends.length) {
        const larger = new Uint32Array(2 * ends.length);
        larger.set(ends);
        ends = larger;
      }
      ends[2 * count] = from - window.x;
      ends[2 * count + 1] = to - window.x;
      count += 1;
    }
    starts[row + 1] = count;
  }
  return { window, starts, ends: ends.slice(0, 2 * count) };
}

/** The cut that was packed. */
export function cutOfSpans({ window, starts, ends }: PixelSpans): PixelCut {
  return {
    spans(y) {
      const row = y - window.y;
      const first = starts[row] ?? 0;
      return Array.from({ length: (starts[row + 1] ?? first) - first }, (_, i): PixelSpan => {
        const at = 2 * (first + i);
        return [window.x + (ends[at] as number), window.x + (ends[at + 1] as number)];
      });
    },
  };
}
