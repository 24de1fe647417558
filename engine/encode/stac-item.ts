import type { MultiPolygon, Polygon } from 'geojson';
import { digest } from '../digest.js';
import { NATIVE_ZOOM, METATILE_SIZE, pixelWindowLonLat, type Bounds } from '../geo/tile-matrix.js';
import type { SceneList } from '../scenes/scene.js';
import type { SeasonWindow } from '../season.js';
import { mapTransform, type MapWindow } from './map-window.js';
import { SceneTally } from './scene-tally.js';
import { productKind, productNodata, type EncodedProduct } from './products.js';

/** https://github.com/radiantearth/stac-spec/blob/v1.0.0/item-spec/item-spec.md */
export interface StacItem {
  readonly type: 'Feature';
  readonly stac_version: '1.0.0';
  readonly stac_extensions: readonly string[];
  readonly id: string;
  readonly geometry: Polygon | MultiPolygon;
  readonly bbox: Bounds;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly links: readonly { readonly rel: string; readonly href: string }[];
  readonly assets: Readonly<Record<string, StacAsset>>;
}

export interface StacAsset {
  readonly href: string;
  readonly title: string;
  readonly type: string;
  readonly roles: readonly string[];
  readonly [field: string]: unknown;
}

export interface ItemProduct {
  /** `classes`, `truecolor`, a feature …: decides title, type and nodata. */
  readonly name: string;
  /** Relative to the item, e.g. `classes.tif`. */
  readonly href: string;
  readonly encoded: EncodedProduct | ProductFile;
}

/** A product that is on the disk already, and too large to be in memory. */
export interface ProductFile {
  /** Bytes. */
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly auxXml?: string;
}

export interface ItemOptions {
  readonly id: string;
  /** The pixels, of the web-mercator grid. */
  readonly window: MapWindow & { readonly width: number; readonly height: number };
  /** Where the values are, lon/lat; default the window's rectangle. */
  readonly geometry?: Polygon | MultiPolygon;
  readonly season: SeasonWindow;
  readonly products: readonly ItemProduct[];
  /** Names and `#rrggbb` by class id, where there are classes. */
  readonly classes?: { readonly names: readonly string[]; readonly palette: readonly string[] };
  /** All that the pixels were computed from; a metatile has one list, an area several. */
  readonly sceneLists: readonly SceneList[] | SceneTally;
  /** How much of the area was archived, where what was not is nodata. */
  readonly archived?: {
    readonly percent: number;
    readonly metatiles: number;
    readonly there: number;
  };
  /** What decides the results, as it was digested. */
  readonly recipe: { readonly digest: string; readonly [field: string]: unknown };
  readonly model?: { readonly name: string; readonly version: string; readonly digest: string };
  /** Of GeoCrop. */
  readonly softwareVersion: string;
  readonly created: Date;
}

/** https://sentinels.copernicus.eu/documents/247904/690755/Sentinel_Data_Legal_Notice */
export const ATTRIBUTION = 'Contains modified Copernicus Sentinel data';

const EXTENSIONS = {
  projection: 'https://stac-extensions.github.io/projection/v2.0.0/schema.json',
  raster: 'https://stac-extensions.github.io/raster/v1.1.0/schema.json',
  classification: 'https://stac-extensions.github.io/classification/v2.0.0/schema.json',
  file: 'https://stac-extensions.github.io/file/v2.1.0/schema.json',
  processing: 'https://stac-extensions.github.io/processing/v1.2.0/schema.json',
} as const;

const COG_TYPE = 'image/tiff; application=geotiff; profile=cloud-optimized';
/** Multihash: SHA-256, 32 bytes (file extension, `file:checksum`). */
const SHA256_PREFIX = '1220';

/** A STAC item about products on the web-mercator grid: a finished metatile's, or a `classify` result's. */
export function productItem(options: ItemOptions): StacItem {
  const { window, season, sceneLists } = options;
  const bbox = pixelWindowLonLat(window.zoom, window.px0, window.py0, window.width, window.height);
  const scenes = sceneLists instanceof SceneTally ? sceneLists : SceneTally.of(sceneLists);
  const years = scenes.years();
  return {
    type: 'Feature',
    stac_version: '1.0.0',
    stac_extensions: [
      EXTENSIONS.projection,
      EXTENSIONS.raster,
      EXTENSIONS.file,
      EXTENSIONS.processing,
      ...(options.classes === undefined ? [] : [EXTENSIONS.classification]),
    ],
    id: options.id,
    geometry: options.geometry ?? rectangle(bbox),
    bbox,
    properties: {
      title: `GeoCrop ${season.name} ${season.year}`,
      datetime: null,
      start_datetime: `${season.start}T00:00:00Z`,
      end_datetime: `${season.end}T23:59:59Z`,
      created: options.created.toISOString(),
      constellation: 'sentinel-2',
      'proj:code': 'EPSG:3857',
      'proj:shape': [window.height, window.width],
      'proj:transform': mapTransform(window),
      'processing:level': 'L4',
      'processing:software': { GeoCrop: options.softwareVersion },
      attribution: years.length === 0 ? ATTRIBUTION : `${ATTRIBUTION} ${years.join(', ')}`,
      'geocrop:recipe': options.recipe,
      ...(options.model === undefined ? {} : { 'geocrop:model': options.model }),
      'geocrop:season': { name: season.name, year: season.year },
      'geocrop:scenes': scenes.summary(),
      ...(options.archived === undefined ? {} : { 'geocrop:archived': options.archived }),
    },
    links: [],
    assets: Object.fromEntries(options.products.flatMap((product) => productAssets(product, options))),
  };
}

/** The item of a finished metatile: `item.json` beside its products, which it names relatively. */
export function metatileItem(
  options: Omit<ItemOptions, 'id' | 'window' | 'products' | 'sceneLists'> & {
    readonly metatile: { readonly x: number; readonly y: number };
    readonly products: ReadonlyMap<string, EncodedProduct>;
    readonly sceneList: SceneList;
  },
): StacItem {
  const { metatile, products, sceneList, ...rest } = options;
  const { season } = options;
  return productItem({
    ...rest,
    id: `geocrop-${season.name}-${season.year}-12-${metatile.x}-${metatile.y}-${sceneList.digest.slice(0, 8)}`,
    window: {
      zoom: NATIVE_ZOOM,
      px0: metatile.x * METATILE_SIZE,
      py0: metatile.y * METATILE_SIZE,
      width: METATILE_SIZE,
      height: METATILE_SIZE,
    },
    sceneLists: [sceneList],
    products: [...products].map(([name, encoded]) => ({ name, href: `./${name}.tif`, encoded })),
  });
}

function productAssets({ name, href, encoded }: ItemProduct, options: ItemOptions): [string, StacAsset][] {
  const kind = productKind(name);
  const nodata = productNodata(kind);
  const named = options.classes !== undefined && (kind === 'classes' || kind === 'baseline');
  const band = {
    data_type: kind === 'feature' ? 'float32' : 'uint8',
    // The raster extension's way to say NaN in JSON.
    ...(nodata === null ? {} : { nodata: Number.isNaN(nodata) ? 'nan' : nodata }),
    ...(kind === 'confidence' || kind === 'probabilities' ? { unit: '%' } : {}),
  };
  const bands =
    kind === 'truecolor' ? 3 : kind === 'probabilities' ? (options.classes?.names.length ?? 1) : 1;
  const tif: StacAsset = {
    href,
    title: TITLES[kind] ?? name,
    type: COG_TYPE,
    roles: kind === 'truecolor' ? ['visual'] : ['data'],
    'raster:bands': new Array(bands).fill(band),
    ...(named ? { 'classification:classes': classesOf(options.classes) } : {}),
    ...('tif' in encoded ? checksum(encoded.tif) : fileFields(encoded.size, encoded.sha256)),
  };
  if (encoded.auxXml === undefined) return [[name, tif]];
  const aux: StacAsset = {
    href: `${href}.aux.xml`,
    title: `${tif.title}: names for GDAL and QGIS`,
    type: 'application/xml',
    roles: ['metadata'],
    ...checksum(Buffer.from(encoded.auxXml, 'utf8')),
  };
  return [
    [name, tif],
    [`${name}_aux`, aux],
  ];
}

const TITLES: Readonly<Record<string, string>> = {
  classes: 'Classes',
  confidence: 'Confidence of the class, percent',
  observations: 'Valid observations',
  truecolor: 'True colour, median of the season',
  probabilities: 'Probability of each class, percent',
  baseline: 'Dynamic World baseline',
};

/** Names in the extension are for machines: letters, digits, `-` and `_`; ours go into the description. */
function classesOf({ names, palette }: NonNullable<ItemOptions['classes']>): Record<string, unknown>[] {
  return names.map((name, value) => ({
    value,
    name: name.replaceAll(/[^0-9A-Za-z_-]+/g, '_') || `class_${value}`,
    description: name,
    ...(palette[value] === undefined ? {} : { color_hint: palette[value].slice(1).toUpperCase() }),
  }));
}

type FileFields = { 'file:size': number; 'file:checksum': string };

const fileFields = (size: number, sha256: string): FileFields => ({
  'file:size': size,
  'file:checksum': SHA256_PREFIX + sha256,
});

const checksum = (bytes: Uint8Array): FileFields => fileFields(bytes.length, digest(bytes));

/** Counter-clockwise (RFC 7946, 3.1.6). */
function rectangle([west, south, east, north]: Bounds): Polygon {
  return {
    type: 'Polygon',
    coordinates: [
      [
        [west, south],
        [east, south],
        [east, north],
        [west, north],
        [west, south],
      ],
    ],
  };
}
