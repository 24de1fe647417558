import { GeoCropError } from '../../errors.js';

export function malformed(href: string, what: string, cause?: unknown): GeoCropError {
  return new GeoCropError('cog-malformed', `The TIFF ${what}.`, {
    hint: 'The file is damaged, cut short or not a GeoTIFF: fetch it again or leave it out.',
    context: { href },
    cause,
  });
}

export function unsupported(href: string, what: string): GeoCropError {
  return new GeoCropError('cog-unsupported', what, {
    hint: 'Convert it with gdal_translate -of COG -co COMPRESS=DEFLATE.',
    context: { href },
  });
}
