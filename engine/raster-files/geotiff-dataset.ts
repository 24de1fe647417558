import type { DescribedHeader } from '../windows/cog-header.js';
import { compressionName } from '../windows/codecs/compression-names.js';
import { bandsOf, paletteOf } from './bands.js';
import { combinedHeader } from './combined-header.js';
import type { ControlPoint, Dataset, FileCrs } from './dataset.js';
import { maskKind } from './mask-kind.js';
import type { PlaneSource } from './read-planes.js';
import { readRaw, type RawSource } from './read-raw.js';

/** GTRasterTypeGeoKey and its value for pixel centres. */
const RASTER_TYPE = '1025';
const PIXEL_IS_POINT = 2;
/** TIFF tag 259, and tag 50674's second value. */
const LERC = 34887;
const LERC_WITH: Readonly<Record<number, string>> = { 1: '_DEFLATE', 2: '_ZSTD' };

/** Tag 262. */
const PALETTE = 3;

/** Writers give overviews the palette where tag 262 tells of one; rasterio adds palettes to files that it does not. */
const hasPlainOverviews = ({ description: { colorMap, photometric } }: DescribedHeader): boolean =>
  colorMap !== null && photometric !== PALETTE;

/** A described header, and where its blocks come from, as a Dataset. */
export function geotiffDataset(
  header: DescribedHeader,
  crs: FileCrs | null,
  source: Omit<PlaneSource, 'file'>,
): Dataset {
  const [full] = header.levels;
  if (full === undefined) throw new RangeError(`${header.href} has no level`);
  const bands = bandsOf(header);
  const raw: RawSource = { ...source, file: combinedHeader(header), described: header, bands };
  const controlPoints = header.description.controlPoints.map(([column, row, x, y, z]): ControlPoint => ({
    column,
    row,
    x,
    y,
    z,
  }));
  return {
    href: header.href,
    width: full.width,
    height: full.height,
    dataType: header.dataType,
    bands,
    transform: header.transform,
    ...(controlPoints.length === 0 ? {} : { controlPoints }),
    crs,
    levels: header.levels.map(({ width, height, blockWidth, blockHeight }) => ({
      width,
      height,
      blockWidth,
      blockHeight,
    })),
    nodata: header.nodata,
    mask: maskKind(header, bands, 0, header.nodata),
    palette: paletteOf(header),
    ...(hasPlainOverviews(header) ? { plainOverviews: true as const } : {}),
    metadata: metadataOf(header),
    compression: compressionOf(header),
    interleave: full.planarConfiguration === 1 && bands.length > 1 ? 'PIXEL' : 'BAND',
    read: (level, window, wanted, options) => readRaw(raw, level, window, wanted, options),
  };
}

function metadataOf({ description: { items, tags, geoKeys } }: DescribedHeader): Record<string, string> {
  const metadata: Record<string, string> = { ...tags };
  if (Object.keys(geoKeys).length > 0) {
    metadata['AREA_OR_POINT'] = geoKeys[RASTER_TYPE] === PIXEL_IS_POINT ? 'Point' : 'Area';
  }
  for (const { name, value, sample } of items) if (sample === null) metadata[name] = value;
  return metadata;
}

function compressionOf({ levels: [full] }: DescribedHeader): string | null {
  const { compression = 1, lercParameters } = full ?? {};
  const name = compressionName(compression);
  if (name === 'NONE') return null;
  return compression === LERC ? `${name}${LERC_WITH[lercParameters?.[1] ?? 0] ?? ''}` : name;
}
