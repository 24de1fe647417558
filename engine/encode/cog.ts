import { GeoCropError } from '../errors.js';
import {
  blockGrid,
  compressBlock,
  cutBlock,
  cutMask,
  isBlank,
  type BlockGrid,
  type CogRaster,
} from './cog-blocks.js';
import { ifdEntries, layoutCog, type CodedBlock, type CodedImage } from './cog-layout.js';
import type { CogOptions } from './cog-options.js';

export type { CogRaster } from './cog-blocks.js';
export type { CogOptions } from './cog-options.js';

/** Blocks that are compressed at a time: libuv has four threads, and uncompressed copies take memory. */
const IN_FLIGHT = 6;
const DEFAULT_BLOCK = 256;
const DEFAULT_LEVEL = 6;

/**
 * A Cloud Optimized GeoTIFF as GDAL's COG driver lays it out: ghost area, all IFDs, then the blocks of the smallest
 * overview first and of full resolution last, each block with its size before and its last four bytes after it, a mask's
 * block behind its picture's. https://gdal.org/drivers/raster/cog.html, "File layout". DEFLATE, little-endian, below 4 GiB.
 * @throws RangeError where sizes contradict each other; GeoCropError `unsupported-crs`, `area-too-large`
 */
export async function encodeCog(options: CogOptions): Promise<Uint8Array> {
  return Buffer.concat(await encodeCogChunks(options));
}

/** The same bytes in pieces, in file order: to be written one after the other without a copy of the whole. */
export async function encodeCogChunks(options: CogOptions): Promise<Uint8Array[]> {
  checkOptions(options);
  const blockSize = options.blockSize ?? DEFAULT_BLOCK;
  const rasters = [options.raster, ...(options.overviews ?? [])];
  const images: CodedImage[] = [];
  for (const [level, raster] of rasters.entries()) {
    const grid = blockGrid(raster.width, raster.height, blockSize);
    images.push({
      entries: ifdEntries(options, raster, level, grid, 'image'),
      maskEntries: raster.mask === undefined ? null : ifdEntries(options, raster, level, grid, 'mask'),
      blocks: await codeBlocks(raster, grid, options),
    });
  }
  const chunks = layoutCog(images);
  if (chunks === null) {
    throw new GeoCropError('area-too-large', 'The picture does not fit into a TIFF of 4 GiB.', {
      hint: 'Ask for a smaller area.',
      context: { width: options.raster.width, height: options.raster.height },
    });
  }
  return chunks;
}

async function codeBlocks(raster: CogRaster, grid: BlockGrid, options: CogOptions): Promise<CodedBlock[]> {
  const blocks: CodedBlock[] = new Array<CodedBlock>(grid.across * grid.down);
  const coding = { predictor: options.predictor ?? 1, level: options.level ?? DEFAULT_LEVEL };
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < blocks.length) {
      const index = next++;
      const column = index % grid.across;
      const row = Math.floor(index / grid.across);
      const samples = cutBlock(raster, grid.size, column, row);
      const mask = raster.mask === undefined ? null : cutMask(raster, grid.size, column, row);
      const blank =
        options.sparse === true && isBlank(samples, raster.nodata) && (mask === null || isBlank(mask, 0));
      blocks[index] = blank
        ? { image: null, mask: null }
        : {
            image: await compressBlock(samples, grid.size, raster.bands, coding),
            mask: mask && (await compressBlock(mask, grid.size, 1, { ...coding, predictor: 1 })),
          };
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  return blocks;
}

function checkOptions(options: CogOptions): void {
  const { raster } = options;
  const blockSize = options.blockSize ?? DEFAULT_BLOCK;
  if (blockSize % 16 !== 0 || blockSize <= 0) {
    throw new RangeError(`blockSize: got ${blockSize}, expected a multiple of 16 (TIFF 6.0, section 15)`);
  }
  if (options.photometric === 'rgb' && raster.bands !== 3) {
    throw new RangeError(`rgb: got ${raster.bands} bands, expected 3`);
  }
  if (options.photometric === 'palette' && !(raster.bands === 1 && raster.data instanceof Uint8Array)) {
    throw new RangeError('palette: expected one band of uint8');
  }
  let previous = raster;
  for (const level of [raster, ...(options.overviews ?? [])]) {
    const pixels = level.width * level.height;
    if (level.data.length !== pixels * level.bands || pixels === 0) {
      throw new RangeError(
        `raster data: got ${level.data.length} values, expected ${pixels * level.bands} (${level.bands} × ${level.height} × ${level.width})`,
      );
    }
    if (level.mask !== undefined && level.mask.length !== pixels) {
      throw new RangeError(`raster mask: got ${level.mask.length} values, expected ${pixels}`);
    }
    if (
      level.bands !== raster.bands ||
      level.data.constructor !== raster.data.constructor ||
      (level.mask === undefined) !== (raster.mask === undefined) ||
      level.width > previous.width ||
      level.height > previous.height
    ) {
      throw new RangeError('overviews: expected the bands, type and mask of the raster, largest first');
    }
    previous = level;
  }
}
