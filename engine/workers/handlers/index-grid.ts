import type { Rect } from '../../metatile/target.js';
import type { IndexInput, IndexOutput, SourceGrid } from '../tasks.js';
import type { WorkerArena } from '../worker-entry.js';

/** `blockOf` of a pixel outside the image. */
const OUTSIDE = 0xffff;

export function indexGrid(input: IndexInput, { kernels, buffer }: WorkerArena): IndexOutput {
  const { n, stride, easting, northing, grid, index } = input;
  kernels.indexBlocks(
    easting,
    northing,
    n,
    grid.x0,
    grid.y0,
    grid.resX,
    grid.resY,
    grid.width,
    grid.height,
    grid.blockWidth,
    grid.blockHeight,
    grid.blocksAcross,
    index.blockOf,
    index.offset,
  );
  const blocks = coveredBlocks(new Uint16Array(buffer, index.blockOf, n), stride);
  if (input.touch === undefined) return { blocks, touched: [] };
  const eastings = new Float64Array(buffer, easting, n);
  const northings = new Float64Array(buffer, northing, n);
  return { blocks, touched: touchedBlocks(eastings, northings, input.touch.grid, input.touch.buffer) };
}

function coveredBlocks(blockOf: Uint16Array, stride: number): { block: number; rect: Rect }[] {
  const bounds = new Map<number, { x0: number; y0: number; x1: number; y1: number }>();
  for (let row = 0, start = 0; start < blockOf.length; row += 1, start += stride) {
    const end = Math.min(start + stride, blockOf.length);
    for (let i = start; i < end;) {
      const block = blockOf[i] ?? OUTSIDE;
      let stop = i + 1;
      while (stop < end && blockOf[stop] === block) stop += 1;
      if (block !== OUTSIDE) {
        const x0 = i - start;
        const x1 = stop - start;
        const seen = bounds.get(block);
        if (seen === undefined) bounds.set(block, { x0, y0: row, x1, y1: row + 1 });
        else {
          seen.x0 = Math.min(seen.x0, x0);
          seen.x1 = Math.max(seen.x1, x1);
          seen.y1 = row + 1;
        }
      }
      i = stop;
    }
  }
  return [...bounds].map(([block, { x0, y0, x1, y1 }]) => ({
    block,
    rect: { x: x0, y: y0, width: x1 - x0, height: y1 - y0 },
  }));
}

/** Blocks that hold a pixel within `buffer` columns and rows of a target pixel. */
function touchedBlocks(
  eastings: Float64Array,
  northings: Float64Array,
  grid: SourceGrid,
  buffer: number,
): number[] {
  const touched = new Uint8Array(grid.blocksAcross * grid.blocksDown);
  let last = -1;
  for (let i = 0; i < eastings.length; i += 1) {
    const col = Math.floor(((eastings[i] ?? NaN) - grid.x0) / grid.resX);
    const row = Math.floor((grid.y0 - (northings[i] ?? NaN)) / grid.resY);
    if (col < -buffer || row < -buffer || col >= grid.width + buffer || row >= grid.height + buffer) continue;
    const left = Math.floor(Math.max(0, col - buffer) / grid.blockWidth);
    const right = Math.floor(Math.min(grid.width - 1, col + buffer) / grid.blockWidth);
    const top = Math.floor(Math.max(0, row - buffer) / grid.blockHeight);
    const bottom = Math.floor(Math.min(grid.height - 1, row + buffer) / grid.blockHeight);
    const first = top * grid.blocksAcross + left;
    if (left === right && top === bottom && first === last) continue;
    last = first;
    for (let y = top; y <= bottom; y += 1) {
      for (let x = left; x <= right; x += 1) touched[y * grid.blocksAcross + x] = 1;
    }
  }
  return [...touched.keys()].filter((block) => touched[block] === 1);
}
