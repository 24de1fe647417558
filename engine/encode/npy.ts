import { checkRaster, type Raster } from '../raster.js';

/** Header and magic together are a multiple of this (numpy.lib.format, "Format Version 1.0"). */
const ALIGN = 64;
const MAGIC = Buffer.from('\x93NUMPY\x01\x00', 'latin1');

/**
 * NumPy's .npy, version 1.0, C order, little-endian: shape (height, width) for one band, (bands, height, width) for more.
 * A mask is not part of it.
 */
export function encodeNpy(raster: Raster): Uint8Array {
  checkRaster(raster);
  const { data, bands, width, height } = raster;
  const type = data instanceof Uint8Array ? '|u1' : data instanceof Uint16Array ? '<u2' : '<f4';
  return Buffer.concat([
    npyHeader(type, bands === 1 ? [height, width] : [bands, height, width]),
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  ]);
}

/**
 * All that comes before the values, in C order.
 * @param type NumPy's name of it with the byte order, as `<f4`
 * @param shape more than one side
 */
export function npyHeader(type: string, shape: readonly number[]): Uint8Array {
  const dictionary = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`;
  const unpadded = MAGIC.length + 2 + dictionary.length + 1;
  const header = `${dictionary}${' '.repeat((ALIGN - (unpadded % ALIGN)) % ALIGN)}\n`;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  return Buffer.concat([MAGIC, length, Buffer.from(header, 'latin1')]);
}
