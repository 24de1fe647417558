import { problemOf, unreachable } from './api.js';
import type { Problem } from './api.js';
import { readPaletteIndices } from './map/palette-png.js';
import { strings } from './strings.js';
import type { TileQuality } from './tile-status.js';
import type { Fetched } from './tile-store.js';

/** A decoded tile: colours, or one number a pixel whose meaning the GPU looks up. */
export type Picture = ImagePicture | IdPicture;

export interface ImagePicture {
  readonly kind: 'image';
  readonly image: ImageBitmap;
  readonly width: number;
  readonly height: number;
}

export interface IdPicture {
  readonly kind: 'ids';
  /** Row-major, {@link NO_CLASS} where there is none: class ids, or whole percents of confidence. */
  readonly ids: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** What a palette's indices stand for: 256 entries, {@link NO_CLASS} for those without a meaning. null: the colours are shown. */
export type Meaning = Uint8Array | null;

export const NO_CLASS = 255;
const QUALITIES: readonly string[] = ['final', 'partial', 'incomplete', 'stale'];

/** Of class pictures: the server's indices are the class ids, and what has no class comes after them. */
export const classIds = (classes: number): Meaning =>
  Uint8Array.from({ length: 256 }, (_, index) => (index < classes ? index : NO_CLASS));

/** Of pictures with a ramp: index 0 is `min`, 254 is `max`, 255 is nothing. */
export const rampValues = (min: number, max: number): Meaning =>
  Uint8Array.from({ length: 256 }, (_, index) =>
    index === 255 ? NO_CLASS : Math.round(min + (index / 254) * (max - min)),
  );

/** One request for a tile's picture: what {@link TileStore} wants. */
export async function fetchPicture(
  url: string,
  meaning: Meaning,
  signal: AbortSignal,
): Promise<Fetched<Picture> | Problem> {
  try {
    const response = await fetch(url, { signal });
    if (response.status !== 200) return await problemOf(response);
    const quality = response.headers.get('X-GeoCrop-Tile') ?? 'final';
    const tier = response.headers.get('X-GeoCrop-Cache') ?? 'computed';
    const picture = await (meaning === null ? imageOf(response) : idsOf(response, meaning));
    if (picture === null) return BROKEN;
    return {
      picture,
      quality: (QUALITIES.includes(quality) ? quality : 'final') as TileQuality,
      tier,
    };
  } catch (error) {
    if (signal.aborted) throw error;
    return unreachable().problem;
  }
}

const BROKEN: Problem = {
  code: 'broken-picture',
  detail: strings.problems.brokenPicture,
  hint: null,
  status: 200,
  retryAfter: null,
};

async function imageOf(response: Response): Promise<ImagePicture | null> {
  const blob = await response.blob();
  try {
    // Colours stand for values: no colour management, no premultiplied alpha.
    const image = await createImageBitmap(blob, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
    return { kind: 'image', image, width: image.width, height: image.height };
  } catch {
    return null;
  }
}

async function idsOf(response: Response, meaning: Uint8Array): Promise<IdPicture | null> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const read = await readPaletteIndices(bytes).catch(() => null);
  if (read === null) return null;
  const { indices: ids, width, height } = read;
  for (let at = 0; at < ids.length; at += 1) ids[at] = meaning[ids[at] ?? NO_CLASS] ?? NO_CLASS;
  return { kind: 'ids', ids, width, height };
}
