import {
  ifdSize,
  TAG,
  TIFF_HEADER_BYTES,
  tiffHeader,
  writeIfd,
  type TiffEntry,
  type TiffForm,
} from './tiff-tags.js';

/** One resolution, full or overview: tags without offsets, and how large its compressed blocks are. */
export interface CogLevel {
  readonly entries: readonly TiffEntry[];
  readonly maskEntries: readonly TiffEntry[] | null;
  /** Bytes of each block in row-major order, 0 where it is sparse; of the mask's likewise, where there is one. */
  readonly sizes: ArrayLike<number>;
  readonly maskSizes: ArrayLike<number> | null;
}

/** All that comes before the blocks. */
export interface CogHead {
  readonly bytes: Uint8Array;
  /** Of the whole file. */
  readonly fileBytes: number;
}

/** Beyond this a TIFF needs offsets of 64 bits. */
export const MAX_CLASSIC_BYTES = 2 ** 32 - 1;

const LEADER_BYTES = 4;
const TRAILER_BYTES = 4;

/** What GDAL's COG driver writes there, so that its readers trust leaders, trailers and order (the space is for "YES"). */
function ghostArea(masked: boolean): Buffer {
  const lines =
    'LAYOUT=IFDS_BEFORE_DATA\nBLOCK_ORDER=ROW_MAJOR\nBLOCK_LEADER=SIZE_AS_UINT4\n' +
    'BLOCK_TRAILER=LAST_4_BYTES_REPEATED\nKNOWN_INCOMPATIBLE_EDITION=NO\n ' +
    (masked ? 'MASK_INTERLEAVED_WITH_IMAGERY=YES\n' : '');
  const text = `GDAL_STRUCTURAL_METADATA_SIZE=${String(lines.length).padStart(6, '0')} bytes\n${lines}`;
  return Buffer.from(text.length % 2 === 0 ? text : `${text}\0`, 'latin1');
}

/** Bytes that a compressed block takes in the file; none where it is sparse. */
export const framedBytes = (size: number): number => (size === 0 ? 0 : LEADER_BYTES + size + TRAILER_BYTES);

/** A compressed block; null where it is sparse. */
export interface CodedBlock {
  readonly image: Uint8Array | null;
  readonly mask: Uint8Array | null;
}

/** Compressed blocks as they lie in the file: each with its size before it and its last four bytes once more behind it. */
export function frameBlocks(blocks: readonly CodedBlock[]): Uint8Array[] {
  return blocks.flatMap(({ image, mask }) =>
    [image, mask].flatMap((bytes) => {
      if (bytes === null) return [];
      const leader = Buffer.alloc(LEADER_BYTES);
      leader.writeUInt32LE(bytes.length);
      return [leader, bytes, bytes.subarray(bytes.length - TRAILER_BYTES)];
    }),
  );
}

/**
 * Header, ghost area and IFDs of a COG whose framed blocks follow: those of the smallest level first, each level's in row-major order, a
 * mask's block behind its picture's. IFDs: full resolution, its mask, the overviews, their masks (GDAL's order).
 * @param levels largest first
 * @param gap bytes between the overviews' blocks and those of full resolution; a hole in tests of far offsets
 */
export function layoutHead(levels: readonly CogLevel[], form: TiffForm, gap = 0): CogHead {
  const ghost = ghostArea(levels.some(({ maskEntries }) => maskEntries !== null));
  const ifds = orderIfds(levels, form);
  let at = TIFF_HEADER_BYTES[form] + ghost.length;
  const places = ifds.map((ifd) => {
    const place = at;
    at += ifdSize(ifd.tags(), form);
    return place;
  });
  for (const level of [...levels].reverse()) {
    if (level === levels[0]) at += gap;
    const image = ifds.find((ifd) => ifd.level === level && ifd.kind === 'image');
    const mask = ifds.find((ifd) => ifd.level === level && ifd.kind === 'mask');
    for (let i = 0; i < level.sizes.length; i++) {
      for (const ifd of [image, mask]) {
        const size = ifd?.byteCounts[i] ?? 0;
        if (ifd === undefined || size === 0) continue;
        ifd.offsets[i] = at + LEADER_BYTES;
        at += framedBytes(size);
      }
    }
  }
  // Where offsets do not fit nobody will write this head: only its length and the file's are of use.
  const fits = form === 'big' || at <= MAX_CLASSIC_BYTES;
  const directories = fits
    ? ifds.map((ifd, i) => writeIfd(ifd.tags(), places[i] as number, places[i + 1] ?? 0, form))
    : [];
  const bytes = Buffer.concat([tiffHeader(form, places[0] as number), ghost, ...directories]);
  return { bytes, fileBytes: at };
}

/** A level whose blocks are in memory, in row-major order. */
export interface CodedImage {
  readonly entries: readonly TiffEntry[];
  readonly maskEntries: readonly TiffEntry[] | null;
  readonly blocks: readonly CodedBlock[];
}

/** All the bytes of a COG in file order, or null where they exceed what 32-bit offsets reach. @param images largest first */
export function layoutCog(images: readonly CodedImage[]): Uint8Array[] | null {
  const levels = images.map(({ entries, maskEntries, blocks }) => ({
    entries,
    maskEntries,
    sizes: blocks.map(({ image }) => image?.length ?? 0),
    maskSizes: maskEntries === null ? null : blocks.map(({ mask }) => mask?.length ?? 0),
  }));
  const head = layoutHead(levels, 'classic');
  if (head.fileBytes > MAX_CLASSIC_BYTES) return null;
  return [head.bytes, ...[...images].reverse().flatMap(({ blocks }) => frameBlocks(blocks))];
}

/** One IFD on its way: its offsets are filled in while the blocks get their places; 0 where sparse. */
class PendingIfd {
  readonly offsets: Float64Array;
  readonly byteCounts: ArrayLike<number>;

  constructor(
    readonly kind: 'image' | 'mask',
    readonly level: CogLevel,
    private readonly entries: readonly TiffEntry[],
    private readonly form: TiffForm,
  ) {
    this.byteCounts = kind === 'mask' ? (level.maskSizes ?? []) : level.sizes;
    this.offsets = new Float64Array(this.byteCounts.length);
  }

  tags(): TiffEntry[] {
    return [
      ...this.entries,
      { tag: TAG.tileOffsets, type: this.form === 'big' ? 'long8' : 'long', value: this.offsets },
      { tag: TAG.tileByteCounts, type: 'long', value: this.byteCounts },
    ];
  }
}

function orderIfds(levels: readonly CogLevel[], form: TiffForm): PendingIfd[] {
  const pending = (kind: 'image' | 'mask', some: readonly CogLevel[]): PendingIfd[] =>
    some.flatMap((level) => {
      const entries = kind === 'mask' ? level.maskEntries : level.entries;
      return entries === null ? [] : [new PendingIfd(kind, level, entries, form)];
    });
  const [full, smaller] = [levels.slice(0, 1), levels.slice(1)];
  return [
    ...pending('image', full),
    ...pending('mask', full),
    ...pending('image', smaller),
    ...pending('mask', smaller),
  ];
}
