import { blockSpec, newArray, type BlockArray } from './block-spec.js';
import type { CogReader } from './cog-reader.js';
import type { CogHeader } from './cog-header.js';
import { decodeBlock } from './decode.js';
import { GeoCropError } from '../errors.js';

/** A rectangle of a level, in its pixels. */
export interface PixelWindow {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Pixels of a level: band-sequential, row-major; length samples · height · width. */
export interface LevelPixels {
  readonly data: BlockArray;
  readonly width: number;
  readonly height: number;
  readonly samples: number;
  readonly nodata: number | null;
}

/** Assembled on the caller's thread: a window of this many values is a mistake, not an overview. */
const MOST_VALUES = 2 ** 27;

/** A window of a level, which must lie inside it (else RangeError). Throws what reading and decoding throw. */
export async function readWindow(
  reader: CogReader,
  header: CogHeader,
  level: number,
  window: PixelWindow,
  signal?: AbortSignal,
): Promise<LevelPixels> {
  const found = header.levels[level];
  const { x, y, width, height } = window;
  const inside =
    found !== undefined &&
    [x, y, width, height].every((value) => Number.isInteger(value) && value >= 0) &&
    x + width <= found.width &&
    y + height <= found.height;
  if (!inside) throw new RangeError(`window ${x},${y} ${width} × ${height} is not inside level ${level}`);
  const samples = header.samplesPerPixel;
  if (width * height * samples > MOST_VALUES) {
    throw new GeoCropError('area-too-large', `A window of ${width} × ${height} × ${samples} is too large.`, {
      hint: 'Read it in pieces.',
      context: { href: header.href, level },
    });
  }
  const data = newArray(header.dataType, width * height * samples);
  const planes = found.planarConfiguration === 1 ? 1 : samples;
  const requests = [];
  for (let plane = 0; plane < planes; plane += 1) {
    for (let row = Math.floor(y / found.blockHeight); row * found.blockHeight < y + height; row += 1) {
      for (let col = Math.floor(x / found.blockWidth); col * found.blockWidth < x + width; col += 1) {
        requests.push({ level, plane, block: row * found.blocksAcross + col });
      }
    }
  }
  const blocks = await reader.blocks(header, requests, signal);
  const inBlock = samples / planes;
  for (const [i, request] of requests.entries()) {
    const { plane, block } = request;
    const values = await decodeBlock(blockSpec(header, level, block), blocks[i] ?? null).catch(
      async (error: unknown) => {
        await reader.forget(header, [request]);
        throw error;
      },
    );
    const left = (block % found.blocksAcross) * found.blockWidth;
    const top = Math.floor(block / found.blocksAcross) * found.blockHeight;
    const [fromX, toX] = [Math.max(x, left), Math.min(x + width, left + found.blockWidth)];
    const [fromY, toY] = [Math.max(y, top), Math.min(y + height, top + found.blockHeight)];
    for (let sample = 0; sample < inBlock; sample += 1) {
      for (let row = fromY; row < toY; row += 1) {
        let from = ((row - top) * found.blockWidth + fromX - left) * inBlock + sample;
        let to = ((plane + sample) * height + row - y) * width + fromX - x;
        for (let col = fromX; col < toX; col += 1, from += inBlock, to += 1) data[to] = values[from]!;
      }
    }
  }
  return { data, width, height, samples, nodata: header.nodata };
}

/** A whole level: for overviews and tests. */
export async function readLevel(
  reader: CogReader,
  href: string,
  level: number,
  signal?: AbortSignal,
): Promise<LevelPixels> {
  const header = await reader.header(href, signal);
  const found = header.levels[level];
  if (found === undefined) throw new RangeError(`${href} has no level ${level}`);
  return readWindow(reader, header, level, { x: 0, y: 0, width: found.width, height: found.height }, signal);
}
