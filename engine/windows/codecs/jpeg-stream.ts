import type { BlockSpec } from '../block-spec.js';

/** Markers. Source: ITU-T T.81, table B.1. */
const START_OF_IMAGE = 0xd8;
const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;
const COMMENT = 0xfe;
const isApplication = (marker: number): boolean => marker >= 0xe0 && marker <= 0xef;
/** C0 to CF without DHT (C4), JPG (C8) and DAC (CC). */
const isStartOfFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

/** Each scan goes over the whole block: real ones have a dozen at most. libtiff has the same limit. */
const MOST_SCANS = 100;

/** Adobe's APP14, whose last byte says how three components are meant: 0 as they are, 1 YCbCr. */
const adobe = (transform: 0 | 1): Uint8Array =>
  Uint8Array.from([0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, transform]);

/**
 * A stream that stands by itself, out of a TIFF's block and its shared tables (TIFF Technical Note 2). What the TIFF says
 * of its colours is told in a segment of our own; the stream's application segments and comments are left out.
 */
export function wholeJpeg(
  bytes: Uint8Array,
  tables: Uint8Array | null,
  colours: 'gray' | 'rgb' | 'ycbcr',
): Uint8Array {
  const pieces: Uint8Array[] = [Uint8Array.from([0xff, START_OF_IMAGE])];
  if (colours !== 'gray') pieces.push(adobe(colours === 'ycbcr' ? 1 : 0));
  for (const stream of tables === null ? [bytes] : [tables, bytes]) {
    for (const { marker, from, to } of segments(stream)) {
      if (!isApplication(marker) && marker !== COMMENT) pieces.push(stream.subarray(from, to));
    }
  }
  return Buffer.concat(pieces);
}

/** Throws where the stream's frame is not of this block. */
export function checkFrame(spec: BlockSpec, bytes: Uint8Array): void {
  for (const { marker, from } of segments(bytes)) {
    if (!isStartOfFrame(marker)) continue;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const bits = bytes[from + 4];
    const height = view.getUint16(from + 5);
    const width = view.getUint16(from + 7);
    const components = bytes[from + 9];
    const fits =
      bits === 8 &&
      width === spec.blockWidth &&
      height <= spec.blockHeight &&
      height >= spec.minRows &&
      components === spec.samples;
    if (!fits) throw new Error(`its JPEG frame says ${width} × ${height} × ${components}, ${bits} bits`);
    checkScans(bytes);
    return;
  }
  throw new Error('it holds no JPEG frame');
}

/** In coded data each 0xff is followed by a zero or a restart marker: no scan is begun by chance. */
function checkScans(bytes: Uint8Array): void {
  let scans = 0;
  for (let at = bytes.indexOf(0xff); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    if (bytes[at + 1] === START_OF_SCAN) scans += 1;
  }
  if (scans > MOST_SCANS) throw new Error(`its JPEG has ${scans} scans`);
}

export interface Segment {
  readonly marker: number;
  /** From its 0xff on; the last one is the first scan and all that follows. */
  readonly from: number;
  readonly to: number;
}

export function* segments(bytes: Uint8Array): Generator<Segment> {
  let at = bytes[0] === 0xff && bytes[1] === START_OF_IMAGE ? 2 : 0;
  while (at + 4 <= bytes.length) {
    // Any number of 0xff may stand before a marker.
    if (bytes[at] === 0xff && bytes[at + 1] === 0xff) {
      at += 1;
      continue;
    }
    const marker = bytes[at + 1]!;
    if (bytes[at] !== 0xff || marker === END_OF_IMAGE) return;
    const to = marker === START_OF_SCAN ? bytes.length : at + 2 + bytes[at + 2]! * 256 + bytes[at + 3]!;
    if (to > bytes.length) return;
    yield { marker, from: at, to };
    at = to;
  }
}
