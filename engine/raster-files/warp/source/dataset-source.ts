import { newArray } from '../../../windows/block-spec.js';
import type { Dataset, NumberArray, RawPixels } from '../../dataset.js';
import type { PixelBudget } from './pixel-budget.js';
import type { Gathered, RasterSource } from './raster-source.js';
import { isRun } from './raster-source.js';

/** Rows are read in strips of at most this many pixels, unless one row of blocks has more. */
const STRIP_PIXELS = 2 ** 21;

/** Some bands of a file as they are. */
export class DatasetSource implements RasterSource {
  readonly levels;
  readonly type;
  readonly palettes;
  readonly plainOverviews;
  readonly nodata;

  constructor(
    private readonly dataset: Dataset,
    private readonly bands: readonly number[],
    private readonly budget: PixelBudget,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.levels = dataset.levels;
    this.type = dataset.dataType;
    this.palettes = bands.map((band) => (band === 1 ? dataset.palette : null));
    this.plainOverviews = dataset.plainOverviews ?? false;
    this.nodata = dataset.nodata;
  }

  async gather(level: number, columns: Int32Array, rows: Int32Array, withMasks: boolean): Promise<Gathered> {
    const first = columns[0] as number;
    const width = (columns[columns.length - 1] as number) - first + 1;
    const strips = this.#strips(level, rows, width);
    for (const { height } of strips) this.budget.take(width, height);
    const [strip] = strips;
    if (strips.length === 1 && strip !== undefined && isRun(columns) && isRun(rows)) {
      const { data, masks } = await this.#read(level, first, strip.row, width, strip.height);
      return { data, masks: withMasks ? masks : masks.map(() => null) };
    }
    const size = columns.length * rows.length;
    const data = this.bands.map(() => newArray(this.type, size));
    const masks: (Uint8Array | null)[] = this.bands.map(() => null);
    const offsets = columns.map((column) => column - first);
    for (const { row, height, from, to } of strips) {
      const read = await this.#read(level, first, row, width, height);
      for (const [b, values] of read.data.entries()) {
        pickRows(values, width, row, offsets, rows, from, to, data[b] as NumberArray);
        const mask = read.masks[b];
        if (!withMasks || mask === null || mask === undefined) continue;
        const whole = (masks[b] ??= new Uint8Array(size).fill(255, 0, from * columns.length));
        pickRows(mask, width, row, offsets, rows, from, to, whole);
      }
      for (const [b, mask] of masks.entries()) {
        if (read.masks[b] === null) mask?.fill(255, from * columns.length, to * columns.length);
      }
    }
    return { data, masks };
  }

  #read(level: number, column: number, row: number, width: number, height: number): Promise<RawPixels> {
    const options = this.signal === undefined ? {} : { signal: this.signal };
    return this.dataset.read(level, { column, row, width, height }, this.bands, options);
  }

  /** Wanted rows in groups that are read at once: neighbours, along the file's rows of blocks. */
  #strips(
    level: number,
    rows: Int32Array,
    width: number,
  ): { readonly row: number; readonly height: number; readonly from: number; readonly to: number }[] {
    const blockHeight = this.dataset.levels[level]?.blockHeight ?? 1;
    const most = Math.max(blockHeight, Math.floor(STRIP_PIXELS / width));
    const strips = [];
    let from = 0;
    for (let i = 1; i <= rows.length; i++) {
      const row = rows[from] as number;
      const last = rows[i - 1] as number;
      const next = rows[i];
      if (next !== undefined) {
        // Blocks that hold no wanted row are not read.
        const near = Math.floor(next / blockHeight) - Math.floor(last / blockHeight) <= 1;
        const blockEnd = Math.floor((row + most) / blockHeight) * blockHeight;
        if (near && next < Math.max(blockEnd, row + 1)) continue;
      }
      strips.push({ row, height: last - row + 1, from, to: i });
      from = i;
    }
    return strips;
  }
}

function pickRows(
  values: NumberArray,
  width: number,
  firstRow: number,
  offsets: Int32Array,
  rows: Int32Array,
  from: number,
  to: number,
  target: NumberArray,
): void {
  let at = from * offsets.length;
  for (let j = from; j < to; j++) {
    const start = ((rows[j] as number) - firstRow) * width;
    for (let i = 0; i < offsets.length; i++) target[at++] = values[start + (offsets[i] as number)] as number;
  }
}
