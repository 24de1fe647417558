import { ZSTDDecoder } from 'zstddec';

let ready: Promise<ZSTDDecoder> | undefined;

/**
 * Decodes a ZSTD frame of at most `maxBytes`; corrupt data, or more than that, gives an empty array.
 * By the decoder that geotiff.js uses, called with a size: without one (as geotiff.js 3.0.5 calls it) it never returns from
 * a damaged frame that does not state its size, as libtiff's do not.
 */
export async function decodeZstd(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  ready ??= load();
  return (await ready).decode(bytes, maxBytes);
}

async function load(): Promise<ZSTDDecoder> {
  const decoder = new ZSTDDecoder();
  try {
    await decoder.init();
  } catch (error) {
    ready = undefined;
    throw error;
  }
  return decoder;
}
