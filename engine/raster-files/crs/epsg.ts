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
  // The tables take 0 for nothing said.
  if (code <= 0) return null;
  const { toProj4 } = await import('geotiff-geokeys-to-proj4');
  const keys = { ProjectedCSTypeGeoKey: code } as Parameters<typeof toProj4>[0];
  const { proj4, errors, coordinatesConversionParameters } = toProj4(keys);
  if (errors.CRSNotSupported !== undefined || proj4.includes('undefined')) return null;
  const metres = coordinatesConversionParameters.x;
  const units = proj4.includes('to_meter=') || metres === 1 ? '' : ` +to_meter=${metres}`;
  return withShift(code, withPole(withAxes(proj4.trim()))) + units;
}

/**
 * Rasters are kept with the easting first, whatever the order of the definition's axes is; but where axes point west and
 * south, their values grow that way in the raster too (GDAL's traditional GIS order). proj4 heeds axes only when it is told
 * to at each point: a negative scale turns both round all the same.
 */
function withAxes(proj: string): string {
  const axes = /\+axis=(\w+)/.exec(proj)?.[1] ?? 'en';
  const plain = proj.replace(/\s*\+axis=\w+/, '');
  return axes.startsWith('ws') ? plain.replace('+k_0=', '+k_0=-') : plain;
}

/** A polar stereographic projection by its parallel of true scale is that of the nearer pole. */
function withPole(proj: string): string {
  const parallel = /^\+proj=stere(?!.*\+lat_0=).*\+lat_ts=(-?)/.exec(proj);
  return parallel === null ? proj : `${proj} +lat_0=${parallel[1]}90`;
}

/**
 * The tables have a shift to WGS 84 only where it is of three parameters. These are the usual ones of countries where leaving
 * it out is a hundred metres and more; none needs a grid. Source: the EPSG dataset, as PROJ 9 writes them.
 */
const SHIFTS: readonly (readonly [codes: readonly number[], towgs84: string])[] = [
  [[27700], '446.448,-125.157,542.06,0.15,0.247,0.842,-20.489'],
  [[28992], '565.2369,50.0087,465.658,-0.406857330322398,0.350732676542563,-1.8703473836068,4.0812'],
  [[31370], '-106.8686,52.2978,-103.7239,0.3366,-0.457,1.8422,-1.2747'],
  [[2056, 21781], '674.374,15.056,405.346'],
  [[31466, 31467, 31468, 31469], '598.1,73.7,418.2,0.202,0.045,-2.455,6.7'],
  [[5514, 2065], '589,76,480'],
  [[2039], '-48,55,52'],
  [[2100], '-199.87,74.79,246.62'],
  [[3405, 3406], '-191.90441429,-39.30318279,-111.45032835,0.00928836,-0.01975479,0.00427372,0.252906278'],
];

function withShift(code: number, proj: string): string {
  const shift = SHIFTS.find(([codes]) => codes.includes(code))?.[1];
  return shift === undefined || proj.includes('+towgs84=') ? proj : `${proj} +towgs84=${shift}`;
}
