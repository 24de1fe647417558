import { MemoryBlockStore } from '../../cache/memory-block-store.js';
import { BlockDecoder } from '../../engine/raster-files/block-decoder.js';
import { openDataset } from '../../engine/raster-files/open-dataset.js';
import { createReader } from '../../engine/raster-files/warp/reader.js';
import type { ByteSource } from '../../engine/windows/byte-source.js';
import { CogReader } from '../../engine/windows/cog-reader.js';
import { post } from './cog-post.js';
import { parseCrs } from './jobs/parse-crs.js';
import type { CogParts } from './jobs/parts.js';

export interface PartsOptions {
  readonly source: ByteSource;
  /** Memory for compressed blocks, for decoded ones, and for headers, bytes. */
  readonly blockBytes: number;
  readonly decodedBytes: number;
  readonly headerBytes: number;
}

/** Of one file, for one picture: its blocks as they lie there, and decoded. A picture of all of a file without overviews needs all. */
const SOURCE_BYTES = 128 * 2 ** 20;

/** Everything that jobs are done with, over one source of bytes. */
export function openParts({ source, blockBytes, decodedBytes, headerBytes }: PartsOptions): CogParts {
  const cogs = new CogReader({
    source,
    store: new MemoryBlockStore(blockBytes),
    headerBytes,
    // A file that was replaced has another address.
    keepLocal: true,
  });
  const decoder = new BlockDecoder({ cacheBytes: decodedBytes });
  const limits = { windowBytes: SOURCE_BYTES, sourceBytes: SOURCE_BYTES, decodedBytes: 2 * SOURCE_BYTES };
  return {
    open: (href, signal) =>
      openDataset(cogs, href, { decoder, limits, ...(signal === undefined ? {} : { signal }) }),
    reader: createReader(),
    post,
    parseCrs,
  };
}
