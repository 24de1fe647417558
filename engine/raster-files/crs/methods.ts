/** A parameter of a projection: its name in WKT, its token in PROJ, and the GeoKeys that may hold it, the first one wins. */
interface Parameter {
  readonly wkt: string;
  readonly proj: string;
  readonly keys: readonly number[];
  readonly kind: 'angle' | 'length' | 'ratio';
  readonly otherwise: number;
}

export interface Method {
  /** PROJ's name. */
  readonly proj: string;
  /** Name in WKT 1. */
  readonly wkt: string;
  readonly parameters: readonly Parameter[];
}

const angle = (wkt: string, proj: string, ...keys: number[]): Parameter => ({
  wkt,
  proj,
  keys,
  kind: 'angle',
  otherwise: 0,
});

const LATITUDES = [3081, 3085, 3089];
const LONGITUDES = [3080, 3084, 3088, 3095];
const latitudeOfOrigin = angle('latitude_of_origin', 'lat_0', ...LATITUDES);
const latitudeOfCenter = angle('latitude_of_center', 'lat_0', ...LATITUDES);
const centralMeridian = angle('central_meridian', 'lon_0', ...LONGITUDES);
const longitudeOfCenter = angle('longitude_of_center', 'lon_0', ...LONGITUDES);
const parallels = [angle('standard_parallel_1', 'lat_1', 3078), angle('standard_parallel_2', 'lat_2', 3079)];
const trueScale = angle('standard_parallel_1', 'lat_ts', 3078, ...LATITUDES);
const scale: Parameter = {
  wkt: 'scale_factor',
  proj: 'k_0',
  keys: [3092, 3093],
  kind: 'ratio',
  otherwise: 1,
};
const falseOrigin: readonly Parameter[] = [
  { wkt: 'false_easting', proj: 'x_0', keys: [3082, 3090, 3086], kind: 'length', otherwise: 0 },
  { wkt: 'false_northing', proj: 'y_0', keys: [3083, 3091, 3087], kind: 'length', otherwise: 0 },
];

const method = (proj: string, wkt: string, ...parameters: Parameter[]): Method => ({
  proj,
  wkt,
  parameters: [...parameters, ...falseOrigin],
});

export const TRANSVERSE_MERCATOR = 1;
export const MERCATOR = 7;
export const POLAR_STEREOGRAPHIC = 15;
/** Mercator by its parallel of true scale instead of a scale at the equator. */
export const MERCATOR_2SP = method('merc', 'Mercator_2SP', trueScale, centralMeridian);

/** By ProjMethodGeoKey. Source: OGC GeoTIFF 1.1 (19-008r4), annex C, and libgeotiff's geo_normalize.c for the keys. */
export const METHODS: Readonly<Record<number, Method>> = {
  [TRANSVERSE_MERCATOR]: method('tmerc', 'Transverse_Mercator', latitudeOfOrigin, centralMeridian, scale),
  [MERCATOR]: method('merc', 'Mercator_1SP', centralMeridian, scale),
  8: method('lcc', 'Lambert_Conformal_Conic_2SP', ...parallels, latitudeOfOrigin, centralMeridian),
  9: method('lcc', 'Lambert_Conformal_Conic_1SP', latitudeOfOrigin, centralMeridian, scale),
  10: method('laea', 'Lambert_Azimuthal_Equal_Area', latitudeOfCenter, longitudeOfCenter),
  11: method('aea', 'Albers_Conic_Equal_Area', ...parallels, latitudeOfCenter, longitudeOfCenter),
  12: method('aeqd', 'Azimuthal_Equidistant', latitudeOfCenter, longitudeOfCenter),
  13: method('eqdc', 'Equidistant_Conic', ...parallels, latitudeOfCenter, longitudeOfCenter),
  14: method('stere', 'Stereographic', latitudeOfOrigin, centralMeridian, scale),
  [POLAR_STEREOGRAPHIC]: method(
    'stere',
    'Polar_Stereographic',
    angle('latitude_of_origin', 'lat_ts', ...LATITUDES, 3078),
    angle('central_meridian', 'lon_0', 3095, ...LONGITUDES),
    scale,
  ),
  16: method('sterea', 'Oblique_Stereographic', latitudeOfOrigin, centralMeridian, scale),
  17: method(
    'eqc',
    'Equirectangular',
    angle('standard_parallel_1', 'lat_ts', 3078),
    latitudeOfOrigin,
    centralMeridian,
  ),
  18: method('cass', 'Cassini_Soldner', latitudeOfOrigin, centralMeridian),
  19: method('gnom', 'Gnomonic', latitudeOfOrigin, centralMeridian),
  20: method('mill', 'Miller_Cylindrical', latitudeOfCenter, longitudeOfCenter),
  21: method('ortho', 'Orthographic', latitudeOfOrigin, centralMeridian),
  22: method('poly', 'Polyconic', latitudeOfOrigin, centralMeridian),
  23: method('robin', 'Robinson', longitudeOfCenter),
  24: method('sinu', 'Sinusoidal', longitudeOfCenter),
  25: method('vandg', 'VanDerGrinten', centralMeridian),
  28: method('cea', 'Cylindrical_Equal_Area', trueScale, centralMeridian),
};
