import { PRODUCT_BLOCK, productKind, productLevels, productNodata } from '../../engine/encode/products.js';
import { mapTransform, type MapWindow } from '../../engine/encode/map-window.js';
import { isGeoCropError, messageOf } from '../../engine/errors.js';
import { METATILE_SIZE, NATIVE_ZOOM } from '../../engine/geo/tile-matrix.js';
import {
  hasArchivedBlock,
  readArchivedBlock,
  readArchivedHeader,
  type ArchivedForm,
  type ReadRange,
} from '../archive-cog.js';
import type { Metatile } from '../archive-keys.js';
import { readPlacement } from './verify-placement.js';

export interface ExpectedProduct {
  readonly name: string;
  readonly form: ArchivedForm;
  /** Pixels a side. */
  readonly side: number;
  /** Where its upper left pixel lies. */
  readonly window: MapWindow;
  /** How many classes the map has; null: not known. */
  readonly classes: number | null;
}

/** @param classes how many the map has; null: not known */
export const metatileProduct = (
  name: string,
  { x, y }: Metatile,
  classes: number | null,
): ExpectedProduct => ({
  name,
  form: 'metatile',
  side: METATILE_SIZE,
  window: { zoom: NATIVE_ZOOM, px0: x * METATILE_SIZE, py0: y * METATILE_SIZE },
  classes,
});

const PERCENT = 100;
/** Metres: a pixel is 9.55. */
const PLACE_TOLERANCE = 1e-3;

/** What is wrong with a product's file, in words; null where nothing is. Decodes every block of every level. */
export async function productProblem(bytes: Uint8Array, expected: ExpectedProduct): Promise<string | null> {
  try {
    return await firstProblem(bytes, expected);
  } catch (error) {
    if (!isGeoCropError(error, 'store-corrupt')) throw error;
    return error.cause === undefined ? error.message : messageOf(error.cause);
  }
}

async function firstProblem(bytes: Uint8Array, expected: ExpectedProduct): Promise<string | null> {
  if (bytes.length === 0) return 'it is empty';
  const { name, form, side } = expected;
  const read: ReadRange = async (start, end) => bytes.subarray(start, end);
  const cog = await readArchivedHeader(read, name, name, form);
  const levels = productLevels(side, side) + 1;
  const size = cog.levels[0]?.image;
  if (size?.width !== side || size.height !== side) {
    return `it has ${size?.width} × ${size?.height} pixels, expected ${side} × ${side}`;
  }
  if (cog.blockSize !== PRODUCT_BLOCK)
    return `its blocks have ${cog.blockSize} pixels, expected ${PRODUCT_BLOCK}`;
  if (cog.levels.length !== levels)
    return `it has ${cog.levels.length - 1} overviews, expected ${levels - 1}`;
  const placement = placementProblem(bytes, expected);
  if (placement !== null) return placement;
  const isRight = rangeOf(expected);
  for (const [level, { image }] of cog.levels.entries()) {
    for (let i = 0; i < image.offsets.length; i++) {
      const at = { level, column: i % image.across, row: Math.floor(i / image.across) };
      // Where nothing was computed a node has no block.
      if (form === 'node' && !hasArchivedBlock(cog, at, name)) continue;
      const { data } = await readArchivedBlock(read, cog, name, at, name);
      const wrong = isRight === null ? undefined : data.find((value) => !isRight(value));
      if (wrong !== undefined) return `level ${level} holds ${wrong}`;
    }
  }
  return null;
}

/** What a value of the product may be; null: anything. */
function rangeOf({ name, classes }: ExpectedProduct): ((value: number) => boolean) | null {
  const kind = productKind(name);
  const nodata = productNodata(kind);
  switch (kind) {
    case 'classes':
    case 'baseline':
      return (value) => value === nodata || value < (classes ?? Infinity);
    case 'confidence':
    case 'probabilities':
      return (value) => value === nodata || value <= PERCENT;
    case 'observations':
    case 'truecolor':
      return null;
    case 'feature':
      return (value) => Number.isFinite(value) || Number.isNaN(value);
  }
}

function placementProblem(bytes: Uint8Array, { name, window }: ExpectedProduct): string | null {
  const { transform, nodata } = readPlacement(bytes);
  const right = mapTransform(window);
  if (!right.every((value, i) => Math.abs(value - (transform[i] ?? NaN)) < PLACE_TOLERANCE)) {
    return 'it lies elsewhere than its name says';
  }
  const expected = productNodata(productKind(name));
  const same = expected === null ? nodata === null : nodata !== null && Object.is(Number(nodata), expected);
  return same ? null : `its nodata is ${nodata ?? 'not set'}, expected ${expected ?? 'none'}`;
}
