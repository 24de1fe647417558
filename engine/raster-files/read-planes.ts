import { newArray, type BlockArray } from '../windows/block-spec.js';
import { SAMPLE_BYTES } from '../windows/cog-header.js';
import type { CogReader } from '../windows/cog-reader.js';
import type { BlockDecoder, WantedBlock } from './block-decoder.js';
import type { CombinedHeader, ReadableLevel } from './combined-header.js';
import type { NumberArray, PixelWindow } from './dataset.js';
import { checkWithin, type ReadLimits } from './read-limits.js';

/** What is wanted of one image: a window of some of its samples (from 0). */
export interface PlaneRequest {
  readonly level: ReadableLevel;
  readonly window: PixelWindow;
  readonly samples: readonly number[];
}

export interface PlaneSource {
  readonly reader: CogReader;
  readonly decoder: BlockDecoder;
  readonly file: CombinedHeader;
  readonly limits: ReadLimits;
}

/** One block, and which planes of it go where. */
interface BlockWork extends WantedBlock {
  readonly byteCount: number;
  readonly left: number;
  readonly top: number;
  readonly window: PixelWindow;
  /** Plane of the decoded block, and the array of the answer that it belongs in. */
  readonly targets: readonly { readonly plane: number; readonly to: NumberArray }[];
}

/** Blocks, as they lie in the file, are held together up to this: more are read in turn. */
const BATCH_BYTES = 16 * 1024 * 1024;

/**
 * Windows of several images of one file, one array a sample asked for. Blocks of all of them are fetched together, so that
 * neighbours are merged, each once.
 */
export async function readPlanes(
  source: PlaneSource,
  requests: readonly PlaneRequest[],
  signal?: AbortSignal,
): Promise<NumberArray[][]> {
  checkCost(source, requests);
  const work: BlockWork[] = [];
  const answers = requests.map((request) => {
    const { level, window, samples } = request;
    const planes = samples.map(() => newArray(level.spec(0).dataType, window.width * window.height));
    work.push(...blocksOf(source, request, planes));
    return planes;
  });
  for (let from = 0; from < work.length;) {
    let to = from;
    let bytes = 0;
    for (; to < work.length && (to === from || bytes < BATCH_BYTES); to += 1) bytes += work[to]!.byteCount;
    await source.decoder.each(source.reader, source.file.header, work.slice(from, to), place, signal);
    from = to;
  }
  return answers;
}

/** Before anything is allocated. */
function checkCost({ file, limits }: PlaneSource, requests: readonly PlaneRequest[]): void {
  const { href } = file.header;
  let [windowBytes, blocks, decoded, compressed] = [0, 0, 0, 0];
  for (const { level, window, samples } of requests) {
    const found = file.header.levels[level.index]!;
    const spec = level.spec(0);
    windowBytes += window.width * window.height * samples.length * SAMPLE_BYTES[spec.dataType];
    const area = blockArea(window, found);
    const planes = found.planarConfiguration === 1 ? [0] : samples;
    blocks += area.count * planes.length;
    checkWithin(href, limits, 'blocks', blocks);
    decoded += area.count * planes.length * decodedBytes({ spec });
    for (const plane of planes) {
      const first = plane * found.blocksAcross * found.blocksDown;
      for (let row = area.fromRow; row < area.toRow; row += 1) {
        for (let column = area.fromColumn; column < area.toColumn; column += 1) {
          compressed += found.byteCounts[first + row * found.blocksAcross + column] ?? 0;
        }
      }
    }
  }
  checkWithin(href, limits, 'windowBytes', windowBytes);
  checkWithin(href, limits, 'decodedBytes', decoded);
  checkWithin(href, limits, 'sourceBytes', compressed);
}

const decodedBytes = ({ spec }: Pick<WantedBlock, 'spec'>): number =>
  spec.blockWidth * spec.blockHeight * spec.samples * SAMPLE_BYTES[spec.dataType];

interface BlockArea {
  readonly fromRow: number;
  readonly toRow: number;
  readonly fromColumn: number;
  readonly toColumn: number;
  readonly count: number;
}

function blockArea(
  { column, row, width, height }: PixelWindow,
  { blockWidth, blockHeight }: { readonly blockWidth: number; readonly blockHeight: number },
): BlockArea {
  const fromRow = Math.floor(row / blockHeight);
  const toRow = Math.ceil((row + height) / blockHeight);
  const fromColumn = Math.floor(column / blockWidth);
  const toColumn = Math.ceil((column + width) / blockWidth);
  return { fromRow, toRow, fromColumn, toColumn, count: (toRow - fromRow) * (toColumn - fromColumn) };
}

function blocksOf({ file }: PlaneSource, request: PlaneRequest, planes: readonly NumberArray[]): BlockWork[] {
  const { level, window, samples } = request;
  const found = file.header.levels[level.index]!;
  const area = blockArea(window, found);
  // Interleaved samples come with the same block; planes of their own have blocks of their own.
  const groups =
    found.planarConfiguration === 1
      ? [{ plane: 0, targets: samples.map((sample, i) => ({ plane: sample, to: planes[i]! })) }]
      : samples.map((sample, i) => ({ plane: sample, targets: [{ plane: 0, to: planes[i]! }] }));
  const work: BlockWork[] = [];
  for (const { plane, targets } of groups) {
    for (let row = area.fromRow; row < area.toRow; row += 1) {
      for (let column = area.fromColumn; column < area.toColumn; column += 1) {
        const block = row * found.blocksAcross + column;
        work.push({
          request: { level: level.index, block, plane },
          spec: level.spec(block),
          byteCount: found.byteCounts[plane * found.blocksAcross * found.blocksDown + block] ?? 0,
          left: column * found.blockWidth,
          top: row * found.blockHeight,
          window,
          targets,
        });
      }
    }
  }
  return work;
}

/** Copies what of a block lies in the window. */
function place({ spec, left, top, window, targets }: BlockWork, block: BlockArray | null): void {
  const { blockWidth, blockHeight } = spec;
  const fromX = Math.max(window.column, left);
  const toX = Math.min(window.column + window.width, left + blockWidth);
  const fromY = Math.max(window.row, top);
  const toY = Math.min(window.row + window.height, top + blockHeight);
  for (const { plane, to } of targets) {
    const base = plane * blockWidth * blockHeight;
    for (let y = fromY; y < toY; y += 1) {
      const at = (y - window.row) * window.width + fromX - window.column;
      if (block === null) {
        if (spec.fill !== 0) to.fill(spec.fill, at, at + toX - fromX);
        continue;
      }
      const from = base + (y - top) * blockWidth + fromX - left;
      to.set(block.subarray(from, from + toX - fromX), at);
    }
  }
}
