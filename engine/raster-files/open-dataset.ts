import { GeoCropError } from '../errors.js';
import type { CogReader } from '../windows/cog-reader.js';
import type { DescribedHeader } from '../windows/cog-header.js';
import { BlockDecoder } from './block-decoder.js';
import type { Dataset } from './dataset.js';
import { fileCrs } from './file-crs.js';
import { geotiffDataset } from './geotiff-dataset.js';
import { READ_LIMITS, type ReadLimits } from './read-limits.js';

export interface OpenOptions {
  readonly signal?: AbortSignal;
  /** Threads and memory for blocks; default: one of this dataset's own, without threads. Servers have one for all. */
  readonly decoder?: BlockDecoder;
  readonly limits?: Partial<ReadLimits>;
}

/** Tag 262 and 259. */
const YCBCR = 6;
const JPEG = 7;

/**
 * Opens a GeoTIFF: its header is read, one range as a rule, or taken from memory or store. The header's own limits are
 * the reader's (`CogReaderOptions.limits`). What lies beside a file (.ovr, .msk, .aux.xml) is not looked for.
 * @throws cog-malformed, cog-unsupported, unsupported-crs, source-…, aborted
 */
export async function openDataset(
  reader: CogReader,
  href: string,
  options: OpenOptions = {},
): Promise<Dataset> {
  const header = await reader.describedHeader(href, options.signal);
  checkColours(header);
  return geotiffDataset(header, await fileCrs(header), {
    reader,
    decoder: options.decoder ?? new BlockDecoder(),
    limits: { ...READ_LIMITS, ...options.limits },
  });
}

/** Colour differences that no codec turns into colours are kept at half resolution. */
function checkColours({ href, description, levels: [full] }: DescribedHeader): void {
  if (description.photometric === YCBCR && full?.compression !== JPEG) {
    throw new GeoCropError(
      'cog-unsupported',
      'Its colours are YCbCr, which is read with JPEG compression only.',
      {
        hint: 'Convert it with gdal_translate -of COG -co COMPRESS=DEFLATE.',
        context: { href },
      },
    );
  }
}
