import { encodeNpy } from '../../engine/encode/npy.js';
import { encodePng } from '../../engine/encode/png.js';
import { encodeTileTif } from '../../engine/encode/tile-tif.js';
import { GeoCropError } from '../../engine/errors.js';
import type { Raster } from '../../engine/raster.js';
import { checkRaster } from '../../engine/raster.js';
import type { LayerInfo, TileAddress } from '../tiles/tile-service.js';
import type { TileFormat } from './format.js';
import { CONTENT_TYPES } from './format.js';
import { paint } from './paint.js';
import type { Style } from './style.js';

export interface EncodedTile {
  readonly body: Uint8Array;
  readonly contentType: string;
}

export interface RenderOptions {
  readonly layer: Pick<LayerInfo, 'name' | 'kind'>;
  readonly tile: TileAddress;
  readonly format: TileFormat;
  readonly style: Style;
  /** Names by class id, for the GeoTIFF's metadata. */
  readonly classNames?: readonly string[];
}

/**
 * A tile's values as they are sent: a picture as `png`; the numbers themselves, in the archived type, as `tif` and `npy`.
 * Throws `bad-request` for a picture of what has no single picture (probabilities).
 */
export async function renderTile(raster: Raster, options: RenderOptions): Promise<EncodedTile> {
  checkRaster(raster);
  return { body: await encode(raster, options), contentType: CONTENT_TYPES[options.format] };
}

async function encode(raster: Raster, options: RenderOptions): Promise<Uint8Array> {
  const { layer, tile, format, style, classNames } = options;
  switch (format) {
    case 'npy':
      return encodeNpy(raster);
    case 'tif':
      return encodeTileTif(layer.name, inArchivedType(layer, raster), tile, {
        ...(classNames === undefined ? {} : { classes: classNames }),
        ...(style.kind === 'palette' ? { palette: style.colors } : {}),
      });
    case 'png': {
      const bands = style.kind === 'rgb' ? 3 : 1;
      if (raster.bands !== bands) {
        throw new GeoCropError('bad-request', `The layer "${layer.name}" has no single picture.`, {
          hint: `It has ${raster.bands} bands: ask for .tif or .npy.`,
          context: { layer: layer.name, bands: raster.bands },
        });
      }
      return encodePng(paint(raster, style));
    }
  }
}

/** Counts of the pyramid have a mask, for pictures; numbers are sent in the metatiles' type. */
function inArchivedType({ kind }: Pick<LayerInfo, 'kind'>, raster: Raster): Raster {
  if (kind !== 'count' || raster.mask === undefined) return raster;
  const { mask: _, ...rest } = raster;
  return rest;
}
