import { decodeBlock } from '../../windows/decode.js';
import type { MaskInput, MaskOutput } from '../tasks.js';
import type { WorkerArena } from '../worker-entry.js';

/** Index of a target pixel's block outside the image: engine/kernels/assembly/index-blocks.ts. */
const OUTSIDE = 0xffff;

export async function mask(input: MaskInput, arena: WorkerArena): Promise<MaskOutput> {
  const { n, planes, scl, rank, look } = input;
  let seen: MaskOutput = null;
  const { kernels, buffer } = arena;
  const candidates = new Uint16Array(buffer, planes.candidates, n);
  if (input.first) candidates.fill(0);
  if (scl === null) {
    const bit = 1 << (rank - 1);
    for (let i = 0; i < n; i += 1) candidates[i] = (candidates[i] ?? 0) | bit;
  } else if (scl.width * scl.height > 0) {
    const valid = await validPixels(scl, input.buffer, arena);
    kernels.sclCandidates(valid, scl.index.blockOf, scl.index.offset, n, rank, planes.candidates);
    if (look !== undefined) seen = classAt(scl, look, arena);
  }
  if (input.last) kernels.beginDate(planes.candidates, planes.scene, planes.got, n);
  return seen;
}

/** Of the raster that {@link validPixels} has joined. */
function classAt(
  { index, width, height }: NonNullable<MaskInput['scl']>,
  pixel: number,
  { buffer, scratch }: WorkerArena,
): MaskOutput {
  if (new Uint16Array(buffer, index.blockOf)[pixel] === OUTSIDE) return null;
  const offset = new Uint32Array(buffer, index.offset)[pixel] ?? 0;
  return new Uint8Array(buffer, scratch.start, width * height)[offset] ?? null;
}

/** Decodes and joins the blocks, and grows the clouds. @returns where the valid mask lies */
async function validPixels(
  { width, height, spec, blocks }: NonNullable<MaskInput['scl']>,
  cloudBuffer: number,
  { kernels, buffer, scratch }: WorkerArena,
): Promise<number> {
  const size = width * height;
  const raster = new Uint8Array(buffer, scratch.start, size).fill(0);
  for (const block of blocks) {
    const pixels = await decodeBlock(spec, block.bytes);
    pasteBlock(pixels, spec.blockWidth, spec.blockHeight, block.x, block.y, raster, width, height);
  }
  const valid = scratch.start + size;
  kernels.sclValid(scratch.start, width, height, cloudBuffer, valid, valid + size);
  return valid;
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
