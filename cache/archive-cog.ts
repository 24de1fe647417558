import { productCoding, productKind, productNodata, type ProductKind } from '../engine/encode/products.js';
import { isMaskedInPyramid } from '../engine/encode/reduce-block.js';
import { GeoCropError, messageOf, isGeoCropError } from '../engine/errors.js';
import type { Raster } from '../engine/raster.js';
import type { BlockSpec } from '../engine/windows/block-spec.js';
import { decodeBlockSync } from '../engine/windows/decode.js';
import {
  HeaderTruncated,
  parseArchivedHeader,
  type ArchivedBlocks,
  type ArchivedCog,
} from './archive-header.js';

/** Bytes [start, end) of one file, cut at its end. */
export type ReadRange = (start: number, end: number) => Promise<Uint8Array>;

/** One read for the usual header: three colour tables of 1.5 KB, names, and the lists of 21 blocks. */
const HEADER_BYTES = 16 * 1024;
const MOST_HEADER_BYTES = 4 * 1024 * 1024;
/** A block's size lies before it, its last four bytes once more behind it (engine/encode/cog-layout.ts). */
const LEADER_BYTES = 4;
const TRAILER_BYTES = 4;
const DEFLATE = 8;

/** How a product's file is made: of a metatile, or of a node of the pyramid (engine/encode/reduce-block.ts). */
export type ArchivedForm = 'metatile' | 'node';

/** The header of a product's file. Throws `store-corrupt` where it is not what engine/encode writes for that product. */
export async function readArchivedHeader(
  read: ReadRange,
  product: string,
  key: string,
  form: ArchivedForm = 'metatile',
): Promise<ArchivedCog> {
  const kind = productKind(product);
  for (let size = HEADER_BYTES; ; size *= 4) {
    const bytes = await read(0, size);
    try {
      const cog = parseArchivedHeader(bytes, kind === 'feature' ? 'float32' : 'uint8');
      checkKind(cog, kind, form);
      return cog;
    } catch (error) {
      if (error instanceof HeaderTruncated && bytes.length === size && size < MOST_HEADER_BYTES) continue;
      throw damaged(key, error);
    }
  }
}

function checkKind(cog: ArchivedCog, kind: ProductKind, form: ArchivedForm): void {
  const { predictor = 1 } = productCoding(kind, {});
  if (cog.predictor !== predictor)
    throw new Error(`its predictor is ${cog.predictor}, expected ${predictor}`);
  const bands = kind === 'truecolor' ? 3 : kind === 'probabilities' ? cog.bands : 1;
  if (cog.bands !== bands) throw new Error(`it has ${cog.bands} bands, expected ${bands}`);
  const masked = cog.levels[0]?.mask !== null;
  const expected = form === 'node' ? isMaskedInPyramid(kind) : kind === 'truecolor';
  if (masked !== expected) throw new Error(masked ? 'it has a mask' : 'it has no mask');
}

export interface BlockPlace {
  readonly level: number;
  readonly column: number;
  readonly row: number;
}

/** False where the file leaves the block out; metatiles' files have all of theirs. Throws `store-corrupt` where there is no such level. */
export function hasArchivedBlock(cog: ArchivedCog, at: BlockPlace, key: string): boolean {
  const level = cog.levels[at.level];
  if (level === undefined) throw damaged(key, new Error(`it has no level ${at.level}`));
  return (level.image.byteCounts[at.row * level.image.across + at.column] ?? 0) > 0;
}

/** A block as it is in the file, still compressed: with one range, size and last bytes compared. Throws `store-corrupt`. */
export async function readCodedBlock(
  read: ReadRange,
  cog: ArchivedCog,
  at: BlockPlace,
  key: string,
): Promise<{ readonly image: Uint8Array; readonly mask: Uint8Array | null }> {
  const level = cog.levels[at.level];
  try {
    if (level === undefined) throw new Error(`it has no level ${at.level}`);
    const { image, mask } = level;
    const index = at.row * image.across + at.column;
    const places = [place(image, index), ...(mask === null ? [] : [place(mask, index)])];
    const start = Math.min(...places.map((some) => some.start));
    const end = Math.max(...places.map((some) => some.end));
    if (end - start > places.reduce((sum, some) => sum + some.end - some.start, 0)) {
      throw new Error('a mask does not lie behind its picture');
    }
    const bytes = await read(start, end);
    const [picture, bits] = places.map((some) => unwrap(bytes, some.start - start, some.end - start));
    return { image: picture as Uint8Array, mask: bits ?? null };
  } catch (error) {
    if (isGeoCropError(error)) throw error;
    throw damaged(key, error);
  }
}

/** How a block of {@link readCodedBlock} is decoded: its picture, not its mask. */
export function codedBlockSpec(cog: ArchivedCog, product: string, at: BlockPlace, key: string): BlockSpec {
  const { bands, blockSize, predictor } = cog;
  return {
    href: key,
    level: at.level,
    compression: DEFLATE,
    predictor,
    littleEndian: true,
    dataType: productKind(product) === 'feature' ? 'float32' : 'uint8',
    samples: bands,
    blockWidth: blockSize,
    blockHeight: blockSize,
    minRows: blockSize,
    fill: 0,
  };
}

/**
 * One block as a raster, with one range: a mask's block lies behind its picture's. Size, last bytes and checksum are
 * compared, so that another file's header or a damaged block gives `store-corrupt`, never other pixels.
 */
export async function readArchivedBlock(
  read: ReadRange,
  cog: ArchivedCog,
  product: string,
  at: BlockPlace,
  key: string,
): Promise<Raster> {
  const { image, mask } = await readCodedBlock(read, cog, at, key);
  const nodata = productNodata(productKind(product));
  const { bands, blockSize } = cog;
  try {
    const spec = codedBlockSpec(cog, product, at, key);
    const samples = decodeBlockSync(spec, image) as Uint8Array | Float32Array;
    const data = separate(samples, bands);
    const shape = { bands, width: blockSize, height: blockSize, nodata };
    if (mask === null) return { data, ...shape };
    const one = { ...spec, predictor: 1, dataType: 'uint8', samples: 1, blockWidth: blockSize / 8 } as const;
    return { data, ...shape, mask: unpackBits(decodeBlockSync(one, mask) as Uint8Array) };
  } catch (error) {
    if (isGeoCropError(error) && error.code !== 'block-corrupt') throw error;
    throw damaged(key, error);
  }
}

/** A whole level, put together from its blocks. */
export async function readArchivedLevel(
  read: ReadRange,
  cog: ArchivedCog,
  product: string,
  level: number,
  key: string,
): Promise<Raster> {
  const found = cog.levels[level];
  if (found === undefined) throw damaged(key, new Error(`it has no level ${level}`));
  const { width, height, across } = found.image;
  const down = Math.ceil(height / cog.blockSize);
  const pixels = width * height;
  const data =
    productKind(product) === 'feature'
      ? new Float32Array(cog.bands * pixels)
      : new Uint8Array(cog.bands * pixels);
  const mask = found.mask === null ? null : new Uint8Array(pixels);
  for (let row = 0; row < down; row++) {
    for (let column = 0; column < across; column++) {
      const block = await readArchivedBlock(read, cog, product, { level, column, row }, key);
      const x0 = column * cog.blockSize;
      const y0 = row * cog.blockSize;
      const columns = Math.min(block.width, width - x0);
      for (let y = 0; y < Math.min(block.height, height - y0); y++) {
        const from = y * block.width;
        const to = (y0 + y) * width + x0;
        for (let band = 0; band < cog.bands; band++) {
          const plane = band * block.width * block.height + from;
          data.set(block.data.subarray(plane, plane + columns), band * pixels + to);
        }
        if (mask !== null && block.mask) mask.set(block.mask.subarray(from, from + columns), to);
      }
    }
  }
  const nodata = productNodata(productKind(product));
  return { data, bands: cog.bands, width, height, nodata, ...(mask === null ? {} : { mask }) };
}

function place(blocks: ArchivedBlocks, index: number): { start: number; end: number } {
  const offset = blocks.offsets[index] ?? 0;
  const size = blocks.byteCounts[index] ?? 0;
  // The archive has no sparse blocks.
  if (offset <= LEADER_BYTES || size < TRAILER_BYTES) throw new Error(`block ${index} has no place`);
  return { start: offset - LEADER_BYTES, end: offset + size + TRAILER_BYTES };
}

/** The compressed bytes between leader and trailer, both compared. */
function unwrap(bytes: Uint8Array, start: number, end: number): Uint8Array {
  if (end > bytes.length) throw new Error('it ends inside a block');
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
  const size = end - start - LEADER_BYTES - TRAILER_BYTES;
  if (view.getUint32(0, true) !== size) throw new Error('a block has another size than its header says');
  if (view.getUint32(size, true) !== view.getUint32(LEADER_BYTES + size, true)) {
    throw new Error('a block does not end as it should');
  }
  return bytes.subarray(start + LEADER_BYTES, start + LEADER_BYTES + size);
}

/** From pixel-interleaved to one band after the other. */
function separate<T extends Uint8Array | Float32Array>(samples: T, bands: number): T {
  if (bands === 1) return samples;
  const pixels = samples.length / bands;
  if (samples instanceof Uint8Array && bands === 3) return separateColors(samples, pixels) as T;
  const out = new (samples.constructor as new (length: number) => T)(samples.length);
  for (let band = 0; band < bands; band++) {
    for (let i = 0, from = band; i < pixels; i++, from += bands)
      out[band * pixels + i] = samples[from] as number;
  }
  return out;
}

/** Pictures are read with every tile of true colour: one pass, over bytes only. */
function separateColors(samples: Uint8Array, pixels: number): Uint8Array {
  const out = new Uint8Array(samples.length);
  for (let i = 0, from = 0; i < pixels; i++, from += 3) {
    out[i] = samples[from] as number;
    out[pixels + i] = samples[from + 1] as number;
    out[2 * pixels + i] = samples[from + 2] as number;
  }
  return out;
}

function unpackBits(bits: Uint8Array): Uint8Array {
  const out = new Uint8Array(bits.length * 8).fill(255);
  for (let at = 0; at < bits.length; at++) {
    const eight = bits[at] as number;
    if (eight === 255) continue;
    for (let bit = 0; bit < 8; bit++) if (((eight >> (7 - bit)) & 1) === 0) out[8 * at + bit] = 0;
  }
  return out;
}

function damaged(key: string, cause: unknown): GeoCropError {
  return new GeoCropError('store-corrupt', `The archived file ${key} is damaged: ${messageOf(cause)}.`, {
    hint: 'It is computed again when it is next asked for.',
    context: { key },
    cause,
  });
}
