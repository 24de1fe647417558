import type { FileCrs } from '../dataset.js';

/** Those that nearly every file has, without loading EPSG's tables. */
const WELL_KNOWN: Readonly<Record<number, string>> = {
  4326: '+proj=longlat +datum=WGS84 +no_defs',
  3857: '+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +no_defs',
};

/** A reference system by its EPSG code; null where it is not known, or none that a raster can be in. */
export async function crsOfEpsg(code: number): Promise<FileCrs | null> {
  const proj = WELL_KNOWN[code] ?? utm(code) ?? (await fromTables(code));
  if (proj === null) return null;
  return {
    epsg: code,
    proj,
    name: `http://www.opengis.net/def/crs/EPSG/0/${code}`,
    geographic: proj.startsWith('+proj=longlat'),
  };
}

/** WGS 84 / UTM: 32601 to 32660 in the north, 32701 to 32760 in the south. */
function utm(code: number): string | undefined {
  const zone = code % 100;
  const hemisphere = Math.floor(code / 100);
  if ((hemisphere !== 326 && hemisphere !== 327) || zone < 1 || zone > 60) return undefined;
  return `+proj=utm +zone=${zone}${hemisphere === 327 ? ' +south' : ''} +datum=WGS84 +units=m +no_defs`;
}

async function fromTables(code: number): Promise<string | null> {
  const { toProj4 } = await import('geotiff-geokeys-to-proj4');
  // Either key does: the tables are one. Which of both it is decides nothing but that Web Mercator becomes a sphere.
  const keys = { ProjectedCSTypeGeoKey: code } as Parameters<typeof toProj4>[0];
  const { proj4, errors, coordinatesConversionParameters } = toProj4(keys);
  if (errors.CRSNotSupported !== undefined || proj4.includes('undefined')) return null;
  const metres = coordinatesConversionParameters.x;
  const units = proj4.includes('to_meter=') || metres === 1 ? '' : ` +to_meter=${metres}`;
  return withAxes(polar(proj4.trim())) + units;
}

/** Variant B of the polar stereographic projection names a parallel only; which pole it is about is the parallel's sign. */
function polar(proj: string): string {
  const parallel = /\+proj=stere\b.*\+lat_ts=(-?)\d/.exec(proj);
  return parallel === null || proj.includes('+lat_0=') ? proj : `${proj} +lat_0=${parallel[1]}90`;
}

/**
 * Rasters are kept with the easting first, whatever the order of the definition's axes is; but where axes point west and
 * south, their values grow that way in the raster too. Source: GDAL's traditional GIS order.
 */
function withAxes(proj: string): string {
  const axes = /\+axis=(\w+)/.exec(proj)?.[1] ?? 'en';
  const plain = proj.replace(/\s*\+axis=\w+/, '');
  return axes.startsWith('ws') || axes.startsWith('sw') ? `${plain} +axis=wsu` : plain;
}
