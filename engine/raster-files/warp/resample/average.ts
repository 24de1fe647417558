import { newArray } from '../../../windows/block-spec.js';
import { replacement, toPixel } from '../kernel/number-types.js';
import type { Resampler } from './chunk.js';
import { spans } from './chunk.js';

/** GDAL's average and root mean square: of what an output pixel covers, parts of pixels by their share. */
export const average: Resampler = (chunk, values, mask, type, nodata, resampling) => {
  const out = newArray(type, chunk.outWidth * chunk.outHeight);
  const squares = resampling === 'rms';
  const across = spans(chunk.outX, chunk.outWidth, chunk.ratioX, chunk.deltaX, chunk.x, chunk.width);
  const down = spans(chunk.outY, chunk.outHeight, chunk.ratioY, chunk.deltaY, chunk.y, chunk.height);
  let at = 0;
  for (const rows of down) {
    for (const columns of across) {
      let sum = 0;
      let total = 0;
      for (let row = rows.first; row < rows.end; row++) {
        const shareY = row === rows.first ? rows.firstShare : row + 1 === rows.end ? rows.lastShare : 1;
        const start = row * chunk.width;
        for (let column = columns.first; column < columns.end; column++) {
          if (mask !== null && mask[start + column] === 0) continue;
          const shareX =
            column === columns.first
              ? columns.firstShare
              : column + 1 === columns.end
                ? columns.lastShare
                : 1;
          const value = values[start + column] as number;
          const weight = shareX * shareY;
          sum += (squares ? value * value : value) * weight;
          total += weight;
        }
      }
      if (total > 0) {
        const mean = squares ? Math.sqrt(sum / total) : sum / total;
        // Of bytes and uint16, GDAL compares what is rounded already; of the others, what is rounded after.
        const worked = type === 'uint8' || type === 'uint16' ? toPixel(mean, type) : mean;
        out[at] = nodata !== null && worked === nodata ? replacement(nodata, type) : toPixel(worked, type);
      } else if (nodata !== null) {
        out[at] = nodata;
      }
      at += 1;
    }
  }
  return out;
};
