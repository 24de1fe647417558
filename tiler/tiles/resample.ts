import { overviews } from '../../engine/encode/overviews.js';
import { productKind, productReducer } from '../../engine/encode/products.js';
import { METATILE_SIZE, NATIVE_ZOOM, TILE_SIZE, type TileId } from '../../engine/geo/tile-matrix.js';
import { cropPlanes } from '../../engine/metatile/planes.js';
import type { Rect } from '../../engine/metatile/target.js';
import type { Raster } from '../../engine/raster.js';

type Data = Uint8Array | Float32Array;

/** The native tile that a tile of zoom 15 to 18 lies in, and which part of it. */
export function nativeParent(tile: TileId): { readonly parent: TileId; readonly rect: Rect } {
  const levels = tile.z - NATIVE_ZOOM;
  const size = TILE_SIZE >> levels;
  const parent = { z: NATIVE_ZOOM, x: tile.x >> levels, y: tile.y >> levels };
  return {
    parent,
    rect: {
      x: (tile.x - (parent.x << levels)) * size,
      y: (tile.y - (parent.y << levels)) * size,
      width: size,
      height: size,
    },
  };
}

/** Each pixel becomes factor × factor: nearest, never interpolated. */
export function enlarge(raster: Raster, factor: number): Raster {
  if (factor === 1) return raster;
  const { bands, width, height } = raster;
  const mask =
    raster.mask === undefined ? {} : { mask: enlargePlanes(raster.mask, 1, width, height, factor) };
  return {
    ...raster,
    data: enlargePlanes(raster.data as Data, bands, width, height, factor),
    width: width * factor,
    height: height * factor,
    ...mask,
  };
}

function enlargePlanes<T extends Data>(
  data: T,
  bands: number,
  width: number,
  height: number,
  factor: number,
): T {
  const make = data.constructor as new (length: number) => T;
  const out = new make(data.length * factor * factor);
  const outWidth = width * factor;
  for (let row = 0; row < bands * height; row += 1) {
    const to = row * factor * outWidth;
    for (let x = 0; x < width; x += 1)
      out.fill(data[row * width + x] ?? 0, to + x * factor, to + (x + 1) * factor);
    for (let copy = 1; copy < factor; copy += 1) out.copyWithin(to + copy * outWidth, to, to + outWidth);
  }
  return out;
}

export function cropRaster(raster: Raster, rect: Rect): Raster {
  const { bands, width, height } = raster;
  const size = width * height;
  const mask = raster.mask === undefined ? {} : { mask: cropPlanes(raster.mask, 1, size, width, rect) };
  return {
    ...raster,
    data: cropPlanes(raster.data as Data, bands, size, width, rect),
    width: rect.width,
    height: rect.height,
    ...mask,
  };
}

/** Four tiles of equal kind as one of twice the size: upper left, upper right, lower left, lower right. */
export function joinQuad(quad: readonly [Raster, Raster, Raster, Raster]): Raster {
  const [first] = quad;
  const { bands, width, height } = first;
  const make = first.data.constructor as new (length: number) => Data;
  const data = new make(4 * first.data.length);
  const mask = first.mask === undefined ? undefined : new Uint8Array(4 * width * height);
  quad.forEach((raster, place) => {
    const x = (place % 2) * width;
    const y = Math.floor(place / 2) * height;
    pastePlanes(raster.data as Data, data, bands, width, height, x, y);
    if (mask !== undefined && raster.mask !== undefined)
      pastePlanes(raster.mask, mask, 1, width, height, x, y);
  });
  return { ...first, data, width: 2 * width, height: 2 * height, ...(mask === undefined ? {} : { mask }) };
}

function pastePlanes(
  from: Data,
  to: Data,
  bands: number,
  width: number,
  height: number,
  x: number,
  y: number,
): void {
  for (let band = 0; band < bands; band += 1) {
    for (let row = 0; row < height; row += 1) {
      const start = (band * height + row) * width;
      to.set(from.subarray(start, start + width), (band * 2 * height + y + row) * 2 * width + x);
    }
  }
}

/** A native tile as it is; of a whole metatile, the part that a tile of zoom 12 or 13 shows. */
export function atZoom(raster: Raster, product: string, tile: TileId): Raster {
  if (raster.width !== METATILE_SIZE) return raster;
  const levels = NATIVE_ZOOM - tile.z;
  const level = overviews(raster, productReducer(productKind(product)), levels).at(-1) ?? raster;
  const across = level.width / TILE_SIZE;
  return cropRaster(level, {
    x: (tile.x % across) * TILE_SIZE,
    y: (tile.y % across) * TILE_SIZE,
    width: TILE_SIZE,
    height: TILE_SIZE,
  });
}
