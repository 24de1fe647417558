import type { TileAddress } from './api.js';
import { strings } from './strings.js';

/** Zooms of this page are those of 256-pixel XYZ tiles; deck.gl counts 512-pixel ones. */
export const DECK_ZOOM_OFFSET = 1;
export const NATIVE_ZOOM = 14;
export const METATILE_ZOOM = 12;
const EQUATOR_METRES = 2 * Math.PI * 6378137;

export const tileKey = (tile: TileAddress): string => `${tile.z}/${tile.x}/${tile.y}`;

/** Column and row, with fraction, of a place in the grid of `z`. EPSG:3857. */
export function tilePosition(lon: number, lat: number, z: number): readonly [number, number] {
  const n = 2 ** z;
  const sin = Math.sin((lat * Math.PI) / 180);
  return [((lon + 180) / 360) * n, (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * n];
}

/** Longitude and latitude of a position in the grid of `z`: the inverse of {@link tilePosition}. */
export function placeOf(x: number, y: number, z: number): readonly [number, number] {
  const n = 2 ** z;
  return [(x / n) * 360 - 180, (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / n))) * 180) / Math.PI];
}

/** [west, south, east, north]. */
export function tileBounds(tile: TileAddress): readonly [number, number, number, number] {
  const [west, north] = placeOf(tile.x, tile.y, tile.z);
  const [east, south] = placeOf(tile.x + 1, tile.y + 1, tile.z);
  return [west, south, east, north];
}

/** True where `inner` is `outer` or lies in it. */
export function contains(outer: TileAddress, inner: TileAddress): boolean {
  if (inner.z < outer.z) return false;
  const shift = inner.z - outer.z;
  return inner.x >> shift === outer.x && inner.y >> shift === outer.y;
}

/** Ground metres of one screen pixel. */
export function metresPerPixel(lat: number, zoom: number): number {
  return (EQUATOR_METRES * Math.cos((lat * Math.PI) / 180)) / (256 * 2 ** zoom);
}

/** The longest round length (1, 2 or 5 times a power of ten) that fits in `maxPixels`. */
export function scaleBar(
  lat: number,
  zoom: number,
  maxPixels: number,
): { readonly metres: number; readonly pixels: number; readonly label: string } {
  const perPixel = metresPerPixel(lat, zoom);
  const limit = perPixel * maxPixels;
  const power = 10 ** Math.floor(Math.log10(limit));
  const metres = power * ([5, 2, 1].find((step) => step * power <= limit) ?? 1);
  return {
    metres,
    pixels: metres / perPixel,
    label: metres >= 1000 ? strings.format.kilometres(metres / 1000) : strings.format.metres(metres),
  };
}

/** Degrees between the lines of the graticule: about a quarter of the map's width. */
export function graticuleStep(degreesAcross: number): number {
  const steps = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];
  return steps.find((step) => step >= degreesAcross / 5) ?? 10;
}

/** `18.9312° S, 30.0254° E`. */
export function placeName(lon: number, lat: number): string {
  const part = (value: number, positive: string, negative: string): string =>
    `${Math.abs(value).toFixed(5)}° ${value < 0 ? negative : positive}`;
  return `${part(lat, strings.format.north, strings.format.south)}, ${part(lon, strings.format.east, strings.format.west)}`;
}
