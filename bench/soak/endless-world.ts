import { projectPoint } from '../../engine/geo/project.js';
import {
  lonLatToPixel,
  METATILE_SIZE,
  NATIVE_ZOOM,
  pixelCentreLonLat,
} from '../../engine/geo/tile-matrix.js';
import type { AssetName } from '../../engine/scenes/scene.js';
import { ASSETS, assetFile, COLLECTION } from '../../tiler/e2e/world.js';

/** Month and day of the passes of every summer, and the date whose pixels they show. */
const PASSES = [
  { day: '10-03', shows: '2021-10-03' },
  { day: '12-12', shows: '2021-12-12' },
  { day: '01-26', shows: '2022-01-26' },
  { day: '03-07', shows: '2022-03-07' },
  { day: '05-06', shows: '2022-05-06' },
] as const;
/** UTM zone 36 S: east of 30° E. */
const EPSG = 32736;
const CLOUDS = 0.12;
/** What the files were written with, metres: told from all else in their headers by its value. */
const WRITTEN_AT = { x: 345_678_020, y: 8_765_432_160 } as const;

/**
 * Scenes in the middle of every metatile of the country, in every summer, east of 30° E: there is always something that nobody has
 * computed yet. All places show the same few kilometres; only the corner in the files' headers differs.
 */
export class EndlessWorld {
  private constructor(
    private readonly sideMetres: number,
    /** By day and asset. */
    private readonly files: ReadonlyMap<string, { readonly bytes: Uint8Array; readonly cornerAt: number }>,
  ) {}

  /** @param sideMetres how far the scenes of a metatile reach, up to 9,000; a multiple of 20 */
  static async make(sideMetres: number): Promise<EndlessWorld> {
    const files = new Map<string, { bytes: Uint8Array; cornerAt: number }>();
    const extent = { epsg: EPSG, x0: WRITTEN_AT.x, y0: WRITTEN_AT.y, width: sideMetres, height: sideMetres };
    for (const { day, shows } of PASSES) {
      for (const asset of ASSETS) {
        const bytes = await assetFile(asset, shows, extent, CLOUDS);
        files.set(`${day}/${asset}`, { bytes, cornerAt: cornerOf(bytes) });
      }
    }
    return new EndlessWorld(sideMetres, files);
  }

  /** STAC items of the metatile around the middle of `bbox`, from `start` to `end` (dates, included). */
  items(bbox: readonly number[], start: string, end: string, filesUrl: string): object[] {
    const [west = 0, south = 0, east = 0, north = 0] = bbox;
    const middle = lonLatToPixel(NATIVE_ZOOM, (west + east) / 2, (south + north) / 2);
    const [x, y] = [Math.floor(middle.x / METATILE_SIZE), Math.floor(middle.y / METATILE_SIZE)];
    const items: object[] = [];
    for (let year = Number(start.slice(0, 4)); year <= Number(end.slice(0, 4)); year += 1) {
      for (const { day } of PASSES) {
        const date = `${year}-${day}`;
        if (date >= start && date <= end) items.push(this.item(x, y, date, filesUrl));
      }
    }
    return items;
  }

  /** @param path `{x}/{y}/{date}/{asset}.tif` as the items have it; undefined where there is no such file */
  file(path: string): Uint8Array | undefined {
    const [, x, y, day, asset] = /^(\d+)\/(\d+)\/\d{4}-(\d\d-\d\d)\/(\w+)\.tif$/.exec(path) ?? [];
    const kept = this.files.get(`${day}/${asset}`);
    if (kept === undefined) return undefined;
    const [left, top] = this.corner(Number(x), Number(y));
    const bytes = Buffer.from(kept.bytes);
    bytes.writeDoubleLE(left, kept.cornerAt);
    bytes.writeDoubleLE(top, kept.cornerAt + 8);
    return bytes;
  }

  private item(x: number, y: number, date: string, filesUrl: string): object {
    const reach = METATILE_SIZE / 2 - 1;
    const at = (dx: number, dy: number): [number, number] =>
      pixelCentreLonLat(NATIVE_ZOOM, (x + 0.5) * METATILE_SIZE + dx, (y + 0.5) * METATILE_SIZE + dy);
    const [west, north] = at(-reach, -reach);
    const [east, south] = at(reach, reach);
    const href = (asset: AssetName): string => `${filesUrl}/${x}/${y}/${date}/${asset}.tif`;
    const ring = [
      [west, south],
      [east, south],
      [east, north],
      [west, north],
      [west, south],
    ];
    return {
      type: 'Feature',
      stac_version: '1.0.0',
      id: `S2_${x}_${y}_${date}`,
      collection: COLLECTION,
      bbox: [west, south, east, north],
      geometry: { type: 'Polygon', coordinates: [ring] },
      properties: {
        datetime: `${date}T08:00:00Z`,
        'eo:cloud_cover': 20,
        'proj:epsg': EPSG,
        's2:processing_baseline': '05.11',
      },
      assets: Object.fromEntries(
        ASSETS.map((asset) => [
          asset,
          { href: href(asset), type: 'image/tiff; application=geotiff; profile=cloud-optimized' },
        ]),
      ),
      links: [],
    };
  }

  /** Upper left of a metatile's scenes, metres. */
  private corner(x: number, y: number): [left: number, top: number] {
    const middle = pixelCentreLonLat(NATIVE_ZOOM, (x + 0.5) * METATILE_SIZE, (y + 0.5) * METATILE_SIZE);
    const [easting, northing] = projectPoint(EPSG, ...middle);
    const snap = (metres: number): number => Math.round(metres / 20) * 20;
    return [snap(easting - this.sideMetres / 2), snap(northing + this.sideMetres / 2)];
  }
}

/** Where the corner's two numbers are in a file. */
function cornerOf(bytes: Uint8Array): number {
  const corner = Buffer.alloc(16);
  corner.writeDoubleLE(WRITTEN_AT.x, 0);
  corner.writeDoubleLE(WRITTEN_AT.y, 8);
  const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(corner);
  if (at < 0) throw new Error('a file of the soak has no corner');
  return at;
}
