import { GeoCropError } from '../errors.js';
import { blockGrid } from './cog-blocks.js';
import { codeBlocks } from './coded-blocks.js';
import { layoutCog, type CodedImage } from './cog-layout.js';
import { DEFAULT_BLOCK, DEFAULT_LEVEL, type CogOptions } from './cog-options.js';
import { ifdEntries, sampleFormatOf } from './ifd-entries.js';

export type { CogRaster } from './cog-blocks.js';
export type { CogOptions } from './cog-options.js';

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
  const {
    predictor = 1,
    level: deflate = DEFAULT_LEVEL,
    blockSize = DEFAULT_BLOCK,
    sparse = false,
  } = options;
  const images: CodedImage[] = [];
  for (const [level, raster] of [options.raster, ...(options.overviews ?? [])].entries()) {
    const grid = blockGrid(raster.width, raster.height, blockSize);
    const shape = { ...raster, format: sampleFormatOf(raster.data) };
    const places = Array.from({ length: grid.across * grid.down }, (_, i) => ({
      column: i % grid.across,
      row: Math.floor(i / grid.across),
    }));
    images.push({
      entries: ifdEntries(options, shape, level, grid, 'image'),
      maskEntries: raster.mask === undefined ? null : ifdEntries(options, shape, level, grid, 'mask'),
      blocks: await codeBlocks(raster, places, { predictor, level: deflate, blockSize, sparse }),
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
