import { pythonWith } from '../../../engine/encode/gdal-oracle.js';
import type { NumberArray } from '../../../engine/raster-files/dataset.js';
import type { Image } from '../../../engine/raster-files/image.js';
import { pythonPeer } from '../../../engine/testing/python-peer.js';
import { dataTypeOf } from '../image-post/data-types.js';

/** For tests only: what rio-tiler and TiTiler, as other people's code, make of the same pixels. */

const GET = 'python3 -m venv .venv && .venv/bin/pip install -r engine/training/requirements-oracles.txt';
export const withoutRioTiler: string | false =
  pythonWith('rio_tiler') === null ? `needs rio-tiler: ${GET}` : false;
export const withoutTiTiler: string | false =
  pythonWith('titiler.core') === null ? `needs TiTiler: ${GET}` : false;

/** An array of theirs. */
export interface TheirArray {
  readonly type: string;
  readonly shape: readonly number[];
  readonly data: string;
}

export type Answer<T> = { readonly answer: T } | { readonly refused: string };

/** All questions at once, answered in their order. @param module what must be there: see `answers.py` */
export async function askRioTiler<T>(
  questions: readonly Readonly<Record<string, unknown>>[],
  module = 'rio_tiler',
): Promise<Answer<T>[]> {
  const python = pythonWith(module);
  if (python === null) throw new Error(`no Python with ${module}`);
  const answers = await pythonPeer(python, 'tiler/cog/oracle/answers.py').ask(JSON.stringify(questions));
  return JSON.parse(answers) as Answer<T>[];
}

/** The answer, where there must be one. */
export function answered<T>(answer: Answer<T>): T {
  if ('refused' in answer) throw new Error(`refused: ${answer.refused}`);
  return answer.answer;
}

export function packArray(values: NumberArray): TheirArray {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return { type: dataTypeOf(values), shape: [values.length], data: bytes.toString('base64') };
}

/** The parts of an image that a question names. */
export function packImage(image: Image): Record<string, unknown> {
  return {
    width: image.width,
    height: image.height,
    bands: image.bands.map(packArray),
    valid: image.valid.map(packArray),
    alpha: image.alpha && packArray(image.alpha),
    names: image.names,
    bounds: image.bounds,
    crs: image.crs && (image.crs.epsg === null ? image.crs.name : `EPSG:${image.crs.epsg}`),
    statistics: image.statistics,
  };
}

/** Truth values come as bytes, int64 as float64: as we hold them. */
export function unpackArray({ type, data }: TheirArray): NumberArray {
  const bytes = Uint8Array.from(Buffer.from(data, 'base64')).buffer;
  switch (type) {
    case 'bool':
    case 'uint8':
      return new Uint8Array(bytes);
    case 'int8':
      return new Int8Array(bytes);
    case 'uint16':
      return new Uint16Array(bytes);
    case 'int16':
      return new Int16Array(bytes);
    case 'uint32':
      return new Uint32Array(bytes);
    case 'int32':
      return new Int32Array(bytes);
    case 'int64':
      return Float64Array.from(new BigInt64Array(bytes), Number);
    case 'float32':
      return new Float32Array(bytes);
    case 'float64':
      return new Float64Array(bytes);
    default:
      throw new RangeError(`numpy's ${type} has no array here`);
  }
}
