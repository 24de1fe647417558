import { TAG } from '../../engine/encode/tiff-tags.js';
import { GeoCropError } from '../../engine/errors.js';
import type { Affine } from '../../engine/windows/cog-header.js';

export interface Placement {
  /** Pixel to map, of the upper left corners. */
  readonly transform: Affine;
  /** As GDAL writes it; null: none. */
  readonly nodata: string | null;
}

const DOUBLE = 12;
const ASCII = 2;

/**
 * Where one of our own COGs lies and what means "nothing there", from its first directory: what the archive's reader does not
 * need. Throws `store-corrupt` where it does not say.
 */
export function readPlacement(bytes: Uint8Array): Placement {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const first = view.getUint32(4, true);
    const fields = new Map<number, { type: number; count: number; at: number }>();
    for (let i = 0; i < view.getUint16(first, true); i++) {
      const entry = first + 2 + 12 * i;
      const type = view.getUint16(entry + 2, true);
      const count = view.getUint32(entry + 4, true);
      const inline = type === ASCII && count <= 4;
      fields.set(view.getUint16(entry, true), {
        type,
        count,
        at: inline ? entry + 8 : view.getUint32(entry + 8, true),
      });
    }
    const doubles = (tag: number, count: number): number[] => {
      const field = fields.get(tag);
      if (field?.type !== DOUBLE || field.count !== count) throw new RangeError(`tag ${tag}`);
      return Array.from({ length: count }, (_, i) => view.getFloat64(field.at + 8 * i, true));
    };
    const [xScale = NaN, yScale = NaN] = doubles(TAG.modelPixelScale, 3);
    const [column, row, , x = NaN, y = NaN] = doubles(TAG.modelTiepoint, 6);
    if (column !== 0 || row !== 0) throw new RangeError('tiepoint');
    const nodata = fields.get(TAG.gdalNodata);
    return {
      transform: [xScale, 0, x, 0, -yScale, y],
      nodata:
        nodata === undefined
          ? null
          : Buffer.from(bytes.subarray(nodata.at, nodata.at + nodata.count - 1)).toString('latin1'),
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new GeoCropError('store-corrupt', 'The file does not say where it lies.', {
      cause: new Error('it does not say where it lies'),
    });
  }
}
