import type { FileCrs } from '../../dataset.js';

/** WGS 84 in degrees, longitude first. */
export const WGS84: FileCrs = {
  epsg: 4326,
  proj: '+proj=longlat +datum=WGS84 +no_defs',
  name: 'http://www.opengis.net/def/crs/EPSG/0/4326',
  geographic: true,
};

export const WEB_MERCATOR: FileCrs = {
  epsg: 3857,
  proj: '+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +wktext +no_defs',
  name: 'http://www.opengis.net/def/crs/EPSG/0/3857',
  geographic: false,
};

export function sameCrs(a: FileCrs, b: FileCrs): boolean {
  if (a.epsg !== null && b.epsg !== null) return a.epsg === b.epsg;
  return a.epsg === b.epsg && a.proj === b.proj && a.name === b.name;
}
