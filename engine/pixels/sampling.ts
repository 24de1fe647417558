/** A north-up raster in its CRS, cut into blocks: where a COG level's pixels lie. */
export interface SourceGrid {
  /** Upper left corner of the upper left pixel, in CRS units. */
  readonly x0: number;
  readonly y0: number;
  /** Pixel size in CRS units, both positive. */
  readonly resX: number;
  readonly resY: number;
  readonly width: number;
  readonly height: number;
  readonly blockWidth: number;
  readonly blockHeight: number;
  readonly blocksAcross: number;
}

/** The block number that means "outside the image". */
export const OUTSIDE = 0xffff;

export interface BlockIndex {
  /** Row-major block of each point, {@link OUTSIDE} where there is none. */
  readonly blockOf: Uint16Array;
  /** row · blockWidth + column inside the block; 0 outside. */
  readonly offset: Uint32Array;
}

/** The source pixel that contains a point, or null outside: nearest means containing, for every resolution. */
export function pixelAt(
  grid: SourceGrid,
  easting: number,
  northing: number,
): { readonly column: number; readonly row: number } | null {
  const column = Math.floor((easting - grid.x0) / grid.resX);
  const row = Math.floor((grid.y0 - northing) / grid.resY);
  const inside = column >= 0 && row >= 0 && column < grid.width && row < grid.height;
  return inside ? { column, row } : null;
}

/** For each point (CRS units, in float64) the block of the grid that holds its pixel, and the pixel's place in that block. */
export function indexBlocks(eastings: Float64Array, northings: Float64Array, grid: SourceGrid): BlockIndex {
  const blockOf = new Uint16Array(eastings.length).fill(OUTSIDE);
  const offset = new Uint32Array(eastings.length);
  eastings.forEach((easting, i) => {
    const pixel = pixelAt(grid, easting, northings[i]!);
    if (pixel === null) return;
    const across = Math.floor(pixel.column / grid.blockWidth);
    const down = Math.floor(pixel.row / grid.blockHeight);
    blockOf[i] = down * grid.blocksAcross + across;
    offset[i] =
      (pixel.row - down * grid.blockHeight) * grid.blockWidth + pixel.column - across * grid.blockWidth;
  });
  return { blockOf, offset };
}
