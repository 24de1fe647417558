import { SAMPLE_BYTES } from './cog-header.js';
import { viewOf, type BlockArray, type BlockSpec } from './block-spec.js';
import { decodeBlock } from './decode.js';

/** {@link decodeBlock} with each sample's plane by itself: samples · blockHeight · blockWidth. */
export async function decodePlanes(spec: BlockSpec, bytes: Uint8Array | null): Promise<BlockArray> {
  const interleaved = await decodeBlock(spec, bytes);
  const { samples, dataType } = spec;
  if (samples === 1 || bytes === null) return interleaved;
  const { buffer, byteOffset, byteLength, length } = interleaved;
  const planes = new Uint8Array(byteLength);
  // Bits are moved, whatever they mean: one function a width, since shared between types the loops would lose their machine code.
  switch (SAMPLE_BYTES[dataType]) {
    case 1:
      split8(new Uint8Array(buffer, byteOffset, length), planes, samples);
      break;
    case 2:
      split16(new Uint16Array(buffer, byteOffset, length), new Uint16Array(planes.buffer), samples);
      break;
    case 4:
      split32(new Uint32Array(buffer, byteOffset, length), new Uint32Array(planes.buffer), samples);
      break;
    default:
      split64(new Float64Array(buffer, byteOffset, length), new Float64Array(planes.buffer), samples);
  }
  return viewOf(dataType, planes);
}

function split8(from: Uint8Array, to: Uint8Array, samples: number): void {
  const pixels = from.length / samples;
  for (let sample = 0; sample < samples; sample += 1) {
    for (let i = sample, at = sample * pixels; i < from.length; i += samples, at += 1) to[at] = from[i]!;
  }
}

function split16(from: Uint16Array, to: Uint16Array, samples: number): void {
  const pixels = from.length / samples;
  for (let sample = 0; sample < samples; sample += 1) {
    for (let i = sample, at = sample * pixels; i < from.length; i += samples, at += 1) to[at] = from[i]!;
  }
}

function split32(from: Uint32Array, to: Uint32Array, samples: number): void {
  const pixels = from.length / samples;
  for (let sample = 0; sample < samples; sample += 1) {
    for (let i = sample, at = sample * pixels; i < from.length; i += samples, at += 1) to[at] = from[i]!;
  }
}

function split64(from: Float64Array, to: Float64Array, samples: number): void {
  const pixels = from.length / samples;
  for (let sample = 0; sample < samples; sample += 1) {
    for (let i = sample, at = sample * pixels; i < from.length; i += samples, at += 1) to[at] = from[i]!;
  }
}
