import { problemOf, unreachable } from './api.js';
import type { LegendClass, Problem } from './api.js';
import { strings } from './strings.js';
import type { TileQuality } from './tile-status.js';
import type { Fetched } from './tile-store.js';

/** A decoded tile. */
export interface Picture {
  readonly image: ImageBitmap;
  readonly width: number;
  /** Class ids, row-major, {@link NO_CLASS} where transparent; only of the classes layer. */
  readonly ids: Uint8Array | null;
}

export const NO_CLASS = 255;
const QUALITIES: readonly string[] = ['final', 'partial', 'incomplete', 'stale'];

/** One request for a tile's picture: what {@link TileStore} wants. `classes`: count pixels by the legend's colours. */
export async function fetchPicture(
  url: string,
  classes: readonly LegendClass[] | null,
  signal: AbortSignal,
): Promise<Fetched<Picture> | Problem> {
  try {
    const response = await fetch(url, { signal });
    if (response.status !== 200) return await problemOf(response);
    const quality = response.headers.get('X-GeoCrop-Tile') ?? 'final';
    const blob = await response.blob();
    // Colours stand for classes: no colour management, no premultiplied alpha.
    const image = await createImageBitmap(blob, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
    return {
      picture: { image, width: image.width, ids: classes === null ? null : classIds(image, classes) },
      quality: (QUALITIES.includes(quality) ? quality : 'final') as TileQuality,
      tier: response.headers.get('X-GeoCrop-Cache') ?? 'computed',
    };
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof DOMException) {
      return {
        code: 'broken-picture',
        detail: strings.problems.brokenPicture,
        hint: null,
        status: 200,
        retryAfter: null,
      };
    }
    return unreachable().problem;
  }
}

let scratch: CanvasRenderingContext2D | null = null;

function classIds(image: ImageBitmap, classes: readonly LegendClass[]): Uint8Array {
  if (scratch === null) {
    scratch = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    if (scratch === null) return new Uint8Array(image.width * image.height).fill(NO_CLASS);
  }
  const { canvas } = scratch;
  canvas.width = image.width;
  canvas.height = image.height;
  scratch.drawImage(image, 0, 0);
  return idsOfPixels(scratch.getImageData(0, 0, image.width, image.height).data, classes);
}

/** Class ids of RGBA pixels by exact colour. */
export function idsOfPixels(rgba: Uint8ClampedArray, classes: readonly LegendClass[]): Uint8Array {
  const idOf = new Map(classes.map((entry) => [Number.parseInt(entry.color.slice(1), 16), entry.id]));
  const ids = new Uint8Array(rgba.length / 4);
  for (let i = 0; i < ids.length; i += 1) {
    const at = 4 * i;
    const color = ((rgba[at] ?? 0) << 16) | ((rgba[at + 1] ?? 0) << 8) | (rgba[at + 2] ?? 0);
    ids[i] = rgba[at + 3] === 0 ? NO_CLASS : (idOf.get(color) ?? NO_CLASS);
  }
  return ids;
}
