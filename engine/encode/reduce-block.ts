import { TILE_SIZE } from '../geo/tile-matrix.js';
import type { Raster } from '../raster.js';
import { compressBlock, cutBlock, cutMask } from './cog-blocks.js';
import type { CodedBlock } from './cog-layout.js';
import { halve } from './overviews.js';
import { productCoding, productKind, productNodata, productReducer, type ProductKind } from './products.js';

/** Upper left, upper right, lower left, lower right. */
export type Quarter = 0 | 1 | 2 | 3;

export interface BlockParts {
  /** `classes`, `truecolor` … */
  readonly product: string;
  /** What the tile was, 256 × 256; null where there was nothing. */
  readonly base: Raster | null;
  /** The tiles below that are new, 256 × 256; null: nothing is there any more. The other quarters stay. */
  readonly parts: readonly { readonly quarter: Quarter; readonly tile: Raster | null }[];
}

/** A tile, and the block of a COG that holds it. */
export interface ReducedBlock {
  readonly raster: Raster;
  readonly block: CodedBlock;
}

/** zlib's, as for metatiles. */
const DEFLATE_LEVEL = 6;

/**
 * Whether a product of the pyramid has a mask. Observations have one there and none in a metatile: a pixel that nobody has
 * computed is no pixel without observations.
 */
export function isMaskedInPyramid(kind: ProductKind): boolean {
  return kind === 'truecolor' || kind === 'observations';
}

/**
 * A tile of the pyramid made of those of the next zoom: each of them, halved by the product's rule (docs/architecture.md,
 * "Zooms"), becomes a quarter of it. Quarters do not touch each other's pixels, so one is replaced without the others.
 * @throws RangeError where a tile is not 256 × 256
 */
export async function reduceBlock({ product, base, parts }: BlockParts): Promise<ReducedBlock> {
  const kind = productKind(product);
  const [first] = parts;
  const bands = base?.bands ?? first?.tile?.bands ?? (kind === 'truecolor' ? 3 : 1);
  const raster = base === null ? blank(kind, bands) : copyOf(base);
  for (const { quarter, tile } of parts) paste(raster, kind, quarter, tile);
  const { predictor = 1 } = productCoding(kind, {});
  const coding = { predictor, level: DEFLATE_LEVEL };
  const mask = isMaskedInPyramid(kind) ? cutMask(raster, TILE_SIZE, 0, 0) : null;
  return {
    raster,
    block: {
      image: await compressBlock(cutBlock(raster, TILE_SIZE, 0, 0), TILE_SIZE, bands, coding),
      mask: mask && (await compressBlock(mask, TILE_SIZE, 1, { ...coding, predictor: 1 })),
    },
  };
}

function blank(kind: ProductKind, bands: number): Raster {
  const pixels = TILE_SIZE * TILE_SIZE;
  const nodata = productNodata(kind);
  const data = kind === 'feature' ? new Float32Array(bands * pixels) : new Uint8Array(bands * pixels);
  const shape = { data: data.fill(nodata ?? 0), bands, width: TILE_SIZE, height: TILE_SIZE, nodata };
  return isMaskedInPyramid(kind) ? { ...shape, mask: new Uint8Array(pixels) } : shape;
}

function copyOf(raster: Raster): Raster {
  checkTile(raster);
  const { data, mask } = raster;
  return { ...raster, data: data.slice(), ...(mask === undefined ? {} : { mask: mask.slice() }) };
}

function paste(into: Raster, kind: ProductKind, quarter: Quarter, tile: Raster | null): void {
  const half = TILE_SIZE / 2;
  const at = (quarter >> 1) * half * TILE_SIZE + (quarter & 1) * half;
  const small = tile === null ? null : halve(withMask(tile, kind), productReducer(kind));
  const nothing = into.nodata ?? 0;
  for (let y = 0; y < half; y++) {
    const to = at + y * TILE_SIZE;
    for (let band = 0; band < into.bands; band++) {
      const start = band * TILE_SIZE * TILE_SIZE + to;
      if (small === null) into.data.fill(nothing, start, start + half);
      else
        into.data.set(
          small.data.subarray(band * half * half + y * half, band * half * half + (y + 1) * half),
          start,
        );
    }
    if (into.mask === undefined) continue;
    if (small?.mask === undefined) into.mask.fill(0, to, to + half);
    else into.mask.set(small.mask.subarray(y * half, (y + 1) * half), to);
  }
}

/** A metatile's tile without a mask is there all over. */
function withMask(tile: Raster, kind: ProductKind): Raster {
  checkTile(tile);
  if (tile.mask !== undefined || !isMaskedInPyramid(kind)) return tile;
  return { ...tile, mask: new Uint8Array(TILE_SIZE * TILE_SIZE).fill(255) };
}

function checkTile({ width, height }: Raster): void {
  if (width !== TILE_SIZE || height !== TILE_SIZE) {
    throw new RangeError(`tile: got ${width} × ${height}, expected ${TILE_SIZE} × ${TILE_SIZE}`);
  }
}
