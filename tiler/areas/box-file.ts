import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FinishedCog } from '../../engine/encode/streaming-cog.js';
import { GeoCropError } from '../../engine/errors.js';
import type { PixelWindow } from '../../engine/geo/pixel-cut.js';
import type { Bounds } from '../../engine/geo/tile-matrix.js';
import type { WrittenBox } from './area-service.js';
import { windowOf } from './area-window.js';
import { checkSpace, freeBytes } from './free-space.js';
import type { AreaDeps } from './open-area-service.js';

/** Metres of a pixel, as people say it. */
const PIXEL_METRES = 9;
/** Four rows of blocks are held in memory: 134 MB of float32. */
const MOST_WIDE = 2 ** 15;

/** Every native map pixel that a box touches. @throws bad-request; area-too-large, with what is allowed */
export function boxWindow(bounds: Bounds, { pixels: most }: AreaDeps['limits']): PixelWindow {
  const window = windowOf(bounds);
  const { width, height } = window;
  if (width > MOST_WIDE) {
    throw new GeoCropError(
      'area-too-large',
      `The box is ${width} pixels wide; one file may be ${MOST_WIDE}.`,
      {
        hint: 'Longitude comes first. Ask for smaller boxes.',
        context: { width, most: MOST_WIDE },
      },
    );
  }
  if (width * height <= most) return window;
  const side = Math.floor(Math.sqrt(most));
  throw new GeoCropError(
    'area-too-large',
    `The box has ${width} × ${height} pixels, ${width * height} in all; one file may have ${most}.`,
    {
      hint: `That is a square of ${side} pixels, about ${Math.floor((side * PIXEL_METRES) / 1000)} km. Ask for smaller boxes, or use \`geocrop export\`, which takes any area.`,
      context: { width, height, pixels: width * height, most },
    },
  );
}

/**
 * A file of this machine's, when its turn comes; nothing is left of one that could not be written.
 * @param estimate bytes that it will have
 * @throws store-full, queue-full, area-too-large where it takes too long, and what the writing throws
 */
export async function writeBox(
  { gate, deadline }: Pick<AreaDeps, 'gate' | 'deadline'>,
  estimate: number,
  signal: AbortSignal,
  write: (
    path: string,
    signal: AbortSignal,
  ) => Promise<{ readonly finished: FinishedCog; readonly partial: boolean }>,
): Promise<WrittenBox> {
  const folder = await mkdtemp(join(tmpdir(), 'geocrop-box-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const path = join(folder, 'box.tif');
    checkSpace(path, estimate, await freeBytes(path));
    const { finished, partial } = await gate.run(signal, () =>
      deadline.within(signal, (within) => write(path, within)),
    );
    await finished.commit();
    return { path, bytes: finished.bytes, partial, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Without anything that a shell or a browser would take for something else. */
export function boxFileName(parts: readonly string[], bounds: Bounds): string {
  const all = ['geocrop', ...parts, ...bounds.map(String)];
  return `${all.map((part) => part.replaceAll(/[^\w.-]/g, '-')).join('_')}.tif`;
}
