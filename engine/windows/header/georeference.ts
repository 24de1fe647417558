import { TiffTag, TiffTagGeo, type TiffImage } from '@cogeotiff/core';
import type { Affine } from '../cog-header.js';
import { numbersOf, type Tags } from './tag-values.js';

/** GeoTIFF's "user defined". */
const USER_DEFINED = 32767;
const MODEL_PROJECTED = 1;
const MODEL_GEOGRAPHIC = 2;
const RASTER_PIXEL_IS_POINT = 2;

/** EPSG code of ProjectedCSTypeGeoKey (3072) or GeographicTypeGeoKey (2048), whichever the model type says; else null. */
export function epsgOf(image: TiffImage): number | null {
  const key = (id: TiffTagGeo): number | null => {
    const value = (image.valueGeo as (id: TiffTagGeo) => unknown).call(image, id);
    return typeof value === 'number' && value > 0 && value !== USER_DEFINED ? value : null;
  };
  switch (key(TiffTagGeo.GTModelTypeGeoKey)) {
    case MODEL_PROJECTED:
      // A projection without a code on a known datum is not that datum's geographic CRS.
      return key(TiffTagGeo.ProjectedCRSGeoKey);
    case MODEL_GEOGRAPHIC:
      return key(TiffTagGeo.GeodeticCRSGeoKey);
    case null:
    default:
      return key(TiffTagGeo.ProjectedCRSGeoKey);
  }
}

/**
 * GDAL's geotransform in our order, from ModelTransformation, else from pixel scale and one tie point; null without.
 * Several tie points without scale are ground control points: no affine. Source: OGC GeoTIFF 1.1 (19-008r4) §7.1 and annex B.
 */
export function transformOf(tags: Tags, image: TiffImage): Affine | null {
  const affine = fromMatrix(tags) ?? fromScaleAndTiePoint(tags);
  if (affine === null || !affine.every(Number.isFinite)) return null;
  const [a, b, c, d, e, f] = affine;
  if (a * e - b * d === 0) return null;
  // Where the coordinates are those of pixel centres, the corner lies half a pixel back.
  return pixelIsPoint(image) ? [a, b, c - 0.5 * (a + b), d, e, f - 0.5 * (d + e)] : [a, b, c, d, e, f];
}

export function pixelIsPoint(image: TiffImage): boolean {
  const rasterType = (image.valueGeo as (id: TiffTagGeo) => unknown).call(
    image,
    TiffTagGeo.GTRasterTypeGeoKey,
  );
  return rasterType === RASTER_PIXEL_IS_POINT;
}

function fromMatrix(tags: Tags): Affine | null {
  const m = numbersOf(tags, TiffTag.ModelTransformation);
  if (m?.length !== 16) return null;
  const [a = NaN, b = NaN, , c = NaN, d = NaN, e = NaN, , f = NaN] = m;
  return [a, b, c, d, e, f];
}

function fromScaleAndTiePoint(tags: Tags): Affine | null {
  const scale = numbersOf(tags, TiffTag.ModelPixelScale);
  const tie = numbersOf(tags, TiffTag.ModelTiePoint);
  if (scale === undefined || tie === undefined || scale.length < 2 || tie.length < 6) return null;
  const [scaleX = NaN, signedScaleY = NaN] = scale;
  const [col = NaN, row = NaN, , x = NaN, y = NaN] = tie;
  // GDAL too takes rows to go south whatever the sign says: negative scales are a mistake of their writer.
  const scaleY = Math.abs(signedScaleY);
  return [scaleX, 0, x - col * scaleX, 0, -scaleY, y + row * scaleY];
}
