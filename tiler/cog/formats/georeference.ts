import { TAG, type TiffEntry } from '../../../engine/encode/tiff-tags.js';
import type { FileCrs } from '../../../engine/raster-files/dataset.js';
import type { Image } from '../../../engine/raster-files/image.js';

/** GeoTIFF 1.1 (OGC 19-008r4): key identifiers and values. */
const MODEL_TYPE = 1024;
const RASTER_TYPE = 1025;
const GEODETIC_CRS = 2048;
const PROJECTED_CRS = 3072;
const PROJECTED_CITATION = 3073;
const PROJECTED = 1;
const GEOGRAPHIC = 2;
const PIXEL_IS_AREA = 1;
const USER_DEFINED = 32767;
/** Codes beyond this are private, and do not fit into a key. */
const MAX_CODE = 32766;
/** Before a whole WKT in a citation: ESRI's way to write a system that has no code, which GDAL reads. */
const WKT_CITATION = 'ESRI PE String = ';

/** Where the picture lies: nothing where it has no place of its own on the ground. */
export function georeference(
  { bounds, crs }: Pick<Image, 'bounds' | 'crs'>,
  width: number,
  height: number,
): TiffEntry[] {
  if (bounds === null) return [];
  const [west, south, east, north] = bounds;
  return [
    {
      tag: TAG.modelPixelScale,
      type: 'double',
      value: [(east - west) / width, (north - south) / height, 0],
    },
    { tag: TAG.modelTiepoint, type: 'double', value: [0, 0, 0, west, north, 0] },
    ...(crs === null ? [] : crsEntries(crs)),
  ];
}

function crsEntries(crs: FileCrs): TiffEntry[] {
  // A bar ends a text there.
  const citation = `${WKT_CITATION}${crs.name.replaceAll('|', ' ')}|`;
  const coded = crs.epsg !== null && crs.epsg <= MAX_CODE;
  const [model, key] = crs.geographic ? [GEOGRAPHIC, GEODETIC_CRS] : [PROJECTED, PROJECTED_CRS];
  const keys = coded
    ? [
        [MODEL_TYPE, 0, 1, model],
        [RASTER_TYPE, 0, 1, PIXEL_IS_AREA],
        [key, 0, 1, crs.epsg],
      ]
    : [
        [MODEL_TYPE, 0, 1, USER_DEFINED],
        [RASTER_TYPE, 0, 1, PIXEL_IS_AREA],
        [PROJECTED_CRS, 0, 1, USER_DEFINED],
        [PROJECTED_CITATION, TAG.geoAsciiParams, Buffer.byteLength(citation), 0],
      ];
  const directory = [1, 1, 0, keys.length, ...keys.flat()] as number[];
  const entries: TiffEntry[] = [{ tag: TAG.geoKeyDirectory, type: 'short', value: directory }];
  if (!coded) entries.push({ tag: TAG.geoAsciiParams, type: 'ascii', value: citation });
  return entries;
}
