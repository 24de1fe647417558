import type { FileCrs } from '../../dataset.js';
import { WEB_MERCATOR, WGS84 } from '../grid/crs.js';

/** One zoom of a set: squares of `tileSize` pixels, counted from the upper left corner. */
export interface TileMatrixSet {
  readonly id: string;
  readonly title: string;
  readonly crs: FileCrs;
  /** Upper left corner, x and y in the units of `crs`. */
  readonly origin: readonly [number, number];
  readonly tileSize: number;
  readonly minZoom: number;
  /** Units of `crs` a pixel; the first belongs to `minZoom`. */
  readonly cellSizes: readonly number[];
  /** Columns and rows of each zoom. */
  readonly matrixSizes: readonly (readonly [columns: number, rows: number])[];
}

function epsg(code: number, proj: string): FileCrs {
  return { epsg: code, proj, name: `http://www.opengis.net/def/crs/EPSG/0/${code}`, geographic: false };
}

/** Sizes of zooms of which each has twice the columns and rows of the one before. */
function doubling(columns: number, rows: number, zooms: number): TileMatrixSet['matrixSizes'] {
  return Array.from({ length: zooms }, (_, zoom) => [columns * 2 ** zoom, rows * 2 ** zoom] as const);
}

/**
 * The registered sets of OGC 17-083r4 (schemas.opengis.net/tms/2.0/json/examples, OGC Software Licence) and two of LINZ (from GDAL, MIT),
 * with the numbers that morecantile has: cell sizes are not always exact halves. Sets whose rows have tiles of different
 * widths (CDB1GlobalGrid, GNOSISGlobalGrid) are left out.
 */
export const DEFINITIONS: readonly TileMatrixSet[] = [
  {
    id: 'WebMercatorQuad',
    title: 'Google Maps Compatible for the World',
    crs: WEB_MERCATOR,
    origin: [-20037508.342789244, 20037508.342789244],
    tileSize: 256,
    minZoom: 0,
    cellSizes: [
      156543.03392804097, 78271.51696402048, 39135.75848201024, 19567.87924100512, 9783.93962050256,
      4891.96981025128, 2445.98490512564, 1222.99245256282, 611.49622628141, 305.748113140705,
      152.8740565703525, 76.43702828517625, 38.21851414258813, 19.109257071294063, 9.554628535647032,
      4.777314267823516, 2.388657133911758, 1.194328566955879, 0.5971642834779395, 0.29858214173896974,
      0.14929107086948487, 0.07464553543474244, 0.03732276771737122, 0.01866138385868561,
      0.009330691929342804,
    ],
    matrixSizes: doubling(1, 1, 25),
  },
  {
    id: 'WorldCRS84Quad',
    title: 'CRS84 for the World',
    // Not the same system as EPSG:4326 to rasterio: files in that one are warped.
    crs: { ...WGS84, epsg: null, name: 'http://www.opengis.net/def/crs/OGC/1.3/CRS84' },
    origin: [-180, 90],
    tileSize: 256,
    minZoom: 0,
    cellSizes: [
      0.703125, 0.3515625, 0.17578125, 0.087890625, 0.0439453125, 0.02197265625, 0.010986328125,
      0.0054931640625, 0.00274658203125, 0.001373291015625, 0.0006866455078125, 0.00034332275390625,
      0.000171661376953125, 8.58306884765625e-5, 4.29153442382812e-5, 2.14576721191406e-5,
      1.07288360595703e-5, 5.36441802978515e-6, 2.68220901489258e-6, 1.34110450744629e-6, 6.7055225372314e-7,
      3.3527612686157e-7, 1.6763806343079e-7, 8.381903171539e-8,
    ],
    matrixSizes: doubling(2, 1, 24),
  },
  {
    id: 'WGS1984Quad',
    title: 'EPSG:4326 for the World',
    crs: WGS84,
    origin: [-180, 90],
    tileSize: 256,
    minZoom: 0,
    cellSizes: [
      0.703125, 0.3515625, 0.17578125, 0.087890625, 0.0439453125, 0.02197265625, 0.010986328125,
      0.0054931640625, 0.00274658203125, 0.001373291015625, 0.0006866455078125, 0.00034332275390625,
      0.000171661376953125, 8.58306884765625e-5, 4.29153442382812e-5, 2.14576721191406e-5,
      1.07288360595703e-5, 5.36441802978515e-6, 2.68220901489258e-6, 1.34110450744629e-6, 6.7055225372314e-7,
      3.3527612686157e-7, 1.6763806343079e-7, 8.381903171539e-8,
    ],
    matrixSizes: doubling(2, 1, 24),
  },
  {
    id: 'WorldMercatorWGS84Quad',
    title: 'World Mercator WGS84 (ellipsoid)',
    crs: epsg(3395, '+proj=merc +lon_0=0 +k=1 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs'),
    origin: [-20037508.3427892, 20037508.3427892],
    tileSize: 256,
    minZoom: 0,
    cellSizes: [
      156543.033928041, 78271.5169640204, 39135.7584820102, 19567.8792410051, 9783.93962050256,
      4891.96981025128, 2445.98490512564, 1222.99245256282, 611.49622628141, 305.748113140704,
      152.874056570352, 76.4370282851762, 38.2185141425881, 19.109257071294, 9.55462853564703,
      4.77731426782351, 2.38865713391175, 1.19432856695587, 0.597164283477939, 0.29858214173897,
      0.149291070869485, 0.0746455354347424, 0.0373227677173712, 0.0186613838586856, 0.0093306919293428,
    ],
    matrixSizes: doubling(1, 1, 25),
  },
  {
    id: 'EuropeanETRS89_LAEAQuad',
    title: 'Lambert Azimuthal Equal Area ETRS89 for Europe',
    crs: epsg(
      3035,
      '+proj=laea +lat_0=52 +lon_0=10 +x_0=4321000 +y_0=3210000 +ellps=GRS80 +units=m +no_defs',
    ),
    origin: [2000000, 5500000],
    tileSize: 256,
    minZoom: 0,
    cellSizes: [
      17578.125, 8789.0625, 4394.53125, 2197.265625, 1098.6328125, 549.31640625, 274.658203125,
      137.3291015625, 68.6645507812, 34.3322753906, 17.1661376953, 8.5830688477, 4.2915344238, 2.1457672119,
      1.072883606, 0.536441803,
    ],
    matrixSizes: doubling(1, 1, 16),
  },
  {
    id: 'NZTM2000Quad',
    title: 'LINZ NZTM2000Quad Map Tile Grid',
    crs: epsg(
      2193,
      '+proj=tmerc +lat_0=0 +lon_0=173 +k=0.9996 +x_0=1600000 +y_0=10000000 +ellps=GRS80 +units=m +no_defs',
    ),
    origin: [-3260586.7284, 10438190.1652],
    tileSize: 256,
    minZoom: 0,
    cellSizes: [
      39135.75848201011, 19567.879241005056, 9783.939620502528, 4891.969810251264, 2445.984905125632,
      1222.992452562816, 611.496226281408, 305.748113140704, 152.874056570352, 76.437028285176,
      38.218514142588, 19.109257071294, 9.554628535647, 4.7773142678235, 2.38865713391175, 1.194328566955875,
      0.5971642834779375, 0.29858214173896874, 0.14929107086948437, 0.07464553543474219, 0.03732276771737109,
      0.018661383858685546,
    ],
    matrixSizes: doubling(1, 1, 22),
  },
  {
    id: 'UTM31WGS84Quad',
    title: 'Universal Transverse Mercator Zone 31 WGS84 Quad',
    crs: epsg(32631, '+proj=utm +zone=31 +datum=WGS84 +units=m +no_defs'),
    origin: [-9501965.72931276, 20003931.4586255],
    tileSize: 256,
    minZoom: 1,
    cellSizes: [
      78140.3572602559, 39070.178630128, 19535.089315064, 9767.5446575319, 4883.772328766, 2441.886164383,
      1220.9430821915, 610.471541095749, 305.235770547875, 152.617885273937, 76.3089426369687,
      38.1544713184843, 19.0772356592422, 9.53861782962109, 4.76930891481054, 2.38465445740527,
      1.19232722870264, 0.596163614351318, 0.298081807175659, 0.149040903587829, 0.0745204517939147,
      0.0372602258969574, 0.0186301129484787, 0.00931505647423934,
    ],
    matrixSizes: doubling(1, 2, 24),
  },
  {
    id: 'UPSArcticWGS84Quad',
    title: 'Universal Polar Stereographic WGS 84 Quad for Arctic',
    crs: epsg(
      5041,
      '+proj=stere +lat_0=90 +lon_0=0 +k=0.994 +x_0=2000000 +y_0=2000000 +datum=WGS84 +units=m +no_defs',
    ),
    origin: [-14440759.350252, 18440759.350252],
    tileSize: 256,
    minZoom: 0,
    cellSizes: [
      128443.4324, 64221.71621, 32110.85811, 16055.42905, 8027.714526, 4013.857263, 2006.928632, 1003.464316,
      501.7321579, 250.866079, 125.4330395, 62.71651974, 31.35825987, 15.67912993, 7.839564967, 3.919782484,
      1.959891242, 0.979945621, 0.48997281, 0.244986405, 0.122493203, 0.061246601, 0.030623301, 0.01531165,
      0.007655825,
    ],
    matrixSizes: doubling(1, 1, 25),
  },
  {
    id: 'UPSAntarcticWGS84Quad',
    title: 'Universal Polar Stereographic WGS 84 Quad for Antarctic',
    crs: epsg(
      5042,
      '+proj=stere +lat_0=-90 +lon_0=0 +k=0.994 +x_0=2000000 +y_0=2000000 +datum=WGS84 +units=m +no_defs',
    ),
    origin: [-14440759.350252, 18440759.350252],
    tileSize: 256,
    minZoom: 0,
    cellSizes: [
      128443.4324, 64221.71621, 32110.85811, 16055.42905, 8027.714526, 4013.857263, 2006.928632, 1003.464316,
      501.7321579, 250.866079, 125.4330395, 62.71651974, 31.35825987, 15.67912993, 7.839564967, 3.919782484,
      1.959891242, 0.979945621, 0.48997281, 0.244986405, 0.122493203, 0.061246601, 0.030623301, 0.01531165,
      0.007655825,
    ],
    matrixSizes: doubling(1, 1, 25),
  },
  {
    id: 'CanadianNAD83_LCC',
    title: 'Lambert conformal conic NAD83 for Canada',
    crs: epsg(
      3978,
      '+proj=lcc +lat_0=49 +lon_0=-95 +lat_1=49 +lat_2=77 +x_0=0 +y_0=0 +ellps=GRS80 +units=m +no_defs',
    ),
    origin: [-34655800, 39310000],
    tileSize: 256,
    minZoom: 0,
    cellSizes: [
      38364.6600626534, 22489.6283125899, 13229.1931250529, 7937.51587503175, 4630.21759376852,
      2645.83862501058, 1587.50317500635, 926.043518753704, 529.167725002116, 317.50063500127,
      185.20870375074, 111.125222250444, 66.1459656252646, 38.3646600626534, 22.4896283125899,
      13.2291931250529, 7.93751587503175, 4.63021759376852, 2.64583862501058, 1.58750317500635,
      0.926043518753704, 0.529167725002116, 0.31750063500127, 0.18520870375074, 0.111125222250444,
      0.0661459656252645,
    ],
    matrixSizes: [
      [5, 5],
      [8, 8],
      [13, 14],
      [21, 22],
      [36, 38],
      [62, 66],
      [103, 110],
      [177, 188],
      [309, 329],
      [515, 548],
      [882, 938],
      [1470, 1563],
      [2469, 2626],
      [4257, 4528],
      [7262, 7723],
      [12344, 13130],
      [20574, 21882],
      [35269, 37512],
      [61720, 65646],
      [102866, 109409],
      [176341, 187558],
      [308596, 328227],
      [514327, 547044],
      [881703, 937790],
      [1469505, 1562983],
      [2468768, 2625811],
    ],
  },
  {
    id: 'LINZAntarticaMapTilegrid',
    title: 'LINZ Antarctic Map Tile Grid (Ross Sea Region)',
    crs: epsg(
      5482,
      '+proj=stere +lat_0=-90 +lon_0=180 +k=0.994 +x_0=5000000 +y_0=1000000 +ellps=GRS80 +units=m +no_defs',
    ),
    origin: [-918457.73, 6918457.73],
    tileSize: 256,
    minZoom: 0,
    cellSizes: [
      114687.99999999999, 57343.99999999999, 28671.999999999996, 14335.999999999998, 7167.999999999999,
      3583.9999999999995, 1791.9999999999998, 895.9999999999999, 447.99999999999994, 223.99999999999997,
      111.99999999999999, 55.99999999999999, 27.999999999999996, 13.999999999999998,
    ],
    matrixSizes: [
      [1, 1],
      [1, 1],
      [2, 2],
      [4, 4],
      [7, 7],
      [13, 13],
      [26, 26],
      [52, 52],
      [104, 104],
      [207, 207],
      [413, 413],
      [826, 826],
      [1652, 1652],
      [3303, 3303],
    ],
  },
];
