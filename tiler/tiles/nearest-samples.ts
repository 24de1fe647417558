import { GeoCropError } from '../../engine/errors.js';
import type { Dataset, Level } from '../../engine/raster-files/dataset.js';

/** Centres of pixels in the reference system of a COG. */
export interface Centres {
  readonly easting: Float64Array;
  readonly northing: Float64Array;
  /** Distance between neighbouring centres, in the system's units: decides the overview. */
  readonly spacing: number;
}

/** Pixels of a level that one answer may read: 4096 × 4096. */
const MOST_PIXELS = 2 ** 24;

/**
 * The first band at the source pixels that contain the centres, of the coarsest level that is not coarser than the centres
 * lie apart; null at places outside the image, and where its mask or alpha band says that nothing is there. Its nodata value is for the caller to judge. Throws what reading throws; `area-too-large` where the file has no overview
 * for so small a scale, `cog-unsupported` for an image that is not north up.
 */
export async function nearestSamples(
  dataset: Dataset,
  { easting, northing, spacing }: Centres,
  signal?: AbortSignal,
): Promise<(at: number) => number | null> {
  const { x0, y0, resX, resY } = northUp(dataset);
  const index = levelFor(dataset.levels, spacing / resX);
  const level = dataset.levels[index] as Level;
  const full = dataset.levels[0] as Level;
  const stepX = (resX * full.width) / level.width;
  const stepY = (resY * full.height) / level.height;
  const columnOf = (at: number): number => Math.floor(((easting[at] as number) - x0) / stepX);
  const rowOf = (at: number): number => Math.floor((y0 - (northing[at] as number)) / stepY);

  let [left, top, right, bottom] = [Infinity, Infinity, -1, -1];
  for (let at = 0; at < easting.length; at++) {
    const column = columnOf(at);
    const row = rowOf(at);
    if (!(column >= 0 && column < level.width && row >= 0 && row < level.height)) continue;
    left = Math.min(left, column);
    right = Math.max(right, column);
    top = Math.min(top, row);
    bottom = Math.max(bottom, row);
  }
  if (right < 0) return () => null;

  const window = { column: left, row: top, width: right - left + 1, height: bottom - top + 1 };
  if (window.width * window.height > MOST_PIXELS) {
    throw new GeoCropError('area-too-large', 'The file has no overview for so small a scale.', {
      hint: 'Zoom in, or add overviews to the file: gdaladdo -r mode FILE 2 4 8 16 32 64.',
      context: { href: dataset.href, width: window.width, height: window.height },
    });
  }
  const {
    data: [data],
    masks: [mask],
  } = await dataset.read(index, window, [1], {
    // A nodata value is no mask: 0 may be a class.
    nodata: null,
    ...(signal === undefined ? {} : { signal }),
  });
  return (at) => {
    const column = columnOf(at) - left;
    const row = rowOf(at) - top;
    const inside = column >= 0 && column < window.width && row >= 0 && row < window.height;
    const place = row * window.width + column;
    return inside && mask?.[place] !== 0 ? (data?.[place] ?? null) : null;
  };
}

function northUp({ transform, href }: Dataset): { x0: number; y0: number; resX: number; resY: number } {
  if (
    transform === null ||
    transform[1] !== 0 ||
    transform[3] !== 0 ||
    transform[0] <= 0 ||
    transform[4] >= 0
  ) {
    throw new GeoCropError('cog-unsupported', 'The image is not georeferenced with north up.', {
      hint: 'gdalwarp writes it so.',
      context: { href },
    });
  }
  return { x0: transform[2], y0: transform[5], resX: transform[0], resY: -transform[4] };
}

/** @param factor how many full-resolution pixels the centres lie apart */
function levelFor(levels: readonly Level[], factor: number): number {
  const full = levels[0]?.width ?? 1;
  // A hair of tolerance: 20 m centres may use the 20 m overview of an odd-sized image.
  return Math.max(
    0,
    levels.findLastIndex((level) => full / level.width <= factor * 1.01),
  );
}
