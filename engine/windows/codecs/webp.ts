import type { BlockSpec } from '../block-spec.js';
import { unsupportedBlock } from './unsupported.js';

/** A WebP block of three or four samples of eight bits. sharp is loaded when the first one is met. */
export async function decodeWebp(spec: BlockSpec, bytes: Uint8Array): Promise<Uint8Array> {
  if (spec.dataType !== 'uint8' || (spec.samples !== 3 && spec.samples !== 4)) {
    throw unsupportedBlock(spec, `WebP blocks of ${spec.samples} × ${spec.dataType} are not read.`);
  }
  const { decodePicture } = await import('./picture-block.js');
  return decodePicture(spec, bytes, 'webp');
}
