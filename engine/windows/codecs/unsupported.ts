import { GeoCropError } from '../../errors.js';
import type { BlockSpec } from '../block-spec.js';

/** The error for a block of a kind that we do not read. */
export function unsupportedBlock(spec: BlockSpec, message: string): GeoCropError {
  return new GeoCropError('cog-unsupported', message, {
    hint: 'Convert it with gdal_translate -of COG -co COMPRESS=DEFLATE.',
    context: { href: spec.href, level: spec.level, compression: spec.compression },
  });
}
