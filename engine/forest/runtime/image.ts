/**
 * The image's layout, byte by byte; its twin is engine/kernels/assembly/forest/model.ts. All offsets are from the image's start,
 * all numbers little-endian. Sections begin on multiples of 16.
 *
 * | section | what |
 * |---|---|
 * | header | u32: used columns, outputs, trees, leaf width, planes, offset of columns, offset of trees, 1 where some tree has more than MOST_TRIED_LEAVES leaves |
 * | columns | 32 bytes each, in the order of `used`: u32 thresholds, offset of thresholds (f32, rising, then two infinities), offset of buckets (u16[buckets + 1]: thresholds in lower buckets), buckets; f32 lowest threshold, buckets per unit; i32 plane of the ranks' high bytes or −1; u32 offset of importance (f32[thresholds + 1]) |
 * | trees | 16 bytes each: u16 levels of an oblivious tree or 0, u16 output, i32 root, u32 offset of its nodes, u32 offset of its leaves |
 * | nodes | 12 bytes each: u16 used column, u16 rank, i32 left, i32 right: byte offset from the tree's nodes, or ~leaf. A value goes right where more thresholds than `rank` are below it. An oblivious tree has one a level |
 * | leaves | i32, in units; a row of `leaf width` values where leaves hold all outputs |
 */
/** MOST_LEAVES in engine/kernels/assembly/forest/scratch.ts: a larger tree may have to be walked. */
export const MOST_TRIED_LEAVES = 64;

export const HEADER_BYTES = 32;
export const COLUMN_BYTES = 32;
export const TREE_BYTES = 16;
export const NODE_BYTES = 12;

/** Gives out aligned places in an image whose size is known once all have been taken. */
export class ImageLayout {
  bytes = 0;

  take(bytes: number): number {
    const at = this.bytes;
    this.bytes = Math.ceil((at + bytes) / 16) * 16;
    return at;
  }
}
