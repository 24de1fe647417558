import { blockGrid, type BlockGrid } from './cog-blocks.js';
import type { BlockRules } from './coded-blocks.js';
import type { CogLevel } from './cog-layout.js';
import { ifdEntries, type CogShape, type SampleFormat, type TagOptions } from './ifd-entries.js';
import type { Reducer } from './overviews.js';
import { sharedStrip } from './shared-strip.js';
import type { SpoolFile } from './spool-file.js';
import type { CodedStrip, StripTask } from './strip-task.js';
import type { Raster } from '../raster.js';

/** Formats that overviews are made of. */
export type StripFormat = Exclude<SampleFormat, 'int16'>;

export interface StripShape extends CogShape {
  readonly format: StripFormat;
  readonly masked: boolean;
}

/** Codes a stretch of blocks: in this thread, or in one of a pool. */
export type StripCoder = (task: StripTask) => Promise<CodedStrip>;

export interface StripCoding {
  readonly rules: BlockRules;
  readonly reducer: Reducer;
  readonly code: StripCoder;
  /** Stretches that are coded at once. */
  readonly atOnce: number;
}

/** Blocks of a stretch: enough work for a message between threads, few enough that narrow pictures keep all threads busy. Even. */
const STRETCH = 4;

/** One resolution on its way into its spool: rows of blocks in order, each halved into the level above it. */
export class CogStreamLevel {
  readonly grid: BlockGrid;
  readonly #sizes: Float64Array;
  readonly #maskSizes: Float64Array | null;
  /** The row of blocks that the level below is halved into. */
  #strip: Raster | null = null;

  constructor(
    readonly shape: StripShape,
    private readonly level: number,
    private readonly spool: SpoolFile,
    private readonly coding: StripCoding,
    private readonly above: CogStreamLevel | null,
  ) {
    this.grid = blockGrid(shape.width, shape.height, coding.rules.blockSize);
    this.#sizes = new Float64Array(this.grid.across * this.grid.down);
    this.#maskSizes = shape.masked ? new Float64Array(this.#sizes.length) : null;
  }

  /** Rows of one row of blocks. */
  rowsOf(row: number): number {
    return Math.min(this.grid.size, this.shape.height - row * this.grid.size);
  }

  /** Codes a whole row of blocks, and what becomes whole by it in the levels above; rows come in order, one at a time. */
  async code(row: number, strip: Raster): Promise<void> {
    const { rules, reducer, code, atOnce } = this.coding;
    const half =
      this.above === null
        ? null
        : { reducer, into: this.above.stripFor(row >> 1), top: (row & 1) * (this.grid.size / 2) };
    const underWay: { readonly from: number; readonly coded: Promise<CodedStrip> }[] = [];
    try {
      for (let from = 0; from < this.grid.across || underWay.length > 0;) {
        if (from < this.grid.across && underWay.length < atOnce) {
          const to = Math.min(from + STRETCH, this.grid.across);
          const coded = code({ strip, blocks: { from, to }, rules, half });
          // Its failure is met when it is its turn.
          coded.catch(() => undefined);
          underWay.push({ from, coded });
          from = to;
          continue;
        }
        // In order, so that the spool is as the file will be; none further is begun before it is on the disk.
        const oldest = underWay.shift();
        if (oldest !== undefined) await this.#keep(row, oldest.from, await oldest.coded);
      }
    } finally {
      // Whoever fails waits for those that still write into shared memory.
      await Promise.allSettled(underWay.map(({ coded }) => coded));
    }
    if (this.above !== null && half !== null && (row % 2 === 1 || row === this.grid.down - 1)) {
      await this.above.code(row >> 1, half.into);
    }
  }

  /** Tags and block sizes, once all rows are coded. */
  described(options: TagOptions): CogLevel {
    const entries = (kind: 'image' | 'mask') => ifdEntries(options, this.shape, this.level, this.grid, kind);
    return {
      entries: entries('image'),
      maskEntries: this.#maskSizes === null ? null : entries('mask'),
      sizes: this.#sizes,
      maskSizes: this.#maskSizes,
    };
  }

  /** The strip that a row of blocks is put together in: one memory for all rows. */
  stripFor(row: number): Raster {
    const rows = this.rowsOf(row);
    if (this.#strip?.height !== rows) this.#strip = sharedStrip(this.shape, rows, this.#strip);
    return this.#strip;
  }

  async #keep(row: number, from: number, { bytes, sizes, maskSizes }: CodedStrip): Promise<void> {
    const at = row * this.grid.across + from;
    this.#sizes.set(sizes, at);
    if (maskSizes !== null) this.#maskSizes?.set(maskSizes, at);
    await this.spool.append(bytes);
  }
}
