/** The encodings of a tile; no extension means PNG, and `Accept` decides nothing (one address, one picture). */
export const TILE_FORMATS = ['png', 'tif', 'npy'] as const;
export type TileFormat = (typeof TILE_FORMATS)[number];

export function isTileFormat(text: string): text is TileFormat {
  return (TILE_FORMATS as readonly string[]).includes(text);
}

/** NumPy has no registered type; the GeoTIFF's is OGC 19-008r4, annex C. */
export const CONTENT_TYPES: Readonly<Record<TileFormat, string>> = {
  png: 'image/png',
  tif: 'image/tiff; application=geotiff',
  npy: 'application/octet-stream',
};
