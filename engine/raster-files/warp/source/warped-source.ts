import { SAMPLE_BYTES, type Affine, type DataType } from '../../../windows/cog-header.js';
import { alphaMask } from '../../alpha-mask.js';
import type { Dataset, FileCrs, NumberArray, RGBA } from '../../dataset.js';
import type { WarpResampling } from '../../read.js';
import { coordinateTransform } from '../grid/coordinate-transform.js';
import type { Grid } from '../grid/suggested-output.js';
import type { Georeferenced } from '../grid/georeferenced.js';
import { FILTER_RADIUS } from '../kernel/filter-scale.js';
import { RANGE } from '../kernel/number-types.js';
import { pixelTransform, scaledSource, scaledTarget } from '../kernel/pixel-transform.js';
import type { Rect, SourceWindow } from '../kernel/source-window.js';
import { sourceWindow } from '../kernel/source-window.js';
import type { SourcePixels, WarpBlock, WarpTask, Warped } from '../kernel/warp-task.js';
import type { PixelBudget } from './pixel-budget.js';
import type { Gathered, RasterSource } from './raster-source.js';
import { run } from './raster-source.js';
import { unifiedDensity, unifiedValidity } from './source-masks.js';

/** GDAL warps a virtual raster in blocks of at most this size, unless it is asked for all of it at once. */
const BLOCK_WIDTH = 512;
const BLOCK_HEIGHT = 128;
/** Bytes: what GDAL's warper may hold; a larger area is halved. */
const WARP_MEMORY = 64 * 1024 * 1024;
/** Source pixels that are read at once for several blocks. */
const UNION_PIXELS = 2 ** 24;

export interface WarpSettings {
  /** Of the full resolution. */
  readonly grid: Grid;
  readonly crs: FileCrs;
  readonly resampling: WarpResampling;
  /** Bands of the file that are wanted, from 1; without its alpha band. */
  readonly bands: readonly number[];
  /** Adds an alpha plane as the last band: of the file's alpha band, or of its mask, or of where it lies. */
  readonly alpha: boolean;
  /** Of source and target. */
  readonly nodata: number | null;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

export type RunWarp = (task: WarpTask) => Promise<Warped>;

/** rasterio's WarpedVRT. */
export class WarpedSource implements RasterSource {
  readonly levels: readonly { readonly width: number; readonly height: number }[];
  readonly type: DataType;
  readonly palettes: readonly (ReadonlyMap<number, RGBA> | null)[];
  readonly plainOverviews: boolean;
  readonly nodata: number | null;
  readonly #alphaBand: number | null;
  /** What is warped: with nodata all bands, since a pixel is missing only where all of them are. */
  readonly #bandsRead: readonly number[];

  constructor(
    private readonly dataset: Dataset,
    private readonly place: Georeferenced,
    private readonly settings: WarpSettings,
    private readonly budget: PixelBudget,
    private readonly runWarp: RunWarp,
    private readonly signal: AbortSignal | undefined,
  ) {
    const { grid, bands, nodata } = settings;
    this.type = dataset.dataType;
    this.nodata = nodata;
    this.plainOverviews = dataset.plainOverviews ?? false;
    this.palettes = [
      ...bands.map((band) => (band === 1 ? dataset.palette : null)),
      ...(settings.alpha ? [null] : []),
    ];
    const found = dataset.bands.findIndex(({ colorInterpretation }) => colorInterpretation === 'alpha');
    this.#alphaBand = found < 0 ? null : found + 1;
    const all = dataset.bands.map((_, i) => i + 1).filter((band) => band !== this.#alphaBand);
    this.#bandsRead = nodata === null ? [...new Set(bands)] : all;
    const levels = [{ width: grid.width, height: grid.height }];
    for (const { width } of dataset.levels.slice(1)) {
      const ratio = dataset.width / width;
      const level = {
        width: Math.trunc(grid.width / ratio + 0.5),
        height: Math.trunc(grid.height / ratio + 0.5),
      };
      if (level.width < 1 || level.height < 1) break;
      levels.push(level);
    }
    this.levels = levels;
  }

  gather(level: number, columns: Int32Array, rows: Int32Array, withMasks: boolean): Promise<Gathered> {
    return this.#gather(level, this.#size(level), false, columns, rows, withMasks);
  }

  /**
   * All of a level, in another size: where all bands are asked for, GDAL warps straight to that size, and nothing is resampled after.
   */
  whole(level: number, size: Size): Promise<Gathered> {
    return this.#gather(level, size, true, run(0, size.width), run(0, size.height), false);
  }

  async #gather(
    level: number,
    size: Size,
    atOnce: boolean,
    columns: Int32Array,
    rows: Int32Array,
    withMasks: boolean,
  ): Promise<Gathered> {
    const { settings, dataset } = this;
    const target = this.#target(level, size);
    const source = this.#source(level);
    // With an alpha plane that the file has not, GDAL goes by blocks all the same.
    const added = settings.alpha && this.#alphaBand === null;
    const blocks = this.#blocks(level, size, atOnce && !added, target, columns, rows);
    let warped: Warped | null = null;
    for (const group of inGroups(blocks)) {
      const pixels = await this.#pixels(level, group);
      const part = await this.runWarp({
        target: { transform: target, crs: settings.crs },
        source: { transform: source.transform, crs: this.place.crs },
        blocks: group,
        pixels,
        columns,
        rows,
        resampling: settings.resampling,
        type: dataset.dataType,
        nodata: settings.nodata,
        manyBands: this.#bandsRead.length > 1,
        alpha: settings.alpha ? this.#opaque() : null,
      });
      warped = warped === null ? part : merge(warped, part, group, columns, rows);
    }
    if (warped === null) throw new RangeError('nothing to warp');
    const done = warped;
    const chosen = settings.bands.map((band) => done.data[this.#bandsRead.indexOf(band)] as NumberArray);
    const data = done.alpha === null ? chosen : [...chosen, done.alpha];
    return {
      data,
      masks: data.map((values, i) => (withMasks && i < chosen.length ? this.#mask(values, done) : null)),
    };
  }

  /** GDAL's mask of a band of the warped raster. */
  #mask(values: NumberArray, { alpha }: Warped): Uint8Array | null {
    const { nodata } = this;
    if (nodata !== null) {
      const mask = new Uint8Array(values.length);
      for (let i = 0; i < values.length; i++) {
        const value = values[i] as number;
        mask[i] = value === nodata || (Number.isNaN(nodata) && Number.isNaN(value)) ? 0 : 255;
      }
      return mask;
    }
    return alpha === null || !this.#masksByAlpha() ? null : alphaMask(alpha);
  }

  /** GDAL takes an alpha band for the mask of the others only where it is the second or the fourth, of bytes or uint16. */
  #masksByAlpha(): boolean {
    const others = this.dataset.bands.length - (this.#alphaBand === null ? 0 : 1);
    return (others === 1 || others === 3) && (this.type === 'uint8' || this.type === 'uint16');
  }

  #opaque(): number {
    if (this.type === 'uint16') return RANGE.uint16[1];
    return this.type === 'int16' ? RANGE.int16[1] : 255;
  }

  #size(level: number): Size {
    return this.levels[level] ?? this.settings.grid;
  }

  /** Scaled to the level first and to the size after it, as GDAL does: the last bits count. */
  #target(level: number, size: Size): Affine {
    const { grid } = this.settings;
    const own = this.#size(level);
    let transform = grid.transform;
    if (level > 0) transform = scaledTarget(transform, grid.width / own.width, grid.height / own.height);
    if (own.width === size.width && own.height === size.height) return transform;
    return scaledTarget(transform, own.width / size.width, own.height / size.height);
  }

  #source(level: number): { readonly transform: Affine; readonly width: number; readonly height: number } {
    const { dataset, place } = this;
    const { width, height } = dataset.levels[level] ?? dataset;
    const transform = scaledSource(place.transform, dataset.width / width, dataset.height / height);
    return { transform, width, height };
  }

  #blocks(
    level: number,
    size: Size,
    atOnce: boolean,
    target: Affine,
    columns: Int32Array,
    rows: Int32Array,
  ): WarpBlock[] {
    const { settings, place } = this;
    const source = this.#source(level);
    const transform = pixelTransform(target, coordinateTransform(settings.crs, place.crs), source.transform);
    const forward = () =>
      pixelTransform(source.transform, coordinateTransform(place.crs, settings.crs), target);
    const window = (rect: Rect): SourceWindow =>
      sourceWindow(rect, source, FILTER_RADIUS[settings.resampling], transform, forward);
    if (atOnce) {
      // On this way GDAL loses how much of the window is margin: its filters are stretched by all of it.
      return this.#halved({ x: 0, y: 0, ...size }, (rect) => ({ ...window(rect), extraX: 0, extraY: 0 }));
    }
    const width = Math.min(size.width, BLOCK_WIDTH);
    const height = Math.min(size.height, BLOCK_HEIGHT);
    const blocks: WarpBlock[] = [];
    for (const y of blockStarts(rows, height)) {
      for (const x of blockStarts(columns, width)) {
        const rect = {
          x,
          y,
          width: Math.min(width, size.width - x),
          height: Math.min(height, size.height - y),
        };
        blocks.push({ rect, window: window(rect) });
      }
    }
    return blocks;
  }

  #halved(rect: Rect, window: (rect: Rect) => SourceWindow): WarpBlock[] {
    const needed = window(rect);
    if (this.#memory(rect, needed) <= WARP_MEMORY || rect.width < 2 || rect.height < 2) {
      return [{ rect, window: needed }];
    }
    const { x, y, width, height } = rect;
    if (width >= height) {
      const half = width >> 1;
      return [
        ...this.#halved({ x, y, width: half, height }, window),
        ...this.#halved({ x: x + half, y, width: width - half, height }, window),
      ];
    }
    const half = height >> 1;
    return [
      ...this.#halved({ x, y, width, height: half }, window),
      ...this.#halved({ x, y: y + half, width, height: height - half }, window),
    ];
  }

  /** GDALWarpOperation::GetWorkingMemoryForWindow, bytes. */
  #memory(rect: Rect, window: Rect): number {
    const { settings, dataset } = this;
    const count = dataset.bands.length - (this.#alphaBand === null ? 0 : 1);
    const bits = 8 * SAMPLE_BYTES[dataset.dataType] * count;
    const nodataBits = settings.nodata === null ? 0 : count;
    const maskBits = this.#alphaBand !== null ? 32 : dataset.mask === 'mask' ? 1 : 0;
    const sourceBits = bits + maskBits + nodataBits;
    const targetBits = bits + nodataBits + (settings.alpha ? 32 : 0);
    return (sourceBits * window.width * window.height + targetBits * rect.width * rect.height) / 8;
  }

  async #pixels(level: number, blocks: readonly WarpBlock[]): Promise<SourcePixels> {
    const windows = blocks.map(({ window }) => window).filter(({ width, height }) => width > 0 && height > 0);
    const rect = union(windows);
    if (rect === null) {
      const data = this.#bandsRead.map(() => new Uint8Array(0));
      return { x: 0, y: 0, width: 0, height: 0, data, valid: null, density: null };
    }
    this.budget.take(rect.width, rect.height);
    const { x, y, width, height } = rect;
    const bands = this.#alphaBand === null ? this.#bandsRead : [...this.#bandsRead, this.#alphaBand];
    const read = await this.dataset.read(
      level,
      { column: x, row: y, width, height },
      bands,
      this.signal === undefined ? {} : { signal: this.signal },
    );
    const data = read.data.slice(0, this.#bandsRead.length);
    const alpha = this.#alphaBand === null ? null : (read.data[this.#bandsRead.length] ?? null);
    const density = alpha === null ? null : unifiedDensity(alpha, this.#opaque());
    const { nodata } = this.settings;
    let valid = nodata === null ? null : unifiedValidity(data, nodata);
    if (valid === null && density === null && this.dataset.mask === 'mask') {
      valid = read.masks[0]?.map((value) => (value === 0 ? 0 : 1)) ?? null;
    }
    return { ...rect, data, valid, density };
  }
}

/** Where the blocks begin that hold an index. */
function blockStarts(indexes: Int32Array, size: number): number[] {
  const starts: number[] = [];
  for (const index of indexes) {
    const start = index - (index % size);
    if (starts[starts.length - 1] !== start) starts.push(start);
  }
  return starts;
}

function union(windows: readonly Rect[]): Rect | null {
  if (windows.length === 0) return null;
  const x = Math.min(...windows.map((window) => window.x));
  const y = Math.min(...windows.map((window) => window.y));
  const right = Math.max(...windows.map((window) => window.x + window.width));
  const bottom = Math.max(...windows.map((window) => window.y + window.height));
  return { x, y, width: right - x, height: bottom - y };
}

/** Neighbours share a read as long as that does not get large. */
function inGroups(blocks: readonly WarpBlock[]): WarpBlock[][] {
  const groups: WarpBlock[][] = [];
  for (const block of blocks) {
    const last = groups[groups.length - 1];
    const joined = last === undefined ? null : union([...last, block].map(({ window }) => window));
    if (last !== undefined && joined !== null && joined.width * joined.height <= UNION_PIXELS)
      last.push(block);
    else groups.push([block]);
  }
  return groups;
}

/** Takes the pixels of `blocks` out of `part`. */
function merge(
  whole: Warped,
  part: Warped,
  blocks: readonly WarpBlock[],
  columns: Int32Array,
  rows: Int32Array,
): Warped {
  const planes = [...whole.data, ...(whole.alpha === null ? [] : [whole.alpha])];
  const others = [...part.data, ...(part.alpha === null ? [] : [part.alpha])];
  for (const { rect } of blocks) {
    for (let j = 0; j < rows.length; j++) {
      const row = rows[j] as number;
      if (row < rect.y || row >= rect.y + rect.height) continue;
      for (let i = 0; i < columns.length; i++) {
        const column = columns[i] as number;
        if (column < rect.x || column >= rect.x + rect.width) continue;
        const at = j * columns.length + i;
        for (const [p, plane] of planes.entries()) plane[at] = (others[p] as NumberArray)[at] as number;
      }
    }
  }
  return whole;
}
