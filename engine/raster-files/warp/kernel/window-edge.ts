import type { PixelTransform } from './pixel-transform.js';
import type { Rect } from './source-window.js';

/** GDAL takes a coordinate this close below a pixel's edge to lie on it. */
export const EDGE = 1e-10;

/**
 * Decides which source coordinates lie in a window. One that is less than a pixel outside may be so by the approximation
 * of its line only: it is worked out exactly, and counts if that lies inside.
 */
export class WindowEdge {
  readonly #x = new Float64Array(1);
  readonly #y = new Float64Array(1);
  readonly #left: number;
  readonly #top: number;
  readonly #right: number;
  readonly #bottom: number;

  /** @param left of the target's block: columns count from there */
  constructor(
    private readonly transform: PixelTransform,
    window: Rect,
    private readonly left: number,
  ) {
    this.#left = window.x;
    this.#top = window.y;
    this.#right = window.x + window.width - EDGE;
    this.#bottom = window.y + window.height - EDGE;
  }

  /** Source coordinates of pixel centres of one target row, in place: NaN for those outside. */
  settle(x: Float64Array, y: Float64Array, columns: Int32Array, row: number): void {
    const left = this.#left;
    const top = this.#top;
    const right = this.#right;
    const bottom = this.#bottom;
    for (let i = 0; i < x.length; i++) {
      const px = x[i] as number;
      const py = y[i] as number;
      // Written so that NaN is outside.
      if (px >= left && py >= top && px <= right && py <= bottom) continue;
      if (!(px >= left - 1 && py >= top - 1 && px <= right + 1 && py <= bottom + 1)) {
        x[i] = NaN;
        continue;
      }
      this.#x[0] = this.left + (columns[i] as number) + 0.5;
      this.#y[0] = row + 0.5;
      this.transform(this.#x, this.#y, 1);
      const ex = this.#x[0];
      const ey = this.#y[0];
      const inside = ex >= left && ey >= top && ex <= right && ey <= bottom;
      x[i] = inside ? ex : NaN;
      y[i] = ey;
    }
  }
}
