import { LineApproximation } from './approximate-line.js';
import { overlap, quadArea } from './overlap.js';
import type { PixelTransform } from './pixel-transform.js';
import type { WarpBlock, WarpTask } from './warp-task.js';

/** Source pixels of less weight count as missing. */
const DENSITY_THRESHOLD = 1e-9;

/** What of the source lies on each pixel of a block, row-major. */
export interface Spread {
  /** One array a band. */
  readonly sums: readonly Float64Array[];
  /** Source pixels, parts of them by their area; 0: none. */
  readonly weights: Float64Array;
  /** How much of them is opaque. */
  readonly opaque: Float64Array;
}

/**
 * GDAL's sum (GWKSumPreserving): each source pixel is spread over the target pixels that it covers, so that what is added up over the
 * target is what it was over the source.
 * @param forward pixels of the source to pixels of the target
 */
export function spread(task: WarpTask, { rect, window }: WarpBlock, forward: PixelTransform): Spread {
  const { pixels } = task;
  const { valid, density } = pixels;
  const size = rect.width * rect.height;
  const sums = pixels.data.map(() => new Float64Array(size));
  const weights = new Float64Array(size);
  const opaque = new Float64Array(size);
  const corners = Int32Array.from({ length: window.width + 1 }, (_, i) => i);
  const line = new LineApproximation(forward);
  const project = (row: number, { x, y }: Corners): void => {
    line.run(window.x, corners.length, row, corners, 0, corners.length, x, y, 0);
    for (let i = 0; i < corners.length; i++) {
      x[i] = (x[i] as number) - rect.x;
      y[i] = (y[i] as number) - rect.y;
    }
  };
  let above = cornersOf(corners.length);
  let below = cornersOf(corners.length);
  project(window.y, below);
  const quadX = new Float64Array(4);
  const quadY = new Float64Array(4);
  for (let row = 0; row < window.height; row++) {
    [above, below] = [below, above];
    project(window.y + row + 1, below);
    const start = (window.y + row - pixels.y) * pixels.width + window.x - pixels.x;
    for (let column = 0; column < window.width; column++) {
      const at = start + column;
      if (valid !== null && valid[at] === 0) continue;
      const share = density === null ? 1 : (density[at] as number);
      if (share < DENSITY_THRESHOLD) continue;
      quadX.set([above.x[column], above.x[column + 1], below.x[column + 1], below.x[column]] as number[]);
      quadY.set([above.y[column], above.y[column + 1], below.y[column + 1], below.y[column]] as number[]);
      const area = quadArea(quadX, quadY);
      // Written so that a corner without a place has no area.
      if (!(area > 0)) continue;
      const left = Math.max(0, Math.floor(Math.min(...quadX)));
      const right = Math.min(rect.width, Math.ceil(Math.max(...quadX)));
      const top = Math.max(0, Math.floor(Math.min(...quadY)));
      const bottom = Math.min(rect.height, Math.ceil(Math.max(...quadY)));
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) {
          const weight = overlap(quadX, quadY, x, y) / area;
          if (!(weight > 0)) continue;
          const target = y * rect.width + x;
          weights[target] = (weights[target] as number) + weight;
          opaque[target] = (opaque[target] as number) + weight * share;
          for (const [b, sum] of sums.entries()) {
            sum[target] = (sum[target] as number) + weight * (pixels.data[b]?.[at] as number);
          }
        }
      }
    }
  }
  return { sums, weights, opaque };
}

interface Corners {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

function cornersOf(count: number): Corners {
  return { x: new Float64Array(count), y: new Float64Array(count) };
}
