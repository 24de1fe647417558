/** How much a file may ask of whoever reads its header. What is beyond is refused as `cog-malformed` or `cog-unsupported`. */
export interface HeaderLimits {
  /** Bytes read, and bytes of tag values taken from them. */
  readonly headerBytes: number;
  /** Full resolution, overviews and masks together. */
  readonly images: number;
  /** Of one image; all together may have twice as many. */
  readonly blocks: number;
  /** Of one block, decoded. */
  readonly blockBytes: number;
  /** Bands. */
  readonly samples: number;
  /** Characters of GDAL's metadata, and its items. */
  readonly metadataBytes: number;
  readonly metadataItems: number;
}

export const HEADER_LIMITS: HeaderLimits = {
  // A header of 64 MB would be 4 million blocks.
  headerBytes: 64 * 1024 * 1024,
  // GDAL stops at 30 overviews.
  images: 256,
  // A country at 10 m in blocks of 256 pixels is a tenth of this.
  blocks: 4_000_000,
  // A strip that is the whole image is legal, and too much for a server.
  blockBytes: 64 * 1024 * 1024,
  samples: 4096,
  metadataBytes: 4 * 1024 * 1024,
  metadataItems: 20_000,
};
