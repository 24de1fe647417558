import { GeoCropError } from '../errors.js';
import type { Affine } from '../windows/cog-header.js';
import { TAG, type TiffEntry } from './tiff-tags.js';

/** "WGS 84 / UTM zone 35S" of EPSG:32735; only what we write: web mercator and the UTM zones of WGS 84. */
export function crsName(epsg: number): string {
  if (epsg === 3857) return 'WGS 84 / Pseudo-Mercator';
  const zone = epsg % 100;
  const hemisphere = Math.floor(epsg / 100) === 326 ? 'N' : Math.floor(epsg / 100) === 327 ? 'S' : null;
  if (hemisphere === null || zone < 1 || zone > 60) {
    throw new GeoCropError('unsupported-crs', `EPSG:${epsg} cannot be written to a GeoTIFF.`, {
      hint: 'Use EPSG:3857 or a UTM zone of WGS 84 (EPSG:32601 to 32660, 32701 to 32760).',
      context: { epsg },
    });
  }
  return `WGS 84 / UTM zone ${zone}${hemisphere}`;
}

/**
 * Georeference of a projected, north-up raster, pixel is area: the same keys as GDAL writes (OGC GeoTIFF 1.1, clause 7).
 * @param transform [a, 0, c, 0, e, f] with a > 0 and e < 0: metres of `epsg`
 */
export function geoEntries(epsg: number, transform: Affine): TiffEntry[] {
  const [a, b, c, d, e, f] = transform;
  if (!(a > 0 && e < 0 && b === 0 && d === 0)) {
    throw new RangeError(
      `transform: got [${transform.join(', ')}], expected north up: a > 0, b = d = 0, e < 0`,
    );
  }
  const citation = `${crsName(epsg)}|`;
  const geographic = 'WGS 84|';
  const keys = [
    [1, 1, 0, 7],
    [1024, 0, 1, 1], // GTModelType: projected
    [1025, 0, 1, 1], // GTRasterType: pixel is area
    [1026, TAG.geoAsciiParams, citation.length, 0], // GTCitation
    [2049, TAG.geoAsciiParams, geographic.length, citation.length], // GeodeticCitation
    [2054, 0, 1, 9102], // GeogAngularUnits: degree
    [3072, 0, 1, epsg], // ProjectedCRS
    [3076, 0, 1, 9001], // ProjLinearUnits: metre
  ];
  return [
    { tag: TAG.modelPixelScale, type: 'double', value: [a, -e, 0] },
    { tag: TAG.modelTiepoint, type: 'double', value: [0, 0, 0, c, f, 0] },
    { tag: TAG.geoKeyDirectory, type: 'short', value: keys.flat() },
    { tag: TAG.geoAsciiParams, type: 'ascii', value: citation + geographic },
  ];
}
