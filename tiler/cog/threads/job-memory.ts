import type { CogJob } from '../jobs/job.js';

/** A value on its way to a picture: as it was read, as it is calculated with, its mask, and what becomes of it. */
const BYTES_A_VALUE = 16;
/** Blocks of the source that are being decoded, whatever is made of them. */
const BASE_BYTES = 8 * 2 ** 20;
/** Of a file that nobody has opened yet. */
const LIKELY_BANDS = 4;
/** Of a part whose size nobody said: 1024 pixels a side. */
const LIKELY_PIXELS = 2 ** 20;

export const bytesOfValues = (values: number): number => BASE_BYTES + values * BYTES_A_VALUE;

/** Most values that a job may have which may take so many bytes. */
export const valuesOfBytes = (bytes: number): number =>
  Math.max(0, Math.floor((bytes - BASE_BYTES) / BYTES_A_VALUE));

/** What a job is likely to take: the thread says where it is more. */
export function likelyValues(job: CogJob): number {
  switch (job.kind) {
    case 'info':
    case 'info-feature':
    case 'tilejson':
    case 'point':
      return 0;
    case 'tile':
      return job.size ** 2 * likelyBands(job.read.bands);
    case 'preview':
    case 'part':
    case 'statistics': {
      const { width, height, maxSize } = job.size;
      const side = width ?? height ?? maxSize;
      const pixels = side === undefined ? LIKELY_PIXELS : (width ?? side) * (height ?? side);
      return pixels * likelyBands(job.read.bands);
    }
  }
}

const likelyBands = (bands: readonly number[] | undefined): number => bands?.length ?? LIKELY_BANDS;
