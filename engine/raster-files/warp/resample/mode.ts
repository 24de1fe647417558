import { newArray } from '../../../windows/block-spec.js';
import type { Resampler } from './chunk.js';
import { spans } from './chunk.js';

/**
 * GDAL's mode: the value that an output pixel covers most often, the first that reaches that count. Of bytes it knows nodata, but no other
 * mask; of other types, what no valid pixel lies under becomes 0.
 */
export const mode: Resampler = (chunk, values, mask, type, nodata) => {
  const out = newArray(type, chunk.outWidth * chunk.outHeight);
  const across = spans(chunk.outX, chunk.outWidth, chunk.ratioX, chunk.deltaX, chunk.x, chunk.width);
  const down = spans(chunk.outY, chunk.outHeight, chunk.ratioY, chunk.deltaY, chunk.y, chunk.height);
  const bytes = type === 'uint8';
  const empty = bytes ? (nodata ?? 0) : 0;
  const counts = new Map<number, number>();
  let at = 0;
  for (const rows of down) {
    for (const columns of across) {
      counts.clear();
      let most = 0;
      let best = empty;
      for (let row = rows.first; row < rows.end; row++) {
        for (let column = columns.first; column < columns.end; column++) {
          const from = row * chunk.width + column;
          const value = values[from] as number;
          if (bytes ? value === nodata : mask !== null && mask[from] === 0) continue;
          const count = (counts.get(value) ?? 0) + 1;
          counts.set(value, count);
          if (count > most) {
            most = count;
            best = value;
          }
        }
      }
      out[at] = best;
      at += 1;
    }
  }
  return out;
};
