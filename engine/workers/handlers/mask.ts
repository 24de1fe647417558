import { decodeBlock } from '../../windows/decode.js';
import type { MaskInput } from '../tasks.js';
import type { WorkerArena } from '../worker-entry.js';

export async function mask(input: MaskInput, { kernels, buffer, scratch }: WorkerArena): Promise<null> {
  const { n, planes } = input;
  const candidates = new Uint16Array(buffer, planes.candidates, n);
  candidates.fill(0);
  for (const { rank, scl } of input.scenes) {
    if (scl === null) {
      const bit = 1 << (rank - 1);
      for (let i = 0; i < n; i += 1) candidates[i] = (candidates[i] ?? 0) | bit;
      continue;
    }
    const size = scl.width * scl.height;
    if (size === 0) continue;
    const raster = new Uint8Array(buffer, scratch.start, size).fill(0);
    for (const block of scl.blocks) {
      const pixels = await decodeBlock(scl.spec, block.bytes);
      pasteBlock(
        pixels,
        scl.spec.blockWidth,
        scl.spec.blockHeight,
        block.x,
        block.y,
        raster,
        scl.width,
        scl.height,
      );
    }
    const valid = scratch.start + size;
    kernels.sclValid(scratch.start, scl.width, scl.height, input.buffer, valid, valid + size);
    kernels.sclCandidates(valid, scl.index.blockOf, scl.index.offset, n, rank, planes.candidates);
  }
  kernels.beginDate(planes.candidates, planes.scene, planes.got, n);
  return null;
}

/** Copies the part of a block that lies inside a raster. */
function pasteBlock(
  block: ArrayLike<number>,
  blockWidth: number,
  blockHeight: number,
  x: number,
  y: number,
  raster: Uint8Array,
  width: number,
  height: number,
): void {
  const fromX = Math.max(0, -x);
  const toX = Math.min(blockWidth, width - x);
  for (let row = Math.max(0, -y); row < Math.min(blockHeight, height - y); row += 1) {
    const source = row * blockWidth;
    const target = (row + y) * width + x;
    for (let col = fromX; col < toX; col += 1) raster[target + col] = block[source + col] ?? 0;
  }
}
