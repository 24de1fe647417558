import { newArray, type BlockArray, type BlockSpec } from './block-spec.js';
import { decodeBlock } from './decode.js';

/** {@link decodeBlock} with each sample's plane by itself: samples · blockHeight · blockWidth. */
export async function decodePlanes(spec: BlockSpec, bytes: Uint8Array | null): Promise<BlockArray> {
  const interleaved = await decodeBlock(spec, bytes);
  const { samples, blockWidth, blockHeight, dataType } = spec;
  if (samples === 1 || bytes === null) return interleaved;
  const pixels = blockWidth * blockHeight;
  const planes = newArray(dataType, samples * pixels);
  for (let sample = 0, to = 0; sample < samples; sample += 1) {
    for (let from = sample; from < interleaved.length; from += samples, to += 1)
      planes[to] = interleaved[from]!;
  }
  return planes;
}
