import { encodeCog } from '../../engine/encode/cog.js';
import { overviews } from '../../engine/encode/overviews.js';
import { projectPoint } from '../../engine/geo/project.js';
import { METATILE_SIZE, NATIVE_ZOOM, pixelCentreLonLat, type TileId } from '../../engine/geo/tile-matrix.js';
import { hash } from '../../engine/metatile/testing.js';
import { BANDS, type AssetName } from '../../engine/scenes/scene.js';
import { kept, recalled } from '../../engine/testing/once-a-run.js';

/**
 * Four kilometres of ground around the place where 30° E (the border of two UTM zones) meets the border of two metatiles:
 * small enough to be computed in seconds, and every seam is in it.
 */
export interface World {
  readonly items: readonly WorldItem[];
  /** By path: `{scene}/{asset}.tif`. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** An item as DE Africa's `s2_l2a_c1` writes it; hrefs are paths of {@link World.files}. */
export interface WorldItem {
  readonly type: 'Feature';
  readonly stac_version: string;
  readonly id: string;
  readonly collection: string;
  readonly geometry: { readonly type: 'Polygon'; readonly coordinates: [number, number][][] };
  readonly bbox: readonly [number, number, number, number];
  readonly properties: Readonly<Record<string, unknown>>;
  readonly assets: Readonly<Record<string, { readonly href: string; readonly type: string }>>;
  readonly links: readonly [];
}

export const COLLECTION = 's2_l2a_c1';
export const YEAR = 2021;
/** The upper of the two metatiles; the lower is the next row. 30° E runs through its second column of native tiles. */
export const UPPER: TileId = { z: 12, x: 2389, y: 2254 };
export const LOWER: TileId = { ...UPPER, y: UPPER.y + 1 };
/** Map pixels at zoom 14, first and beyond the last. */
export interface WorldArea {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}
/** What scenes show. */
export const AREA: WorldArea = {
  left: UPPER.x * METATILE_SIZE + 140,
  right: UPPER.x * METATILE_SIZE + 540,
  top: LOWER.y * METATILE_SIZE - 200,
  bottom: LOWER.y * METATILE_SIZE + 200,
};
/** The native tile of the upper metatile that 30° E divides. */
export const TILE: TileId = { z: 14, x: UPPER.x * 4 + 1, y: UPPER.y * 4 + 3 };

const DATES = ['2021-10-03', '2021-12-12', '2022-01-26', '2022-03-07', '2022-05-06'];
/** The scene that shows clouds only; its item does not say so. */
export const CLOUDED = 'S2_32736_2022-01-26';
/** Another summer's fields are those so many fields further east. */
const FIELDS_A_YEAR = 1000;
/** Metres that each zone's scenes reach beyond the border. */
const OVERLAP = 600;

/** Where a scene lies: UTM metres of its upper left corner, and metres across. */
export interface Extent {
  readonly epsg: number;
  readonly x0: number;
  readonly y0: number;
  readonly width: number;
  readonly height: number;
}

export const ASSETS: readonly AssetName[] = [...BANDS, 'scl'];
const FINE: readonly AssetName[] = ['blue', 'green', 'red', 'nir'];
const resolutionOf = (name: AssetName): number => (FINE.includes(name) ? 10 : 20);

/** Another place, fewer scenes of it, or more summers: west of 30° E there is one zone. */
export interface WorldOptions {
  readonly area?: WorldArea;
  readonly dates?: number;
  readonly zones?: readonly number[];
  /** Years in which they begin; each has fields of its own on the same days. */
  readonly summers?: readonly number[];
}
/** For tests of what happens around a metatile: the least to read that has classes, and a day with two scenes. */
export const FEW_SCENES: WorldOptions = { dates: 3, zones: [32735] };

/** Made once a run. */
export async function makeWorld(options: WorldOptions = {}): Promise<World> {
  const name = `world ${JSON.stringify(options)}`;
  return recalled<World>(name) ?? kept(name, await renderWorld(options));
}

async function renderWorld(options: WorldOptions): Promise<World> {
  const { area = AREA, dates = DATES.length, zones = [32735, 32736], summers = [YEAR] } = options;
  const items: WorldItem[] = [];
  const files = new Map<string, Uint8Array>();
  const add = async (id: string, date: string, baseline: string, extent: Extent, clouds: number) => {
    const assets: Record<string, { href: string; type: string }> = {};
    for (const name of ASSETS) {
      const href = `${id}/${name}.tif`;
      files.set(href, await assetFile(name, date, extent, clouds));
      assets[name] = { href, type: 'image/tiff; application=geotiff; profile=cloud-optimized' };
    }
    items.push({
      type: 'Feature',
      stac_version: '1.0.0',
      id,
      collection: COLLECTION,
      ...footprint(area),
      properties: {
        datetime: `${date}T08:00:00Z`,
        'eo:cloud_cover': 20,
        'proj:epsg': extent.epsg,
        's2:processing_baseline': baseline,
      },
      assets,
      links: [],
    });
  };
  for (const date of summers.flatMap((summer) => DATES.slice(0, dates).map((day) => inSummer(day, summer)))) {
    for (const epsg of zones) {
      const id = `S2_${epsg}_${date}`;
      await add(id, date, '05.11', extentOf(epsg, area), id === CLOUDED ? 1 : 0.12);
    }
  }
  // The same day again, from before it was processed anew: it fills what the newer one has clouded.
  await add(`S2_older_${DATES[0]}`, DATES[0] ?? '', '04.00', extentOf(32735, area), 0.03);
  return { items, files };
}

/** The same day of another summer. */
function inSummer(date: string, summer: number): string {
  return `${Number(date.slice(0, 4)) + summer - YEAR}${date.slice(4)}`;
}

/** The year in which the summer of a day began. */
const summerOf = (date: string): number => Number(date.slice(0, 4)) - (Number(date.slice(5, 7)) < 7 ? 1 : 0);

function extentOf(epsg: number, area: WorldArea): Extent {
  const at = (x: number, y: number): readonly [number, number] =>
    projectPoint(epsg, ...pixelCentreLonLat(NATIVE_ZOOM, x, y));
  const border = projectPoint(epsg, 30, pixelCentreLonLat(NATIVE_ZOOM, area.left, area.top)[1])[0];
  const west = epsg === 32735 ? at(area.left, area.bottom)[0] : border - OVERLAP;
  const east =
    epsg === 32735 ? Math.min(border + OVERLAP, at(area.right, area.top)[0]) : at(area.right, area.bottom)[0];
  const snap = (metres: number): number => Math.round(metres / 20) * 20;
  const y0 = snap(Math.max(at(area.left, area.top)[1], at(area.right, area.top)[1]));
  const y1 = snap(Math.min(at(area.left, area.bottom)[1], at(area.right, area.bottom)[1]));
  return { epsg, x0: snap(west), y0, width: snap(east) - snap(west), height: y0 - y1 };
}

function footprint(area: WorldArea): Pick<WorldItem, 'geometry' | 'bbox'> {
  const [west, north] = pixelCentreLonLat(NATIVE_ZOOM, area.left, area.top);
  const [east, south] = pixelCentreLonLat(NATIVE_ZOOM, area.right, area.bottom);
  return {
    bbox: [west, south, east, north],
    geometry: {
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
    },
  };
}

/**
 * @param date within a summer: fields green up in its February
 * @param clouds share of the pixels
 */
export async function assetFile(
  name: AssetName,
  date: string,
  extent: Extent,
  clouds: number,
): Promise<Uint8Array> {
  const res = resolutionOf(name);
  const width = extent.width / res;
  const height = extent.height / res;
  const day = Date.parse(date) / 86_400_000;
  const data = name === 'scl' ? new Uint8Array(width * height) : new Uint16Array(width * height);
  for (let i = 0; i < data.length; i += 1) {
    const col = i % width;
    const row = Math.floor(i / width);
    data[i] =
      name === 'scl'
        ? sclClass(col, row, hash(day, extent.epsg) * 1e6, clouds)
        : digitalNumber(name, extent.x0 + col * res, extent.y0 - row * res, day, summerOf(date));
  }
  const raster = { data, bands: 1, width, height, nodata: 0 };
  return encodeCog({
    raster,
    overviews: overviews(raster as never, name === 'scl' ? 'mode' : 'mean', 1),
    epsg: extent.epsg,
    transform: [res, 0, extent.x0, 0, -res, extent.y0],
    blockSize: res === 10 ? 128 : 64,
    predictor: name === 'scl' ? 1 : 2,
    level: 1,
  });
}

function sclClass(col: number, row: number, seed: number, clouds: number): number {
  const patch = hash(col >> 3, row >> 3, seed);
  if (patch < clouds) return [8, 9, 10, 3][Math.floor(patch * 1e4) % 4] ?? 8;
  return patch > 0.99 ? 0 : 4;
}

/** Fields of 120 m, each with its own peak and vigour: DN as ESA has them since baseline 04.00, 1000 added. */
function digitalNumber(name: AssetName, x: number, y: number, day: number, summer: number): number {
  const field = [Math.floor(x / 120) + FIELDS_A_YEAR * (summer - YEAR), Math.floor(y / 120)] as const;
  if (hash(Math.floor(x / 60), Math.floor(y / 60), day, ASSETS.indexOf(name)) < 0.003) return 0;
  const peak = Date.parse(`${summer + 1}-02-01`) / 86_400_000 + 60 * (hash(...field, 1) - 0.5);
  const vigour = 0.15 + 0.85 * hash(...field, 2);
  const green = vigour * Math.exp(-(((day - peak) / 45) ** 2));
  const noise = 0.012 * hash(Math.floor(x), Math.floor(y), day, ASSETS.indexOf(name));
  const reflectance: Record<string, number> = {
    blue: 0.04,
    green: 0.06,
    red: 0.09 - 0.06 * green,
    rededge1: 0.13 + 0.05 * green,
    nir: 0.18 + 0.32 * green,
    swir16: 0.28 - 0.16 * green,
    swir22: 0.2 - 0.12 * green,
  };
  return Math.round(((reflectance[name] ?? 0) + noise) * 10_000) + 1000;
}
