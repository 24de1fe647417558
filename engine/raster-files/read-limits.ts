import { GeoCropError } from '../errors.js';

/** How much one read of a window may take. */
export interface ReadLimits {
  /** Of the answer: pixels of all bands and masks. */
  readonly windowBytes: number;
  /** Of the blocks that it needs, as they lie in the file. */
  readonly sourceBytes: number;
  /** Of the blocks that it needs, decoded. */
  readonly decodedBytes: number;
  /** Blocks that it needs. */
  readonly blocks: number;
}

/** For a server: a window of 4096 × 4096 × 4 float32 is half of it. */
export const READ_LIMITS: ReadLimits = {
  windowBytes: 512 * 1024 * 1024,
  sourceBytes: 512 * 1024 * 1024,
  decodedBytes: 1024 * 1024 * 1024,
  blocks: 65_536,
};

export function checkWithin(href: string, limits: ReadLimits, what: keyof ReadLimits, value: number): void {
  if (value <= limits[what]) return;
  throw new GeoCropError(
    'area-too-large',
    `${NAMES[what]} ${value}, at most ${limits[what]} are read at once.`,
    {
      hint: 'Ask for a smaller area or a coarser resolution; a file without overviews needs all its pixels: gdaladdo makes them.',
      context: { href, limit: limits[what] },
    },
  );
}

const NAMES: Readonly<Record<keyof ReadLimits, string>> = {
  windowBytes: 'The pixels asked for take bytes:',
  sourceBytes: 'The area asked for lies in blocks of the file of so many bytes:',
  decodedBytes: 'The area asked for lies in blocks of so many bytes once decoded:',
  blocks: 'The area asked for lies in so many blocks of the file:',
};
