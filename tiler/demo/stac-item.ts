import { lonLatOf } from './ground.js';
import { outsideSwath } from './render-scene.js';
import type { AssetName } from '../../engine/scenes/scene.js';
import type { SceneGrid } from './scene-grid.js';
import type { PassPlan } from './season-plan.js';
import { groundOfPixel } from './scene-grid.js';
import { lonLatOfUtm } from './utm-inverse.js';
import type { Sun } from './sun.js';

export const COLLECTION = 's2_l2a_c1';

/** Seconds after midnight UTC when the country is seen: 07:52:09. */
const OVERPASS_SECONDS = 7 * 3600 + 52 * 60 + 9;

/** One product of one pass: what the id, the properties and the folder are made of. */
export interface SceneProduct {
  readonly pass: PassPlan;
  readonly grid: SceneGrid;
  /** Processing baseline, e.g. "05.11". */
  readonly baseline: string;
}

export interface AssetFile {
  readonly name: AssetName;
  readonly file: string;
  readonly bytes: number;
  /** SHA-256, hex. */
  readonly sha256: string;
}

interface AssetFacts {
  readonly file: string;
  readonly title: string;
  readonly metres: 10 | 20;
  readonly band?: readonly [name: string, common: string, centre: number, width: number];
}

/** Files and words of DE Africa's items. */
export const ASSETS: Readonly<Record<AssetName, AssetFacts>> = {
  blue: { file: 'B02.tif', title: 'Blue - 10m', metres: 10, band: ['B02', 'blue', 0.49, 0.098] },
  green: { file: 'B03.tif', title: 'Green - 10m', metres: 10, band: ['B03', 'green', 0.56, 0.045] },
  red: { file: 'B04.tif', title: 'Red - 10m', metres: 10, band: ['B04', 'red', 0.665, 0.038] },
  rededge1: {
    file: 'B05.tif',
    title: 'Red Edge 1 - 20m',
    metres: 20,
    band: ['B05', 'rededge', 0.704, 0.019],
  },
  nir: { file: 'B08.tif', title: 'NIR 1 - 10m', metres: 10, band: ['B08', 'nir', 0.842, 0.145] },
  swir16: { file: 'B11.tif', title: 'SWIR 1.6μm - 20m', metres: 20, band: ['B11', 'swir16', 1.61, 0.143] },
  swir22: { file: 'B12.tif', title: 'SWIR 2.2μm - 20m', metres: 20, band: ['B12', 'swir22', 2.19, 0.242] },
  scl: { file: 'SCL.tif', title: 'Scene classification map (SCL)', metres: 20 },
};

const compact = (instant: Date): string => instant.toISOString().slice(0, 19).replace(/[-:]/g, '');

/** When the middle of the scene was seen. */
export function sensedAt({ date }: PassPlan): Date {
  return new Date(Date.parse(`${date}T00:00:00Z`) + OVERPASS_SECONDS * 1000);
}

export function tileName({ mgrs }: SceneGrid): string {
  return `${mgrs.zone}${mgrs.band}${mgrs.square}`;
}

/** The id carries the datastrip's time, which a reprocessed product has anew. */
export function sceneId({ pass, grid, baseline }: SceneProduct): string {
  const datastrip = new Date(sensedAt(pass).getTime() + (baseline === '05.11' ? 2000 : 0));
  return `${pass.platform}_T${tileName(grid)}_${compact(datastrip)}_L2A`;
}

/** Folder of a scene below the collection's, as in DE Africa's bucket. */
export function sceneFolder(product: SceneProduct): string {
  const { mgrs } = product.grid;
  const [year, month] = product.pass.date.split('-');
  return [mgrs.zone, mgrs.band, mgrs.square, year, Number(month), sceneId(product)].join('/');
}

/** Where the scene has data, as a closed ring of [lon, lat]: its rectangle, cut where the swath ends. */
export function footprint(grid: SceneGrid, pass: PassPlan): [number, number][] {
  const corners = [
    [0, 0],
    [0, grid.height],
    [grid.width, grid.height],
    [grid.width, 0],
  ] as const;
  const places = corners.map(([col, row]) => groundOfPixel(grid, col - 0.5, row - 0.5));
  if (pass.swathEnds === undefined) {
    const ring = corners.map(([col, row]) =>
      lonLatOfUtm(grid.left + 10 * col, grid.top - 10 * row, grid.zone).map(rounded),
    );
    return [...ring, ring[0]] as [number, number][];
  }
  const { at } = pass.swathEnds;
  const beyond = (p: { x: number; y: number }): number => p.x - at - 0.19 * p.y;
  const kept = places.flatMap((place, i) => {
    const next = places[(i + 1) % places.length] as typeof place;
    const out = outsideSwath(pass, place.x, place.y) ? [] : [place];
    if (outsideSwath(pass, place.x, place.y) === outsideSwath(pass, next.x, next.y)) return out;
    const t = beyond(place) / (beyond(place) - beyond(next));
    return [...out, { x: place.x + t * (next.x - place.x), y: place.y + t * (next.y - place.y) }];
  });
  const ring = kept.map(({ x, y }) => lonLatOf(x, y).map(rounded));
  return [...ring, ring[0]] as [number, number][];
}

const rounded = (degrees: number): number => Math.round(degrees * 1e7) / 1e7;

/** A STAC item with the properties and assets of DE Africa's `s2_l2a_c1`, and hrefs relative to it. */
export function sceneItem(
  product: SceneProduct,
  sun: Sun,
  sclCounts: readonly number[],
  files: readonly AssetFile[],
): Record<string, unknown> {
  const { pass, grid, baseline } = product;
  const ring = footprint(grid, pass);
  const lons = ring.map(([lon]) => lon);
  const lats = ring.map(([, lat]) => lat);
  const all = sclCounts.reduce((sum, count) => sum + count, 0);
  const seen = all - (sclCounts[0] as number);
  const percent = (...values: number[]): number =>
    round6((100 * values.reduce((sum, value) => sum + (sclCounts[value] as number), 0)) / Math.max(1, seen));
  const sensed = sensedAt(pass);
  const made = new Date(sensed.getTime() + (baseline === '05.11' ? 30 : 5) * 3_600_000);
  const digits = baseline.replace('.', '');
  const orbit = `R${String(pass.relativeOrbit).padStart(3, '0')}`;
  return {
    type: 'Feature',
    stac_version: '1.0.0',
    id: sceneId(product),
    properties: {
      created: made.toISOString(),
      updated: made.toISOString(),
      datetime: sensed.toISOString(),
      platform: { S2A: 'sentinel-2a', S2B: 'sentinel-2b', S2C: 'sentinel-2c' }[pass.platform],
      constellation: 'sentinel-2',
      instruments: ['msi'],
      'geocrop:simulated': true,
      'eo:cloud_cover': percent(8, 9, 10),
      'proj:epsg': grid.epsg,
      'mgrs:utm_zone': grid.mgrs.zone,
      'mgrs:latitude_band': grid.mgrs.band,
      'mgrs:grid_square': grid.mgrs.square,
      'grid:code': `MGRS-${tileName(grid)}`,
      'odc:region_code': tileName(grid),
      'view:sun_azimuth': round6(sun.azimuth),
      'view:sun_elevation': round6(sun.elevation),
      's2:nodata_pixel_percentage': round6((100 * (sclCounts[0] as number)) / all),
      's2:dark_features_percentage': percent(2),
      's2:cloud_shadow_percentage': percent(3),
      's2:vegetation_percentage': percent(4),
      's2:not_vegetated_percentage': percent(5),
      's2:water_percentage': percent(6),
      's2:unclassified_percentage': percent(7),
      's2:medium_proba_clouds_percentage': percent(8),
      's2:high_proba_clouds_percentage': percent(9),
      's2:thin_cirrus_percentage': percent(10),
      's2:snow_ice_percentage': 0,
      's2:product_type': 'S2MSI2A',
      's2:processing_baseline': baseline,
      's2:product_uri': `${pass.platform}_MSIL2A_${compact(sensed)}_N${digits}_${orbit}_T${tileName(grid)}_${compact(made)}.SAFE`,
      's2:generation_time': made.toISOString(),
      's2:datatake_type': 'INS-NOBS',
    },
    geometry: { type: 'Polygon', coordinates: [ring] },
    bbox: [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)],
    links: [
      { rel: 'self', href: `./${sceneId(product)}.json`, type: 'application/json' },
      { rel: 'collection', href: '../../../../../../collection.json', type: 'application/json' },
    ],
    assets: Object.fromEntries(files.map((file) => [file.name, sceneAsset(file, grid)])),
    stac_extensions: [
      'https://stac-extensions.github.io/eo/v1.0.0/schema.json',
      'https://stac-extensions.github.io/view/v1.0.0/schema.json',
      'https://stac-extensions.github.io/projection/v1.0.0/schema.json',
    ],
    collection: COLLECTION,
  };
}

function sceneAsset({ name, file, bytes, sha256 }: AssetFile, grid: SceneGrid): Record<string, unknown> {
  const { title, metres, band } = ASSETS[name];
  const pixels = metres / 10;
  return {
    href: `./${file}`,
    type: 'image/tiff; application=geotiff; profile=cloud-optimized',
    title,
    ...(band === undefined
      ? {}
      : {
          'eo:bands': [
            {
              name: band[0],
              common_name: band[1],
              center_wavelength: band[2],
              full_width_half_max: band[3],
            },
          ],
        }),
    gsd: metres,
    'proj:shape': [grid.height / pixels, grid.width / pixels],
    'proj:transform': [metres, 0, grid.left, 0, -metres, grid.top],
    'raster:bands': [
      {
        nodata: 0,
        data_type: band === undefined ? 'uint8' : 'uint16',
        spatial_resolution: metres,
        ...(band === undefined ? {} : { scale: 0.0001, offset: -0.1 }),
      },
    ],
    // A multihash: 12 is SHA-256, 20 its length in hex.
    'file:checksum': `1220${sha256}`,
    'file:size': bytes,
    roles: band === undefined ? ['data'] : ['data', 'reflectance'],
  };
}

const round6 = (value: number): number => Math.round(value * 1e6) / 1e6;

/** A static catalogue's collection; `items` are hrefs relative to it. */
export function collectionDocument(
  bbox: readonly [number, number, number, number],
  interval: readonly [string, string],
  items: readonly string[],
): Record<string, unknown> {
  return {
    type: 'Collection',
    stac_version: '1.0.0',
    id: COLLECTION,
    title: 'A simulated season of Sentinel-2 over Zimbabwe',
    description:
      'Made by GeoCrop, not by a satellite: fields, weather and noise are simulated. In the form of the Sentinel-2 Level-2A ' +
      'Collection 1 of Digital Earth Africa.',
    license: 'MIT',
    extent: { spatial: { bbox: [bbox] }, temporal: { interval: [interval] } },
    links: [
      { rel: 'self', href: './collection.json', type: 'application/json' },
      { rel: 'root', href: './collection.json', type: 'application/json' },
      ...items.map((href) => ({ rel: 'item', href: `./${href}`, type: 'application/geo+json' })),
    ],
  };
}
