import { codeBlocks, type BlockRules } from './coded-blocks.js';
import { frameBlocks } from './cog-layout.js';
import { halveInto, type Reducer } from './overviews.js';
import type { Raster } from '../raster.js';

/** A stretch of one row of blocks of one level: plain data; pixels in shared memory, so that a thread reads and writes them in place. */
export interface StripTask {
  /** The row of blocks, all columns: at most a block high. */
  readonly strip: Raster;
  /** Blocks [from, to). */
  readonly blocks: { readonly from: number; readonly to: number };
  readonly rules: BlockRules;
  /** Where the stretch goes in the level above, from row `top` on; null at the last level. */
  readonly half: { readonly reducer: Reducer; readonly into: Raster; readonly top: number } | null;
}

/** The stretch's blocks, one after the other as they lie in the file. */
export interface CodedStrip {
  readonly bytes: Uint8Array;
  /** Compressed bytes of each block; 0 where it is sparse. */
  readonly sizes: readonly number[];
  readonly maskSizes: readonly number[] | null;
}

/** Compresses the blocks of a stretch and halves it into the level above. */
export async function codeStrip({ strip, blocks, rules, half }: StripTask): Promise<CodedStrip> {
  const places = Array.from({ length: blocks.to - blocks.from }, (_, i) => ({
    column: blocks.from + i,
    row: 0,
  }));
  const coding = codeBlocks(strip, places, rules);
  if (half !== null) {
    const columns = {
      from: blocks.from * rules.blockSize,
      to: Math.min(blocks.to * rules.blockSize, strip.width),
    };
    halveInto(strip, half.reducer, columns, half.into, half.top);
  }
  const coded = await coding;
  return {
    // A copy: what zlib gives are views of larger buffers, which would all travel between threads.
    bytes: concat(frameBlocks(coded)),
    sizes: coded.map(({ image }) => image?.length ?? 0),
    maskSizes: strip.mask === undefined ? null : coded.map(({ mask }) => mask?.length ?? 0),
  };
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
