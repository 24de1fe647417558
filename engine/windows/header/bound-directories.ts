import { TiffTag, type Tiff, type TiffImage } from '@cogeotiff/core';
import type { HeaderLimits } from './header-limits.js';
import { malformed } from './refusals.js';
import { checkTags } from './tag-values.js';

/** Entries of one directory; real ones have a few dozen. */
const MOST_ENTRIES = 1024;
/** Values besides lists of blocks, of all directories together. */
const MOST_VALUES_IN_ALL = 2_000_000;

/**
 * Bounds what the parser does with the directories of a hostile file. It follows their chain for ever where it bites its
 * tail, and takes each tag's values out of the bytes at hand, wanted or not: a page of entries that all point to the same
 * page would become gigabytes.
 */
export function boundDirectories(tiff: Tiff, limits: HeaderLimits, href: string): Tiff {
  let atHand = 0;
  const parser = tiff as unknown as DirectoryParser;
  const readIfd = parser.readIfd.bind(parser);
  parser.readIfd = (offset, view) => {
    atHand += valuesAtHand(tiff, offset, view, href);
    if (atHand > MOST_VALUES_IN_ALL) throw malformed(href, 'takes the same bytes for many tags');
    return readIfd(offset, view);
  };

  const images: TiffImage[] = [];
  let blocks = 0;
  let values = 0;
  images.push = (...more) => {
    if (images.length + more.length > limits.images) {
      throw malformed(href, `has more than ${limits.images} images`);
    }
    for (const image of more) {
      // Overviews and masks lie where the full resolution lies.
      if (images.length > 0) image.tags.delete(TiffTag.GeoKeyDirectory);
      const listed = checkTags(image, limits.blocks, href);
      blocks += listed.blocks;
      values += listed.values;
      if (blocks > 2 * limits.blocks) throw malformed(href, `has ${blocks} blocks in all`);
      if (values > MOST_VALUES_IN_ALL) throw malformed(href, `has ${values} values in its tags`);
      images[images.length] = image;
    }
    return images.length;
  };
  tiff.images = images;
  return tiff;
}

/** What is private in 9.5.0: reads one directory out of a view that begins at `sourceOffset` and tells where the next one is. */
interface DirectoryParser {
  readIfd: (offset: number, view: FileView) => number;
}
type FileView = DataView & { readonly sourceOffset: number };

/** Bytes of a value by TIFF's types 1 to 18; 0: no such type. Source: TIFF 6.0 §2 and the BigTIFF extension. */
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];

/** How many values of a directory's tags lie in the bytes that are there already: the parser takes them at once. */
function valuesAtHand(tiff: Tiff, offset: number, view: FileView, href: string): number {
  const { pointer, offset: countBytes, ifd } = tiff.ifdConfig;
  const little = tiff.isLittleEndian;
  const number = (at: number, bytes: number): number =>
    bytes === 8
      ? Number(view.getBigUint64(at, little))
      : bytes === 4
        ? view.getUint32(at, little)
        : view.getUint16(at, little);
  const start = offset - view.sourceOffset;
  const entries = number(start, countBytes);
  if (entries > MOST_ENTRIES) throw malformed(href, `has a directory of ${entries} entries`);
  let values = 0;
  for (let at = start + countBytes; at < start + countBytes + entries * ifd; at += ifd) {
    // The parser finds out by itself that a directory is cut, and asks for more.
    if (at + ifd > view.byteLength) break;
    const count = number(at + 4, pointer);
    const bytes = count * (TYPE_BYTES[view.getUint16(at + 2, little)] ?? 0);
    const from = number(at + 4 + pointer, pointer);
    const inside = from >= view.sourceOffset && from + bytes <= view.sourceOffset + view.byteLength;
    if (bytes <= pointer || inside) values += count;
  }
  return values;
}
