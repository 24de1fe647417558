import { newArray } from '../../../windows/block-spec.js';
import type { DataType } from '../../../windows/cog-header.js';
import type { NumberArray, RGBA } from '../../dataset.js';
import type { Chunk } from './chunk.js';
import { spans } from './chunk.js';

/**
 * GDAL's average and root mean square of a band with a palette: the entry whose colour is nearest to the mean of the colours under an
 * output pixel, each as much as another. What is transparent, or nodata, does not count.
 * @param squares the root of the mean of the squares
 */
export function paletteMean(
  chunk: Chunk,
  values: NumberArray,
  palette: ReadonlyMap<number, RGBA>,
  type: DataType,
  nodata: number | null,
  squares: boolean,
): NumberArray {
  const out = newArray(type, chunk.outWidth * chunk.outHeight);
  const entries = [...palette].sort(([a], [b]) => a - b);
  const visible = new Map(entries.filter(([value, [, , , alpha]]) => alpha !== 0 && value !== nodata));
  const missing = nodata ?? entries.find(([, [, , , alpha]]) => alpha === 0)?.[0] ?? 0;
  const across = spans(chunk.outX, chunk.outWidth, chunk.ratioX, chunk.deltaX, chunk.x, chunk.width);
  const down = spans(chunk.outY, chunk.outHeight, chunk.ratioY, chunk.deltaY, chunk.y, chunk.height);
  let at = 0;
  for (const rows of down) {
    for (const columns of across) {
      const sum: [number, number, number] = [0, 0, 0];
      let count = 0;
      for (let row = rows.first; row < rows.end; row++) {
        for (let column = columns.first; column < columns.end; column++) {
          const colour = visible.get(values[row * chunk.width + column] as number);
          if (colour === undefined) continue;
          count += 1;
          for (const c of [0, 1, 2] as const) sum[c] += squares ? colour[c] * colour[c] : colour[c];
        }
      }
      const mean = (total: number): number =>
        Math.trunc(squares ? Math.sqrt(Math.trunc(total / count)) + 0.5 : (total + (count >> 1)) / count);
      out[at] = count === 0 ? missing : nearest(visible, mean(sum[0]), mean(sum[1]), mean(sum[2]));
      at += 1;
    }
  }
  return out;
}

function nearest(colours: ReadonlyMap<number, RGBA>, red: number, green: number, blue: number): number {
  let best = 0;
  let least = Infinity;
  for (const [value, [r, g, b]] of colours) {
    const distance = (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2;
    if (distance >= least) continue;
    least = distance;
    best = value;
  }
  return best;
}
