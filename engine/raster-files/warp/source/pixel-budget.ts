import { GeoCropError } from '../../../errors.js';

/** Pixels of the file that one answer may cost, one band counted: a whole Sentinel-2 tile at 10 m fits. */
export const DEFAULT_PIXELS = 2 ** 27;

/** Counts what is read for one answer. */
export class PixelBudget {
  #left: number;

  constructor(private readonly limit: number = DEFAULT_PIXELS) {
    this.#left = limit;
  }

  /** @throws area-too-large before anything is read that would go beyond the limit */
  take(width: number, height: number): void {
    this.#left -= width * height;
    if (this.#left >= 0) return;
    throw new GeoCropError(
      'area-too-large',
      `This would read more than ${this.limit} pixels of the file: it has no overview that is coarse enough.`,
      {
        hint: 'Ask for a smaller area or a deeper zoom, or give the file overviews: gdaladdo -r average FILE.',
        context: { limit: this.limit },
      },
    );
  }
}
