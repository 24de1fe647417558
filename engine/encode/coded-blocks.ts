import { compressBlock, cutBlock, cutMask, isBlank, type BlockCoding, type CogRaster } from './cog-blocks.js';
import type { CodedBlock } from './cog-layout.js';

export interface BlockRules extends BlockCoding {
  /** Block edge in pixels. */
  readonly blockSize: number;
  /** Blocks that are nodata all over (and masked out, where there is a mask) are left out. */
  readonly sparse: boolean;
}

/** Blocks that are compressed at a time: libuv has four threads, and uncompressed copies take memory. */
const IN_FLIGHT = 6;

/** The blocks at these places of the raster's block grid, in this order. */
export async function codeBlocks(
  raster: CogRaster,
  places: readonly { readonly column: number; readonly row: number }[],
  rules: BlockRules,
): Promise<CodedBlock[]> {
  const blocks: CodedBlock[] = new Array<CodedBlock>(places.length);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < places.length) {
      const index = next++;
      const { column, row } = places[index] as (typeof places)[number];
      blocks[index] = await codeBlock(raster, column, row, rules);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  return blocks;
}

async function codeBlock(
  raster: CogRaster,
  column: number,
  row: number,
  { blockSize, sparse, ...coding }: BlockRules,
): Promise<CodedBlock> {
  const samples = cutBlock(raster, blockSize, column, row);
  const mask = raster.mask === undefined ? null : cutMask(raster, blockSize, column, row);
  if (sparse && isBlank(samples, raster.nodata) && (mask === null || isBlank(mask, 0))) {
    return { image: null, mask: null };
  }
  return {
    image: await compressBlock(samples, blockSize, raster.bands, coding),
    mask: mask && (await compressBlock(mask, blockSize, 1, { ...coding, predictor: 1 })),
  };
}
