import type { FileDescription } from '../../windows/cog-header.js';

export type GeoKeys = FileDescription['geoKeys'];

/** Numbers of the keys that are read here. Source: OGC GeoTIFF 1.1 (19-008r4), annex B. */
export const KEY = {
  modelType: 1024,
  citation: 1026,
  geographicCrs: 2048,
  geographicCitation: 2049,
  angularUnit: 2054,
  angularUnitSize: 2055,
  projectedCrs: 3072,
  projectedCitation: 3073,
  projection: 3074,
  method: 3075,
  linearUnit: 3076,
  linearUnitSize: 3077,
  standardParallel1: 3078,
  longitudeOfOrigin: 3080,
  latitudeOfOrigin: 3081,
  falseEasting: 3082,
  falseNorthing: 3083,
  scale: 3092,
} as const;

/** Geodetic keys by the names that geotiff-geokeys-to-proj4 takes. */
export const GEODETIC_KEYS: Readonly<Record<string, number>> = {
  GeographicTypeGeoKey: 2048,
  GeogGeodeticDatumGeoKey: 2050,
  GeogPrimeMeridianGeoKey: 2051,
  GeogLinearUnitsGeoKey: 2052,
  GeogLinearUnitSizeGeoKey: 2053,
  GeogEllipsoidGeoKey: 2056,
  GeogSemiMajorAxisGeoKey: 2057,
  GeogSemiMinorAxisGeoKey: 2058,
  GeogInvFlatteningGeoKey: 2059,
  GeogPrimeMeridianLongGeoKey: 2061,
  GeogTOWGS84GeoKey: 2062,
};

/** GeoTIFF's "user defined". */
export const USER_DEFINED = 32767;

export function numberKey(keys: GeoKeys, key: number): number | undefined {
  const value = keys[key];
  return typeof value === 'number' ? value : undefined;
}

/** The first of several keys that is there. */
export function firstKey(keys: GeoKeys, candidates: readonly number[]): number | undefined {
  for (const key of candidates) {
    const value = numberKey(keys, key);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The UTM zone that ProjectionGeoKey names: EPSG's conversions 16001 to 16060 in the north, 16101 to 16160 in the south. */
export function utmZone(keys: GeoKeys): { readonly number: number; readonly south: boolean } | null {
  const projection = numberKey(keys, KEY.projection) ?? 0;
  const hemisphere = Math.floor(projection / 100);
  const number = projection % 100;
  if ((hemisphere !== 160 && hemisphere !== 161) || number < 1 || number > 60) return null;
  return { number, south: hemisphere === 161 };
}

/** Metres a unit and radians a unit, of EPSG's units that rasters are kept in. */
const LINEAR_UNITS: Readonly<Record<number, number>> = {
  9001: 1,
  9002: 0.3048,
  9003: 1200 / 3937,
  9005: 0.3047972654,
  9036: 1000,
  9084: 0.9143984,
  9096: 0.9144,
  9030: 1852,
};
const ANGULAR_UNITS: Readonly<Record<number, number>> = {
  9101: 1,
  9102: Math.PI / 180,
  9103: Math.PI / 10800,
  9104: Math.PI / 648000,
  9105: Math.PI / 200,
  9106: Math.PI / 200,
};

/** Metres a unit of the coordinates; null where the unit is not known. */
export function metresAUnit(keys: GeoKeys): number | null {
  const unit = numberKey(keys, KEY.linearUnit) ?? 9001;
  return (unit === USER_DEFINED ? numberKey(keys, KEY.linearUnitSize) : LINEAR_UNITS[unit]) ?? null;
}

/** Degrees a unit of angles; null where the unit is not known. */
export function degreesAUnit(keys: GeoKeys): number | null {
  const unit = numberKey(keys, KEY.angularUnit) ?? 9102;
  if (unit === 9102) return 1;
  const radians = unit === USER_DEFINED ? numberKey(keys, KEY.angularUnitSize) : ANGULAR_UNITS[unit];
  return radians === undefined ? null : (radians * 180) / Math.PI;
}
