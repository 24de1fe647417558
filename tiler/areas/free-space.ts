import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { GeoCropError } from '../../engine/errors.js';
import { bytesText } from '../warm/describe.js';

/** What the overviews take while they lie beside the file, and what the estimate may be wrong by. */
const HEADROOM = 1.5;

/** Bytes that may be written to a path's disk; null where the platform does not say. */
export async function freeBytes(path: string): Promise<number | null> {
  // The folder may not be there yet.
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    const space = await statfs(folder).catch(() => null);
    if (space !== null) return space.bavail * space.bsize;
    if (folder === dirname(folder)) return null;
  }
}

/** Said before hours of work, not after. @param estimate bytes of the file @throws store-full */
export function checkSpace(path: string, estimate: number, free: number | null): void {
  const needed = estimate * HEADROOM;
  if (free === null || needed <= free) return;
  throw new GeoCropError(
    'store-full',
    `${path} needs about ${bytesText(needed)} while it is written, and ${bytesText(free)} are free.`,
    {
      hint: 'Nothing was written. Make room, choose another disk, or export a smaller area.',
      context: { path, needed: Math.round(needed), free },
    },
  );
}
