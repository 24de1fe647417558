import type { FileCrs } from '../dataset.js';
import {
  degreesAUnit,
  firstKey,
  GEODETIC_KEYS,
  KEY,
  metresAUnit,
  numberKey,
  USER_DEFINED,
  utmZone,
  type GeoKeys,
} from './geo-keys.js';
import {
  MERCATOR,
  MERCATOR_2SP,
  METHODS,
  POLAR_STEREOGRAPHIC,
  TRANSVERSE_MERCATOR,
  type Method,
} from './methods.js';
import { geographicWkt, projectedWkt, type GeographicNames } from './wkt.js';

/** What stands in a citation instead of a code where ArcGIS has written the file. */
const ESRI = /^ESRI PE String\s*=\s*/;

/** A projected system that its keys describe, without a code of its own; null where they do not say enough. */
export async function projectedCrs(fileKeys: GeoKeys): Promise<FileCrs | null> {
  const keys = withUtm(fileKeys);
  for (const key of [KEY.projectedCitation, KEY.citation]) {
    const citation = keys[key];
    if (typeof citation === 'string' && ESRI.test(citation)) {
      const wkt = citation.replace(ESRI, '').replace(/\|$/, '');
      return { epsg: null, proj: wkt, name: wkt, geographic: false };
    }
  }
  const base = await geodetic(keys);
  const metres = metresAUnit(keys);
  const degrees = degreesAUnit(keys);
  const found = methodOf(keys);
  if (base === null || metres === null || degrees === null || found === null) return null;
  const values = found.parameters.map(({ kind, keys: candidates, otherwise }) => {
    const value = firstKey(keys, candidates);
    if (value === undefined) return otherwise;
    return kind === 'angle' ? value * degrees : kind === 'length' ? value * metres : value;
  });
  const tokens = found.parameters.map(({ proj }, i) => `+${proj}=${values[i]}`);
  if (numberKey(keys, KEY.method) === POLAR_STEREOGRAPHIC) {
    tokens.push(`+lat_0=${(values[0] ?? 0) < 0 ? -90 : 90}`);
  }
  const unit = metres === 1 ? '+units=m' : `+to_meter=${metres}`;
  return {
    epsg: null,
    proj: [`+proj=${found.proj}`, ...tokens, base.ellipsoid, unit, '+no_defs'].join(' '),
    name: projectedWkt(
      nameOf(keys, [KEY.citation, KEY.projectedCitation]),
      geographicWkt(namesOf(keys, [KEY.geographicCitation]), base.ellipsoid),
      found,
      values.map((value, i) => (found.parameters[i]?.kind === 'length' ? value / metres : value)),
      metres,
    ),
    geographic: false,
  };
}

/** Where the projection is named as a UTM zone, with the keys that say it in full. */
function withUtm(keys: GeoKeys): GeoKeys {
  const zone = utmZone(keys);
  if (zone === null) return keys;
  return {
    ...keys,
    [KEY.method]: TRANSVERSE_MERCATOR,
    [KEY.latitudeOfOrigin]: 0,
    [KEY.longitudeOfOrigin]: zone.number * 6 - 183,
    [KEY.falseEasting]: 500_000,
    [KEY.falseNorthing]: zone.south ? 10_000_000 : 0,
    [KEY.scale]: 0.9996,
  };
}

/** A geographic system that its keys describe; null where they do not say enough. */
export async function geographicCrs(keys: GeoKeys): Promise<FileCrs | null> {
  const base = await geodetic(keys);
  if (base === null || degreesAUnit(keys) !== 1) return null;
  return {
    epsg: null,
    proj: `+proj=longlat ${base.ellipsoid} +no_defs`,
    name: geographicWkt(namesOf(keys, [KEY.geographicCitation, KEY.citation]), base.ellipsoid),
    geographic: true,
  };
}

function methodOf(keys: GeoKeys): Method | null {
  const code = numberKey(keys, KEY.method);
  if (code === MERCATOR && numberKey(keys, KEY.standardParallel1) !== undefined) return MERCATOR_2SP;
  return code === undefined ? null : (METHODS[code] ?? null);
}

/** PROJ's tokens of the ellipsoid, the prime meridian and the shift to WGS 84. */
async function geodetic(keys: GeoKeys): Promise<{ readonly ellipsoid: string } | null> {
  const given: Record<string, unknown> = {};
  for (const [name, key] of Object.entries(GEODETIC_KEYS)) {
    const value = keys[key];
    if (value !== undefined && value !== USER_DEFINED) given[name] = value;
  }
  const { toProj4 } = await import('geotiff-geokeys-to-proj4');
  const { proj4 } = toProj4(given as unknown as Parameters<typeof toProj4>[0]);
  const tokens = proj4
    .split(/\s+/)
    .filter((token) => /^\+(?:ellps|datum|a|b|pm|towgs84)=/.test(token) && token !== '+pm=0');
  return tokens.length === 0 ? null : { ellipsoid: tokens.join(' ') };
}

/** A citation's name, or, of GDAL's lists ("GCS Name = Mars|Datum = D_Mars|…"), its first. */
function nameOf(keys: GeoKeys, candidates: readonly number[]): string {
  for (const key of candidates) {
    const text = keys[key];
    if (typeof text === 'string' && text !== '') {
      return (text.split('|')[0] ?? text).replace(/^[\w ]+ Name = /, '');
    }
  }
  return 'unknown';
}

function namesOf(keys: GeoKeys, candidates: readonly number[]): GeographicNames {
  const cited = keys[KEY.geographicCitation];
  const name = (what: string): string | undefined =>
    typeof cited === 'string' ? new RegExp(`(?:^|\\|)${what} = ([^|]+)`).exec(cited)?.[1] : undefined;
  return {
    system: nameOf(keys, candidates),
    datum: name('Datum') ?? 'unknown',
    ellipsoid: name('Ellipsoid') ?? 'unknown',
    meridian: name('Primem') ?? 'Reference meridian',
  };
}
