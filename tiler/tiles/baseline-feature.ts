import { GeoCropError } from '../../engine/errors.js';
import type { Target } from '../../engine/metatile/target.js';
import type { DynamicWorldBaseline } from './baseline.js';

/** The Dynamic World that a map is made with. */
export interface BaselineWish {
  readonly year: number;
  /** Of its files; null: there are none, and every pixel has −1. */
  readonly digest: string | null;
}

/** Dynamic World class of each pixel of a target, −1 where there is none. */
export type ReadBaseline = (target: Target, wish: BaselineWish, signal?: AbortSignal) => Promise<Int8Array>;

/**
 * Dynamic World as a feature. A map's recipe names the files that its classes hang on, and a map is never made of others:
 * whoever replaces them gets another recipe.
 */
export class BaselineFeature {
  #digests: ReadonlyMap<number, string> = new Map();

  private constructor(private readonly files: DynamicWorldBaseline) {}

  static async open(files: DynamicWorldBaseline): Promise<BaselineFeature> {
    const feature = new BaselineFeature(files);
    await feature.refresh();
    return feature;
  }

  /** Of a year's files, as last seen; null where there are none. */
  digest(year: number): string | null {
    return this.#digests.get(year) ?? null;
  }

  /** @throws source-unavailable where the files are no longer those of the wish; what reading throws */
  readonly read: ReadBaseline = async (target, { year, digest }, signal) => {
    await this.refresh();
    if (this.digest(year) !== digest) {
      throw new GeoCropError('source-unavailable', `The baseline of ${year} has been replaced.`, {
        hint: 'Ask again: the map has a new version now.',
        context: { year },
      });
    }
    return this.files.dwClass(year, target, signal);
  };

  private async refresh(): Promise<void> {
    this.#digests = new Map((await this.files.years()).map(({ year, digest }) => [year, digest]));
  }
}
