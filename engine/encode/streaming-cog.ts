import { mkdir, rename } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { checkRaster, type Raster } from '../raster.js';
import { CogStreamLevel, type StripCoder, type StripFormat, type StripShape } from './cog-stream-level.js';
import { layoutHead, MAX_CLASSIC_BYTES } from './cog-layout.js';
import { DEFAULT_BLOCK, DEFAULT_LEVEL, type CogOptions } from './cog-options.js';
import { outputError } from './output-error.js';
import { overviewCount, type Reducer } from './overviews.js';
import { clearStrip, sharedStrip } from './shared-strip.js';
import { SpoolFile } from './spool-file.js';
import { codeStrip } from './strip-task.js';

export interface StreamingCogOptions extends Omit<CogOptions, 'raster' | 'overviews'> {
  /** Where the finished file goes. Until then it grows beside it, as `{path}.part-{pid}`. */
  readonly path: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly bands: number;
  readonly format: StripFormat;
  /** NaN for float32; null where every value counts. */
  readonly nodata: number | null;
  readonly masked: boolean;
  /** How overviews are made, 2 × 2 from the level below, until one block holds the picture. */
  readonly reducer: Reducer;
  /** Blocks with nothing in them take no bytes. Default true. */
  readonly sparse?: boolean;
  /** 64-bit offsets also where 32 bits would do. Default: only where the file needs them. */
  readonly bigTiff?: boolean;
  /** Who compresses and halves. Default: this thread. */
  readonly code?: StripCoder;
  /** Stretches of blocks that are coded at once. Default 2. */
  readonly atOnce?: number;
  /** Bytes left free before the blocks of full resolution: a hole, for tests of far offsets. */
  readonly gap?: number;
}

/** A finished file that has not got its name yet. */
export interface FinishedCog {
  /** Where it lies until then. */
  readonly part: string;
  readonly bytes: number;
  readonly bigTiff: boolean;
  /** Gives it its name: whoever looks sees the old file or the whole new one. */
  commit(): Promise<void>;
}

/** A row of blocks that is being filled. */
interface OpenStrip {
  readonly row: number;
  readonly memory: Raster;
  readonly raster: Raster;
}

/** Strips of full resolution: one being coded, and two being filled where rows do not come in blocks. */
const MOST_STRIPS = 3;

/**
 * A Cloud Optimized GeoTIFF of any size, the same bytes as `encodeCog` writes, from pixels that come row after row: overviews are made on the
 * way, each level's blocks are compressed and spooled to the disk, and at the end they are moved behind the head. BigTIFF beyond 4 GiB.
 *
 * Memory: at most four times (three, where rows come in whole blocks) `width × blockSize` pixels, and the stretches that are being coded.
 * Disk beside the file: the overviews once more, about a third of it.
 *
 * Use: `rows`, `paste`, `advance` until all rows are through, then `finish` and `commit`; `abort` instead at any time.
 * Throws what writing throws: store-full, store-unavailable.
 */
export class StreamingCog {
  readonly #levels: CogStreamLevel[] = [];
  readonly #open: OpenStrip[] = [];
  readonly #free: Raster[] = [];
  #strips = 0;
  #filled = 0;
  #asked = 0;
  #coding: Promise<void> = Promise.resolve();
  #over = false;

  private constructor(
    private readonly options: StreamingCogOptions,
    private readonly spools: readonly SpoolFile[],
  ) {
    const { width, height, blockSize = DEFAULT_BLOCK, predictor = 1, level = DEFAULT_LEVEL } = options;
    const coding = {
      rules: { blockSize, predictor, level, sparse: options.sparse ?? true },
      reducer: options.reducer,
      code: options.code ?? codeStrip,
      atOnce: Math.max(1, options.atOnce ?? 2),
    };
    for (let i = spools.length - 1; i >= 0; i--) {
      const shape: StripShape = {
        ...options,
        width: Math.ceil(width / 2 ** i),
        height: Math.ceil(height / 2 ** i),
      };
      this.#levels.unshift(
        new CogStreamLevel(shape, i, spools[i] as SpoolFile, coding, this.#levels[0] ?? null),
      );
    }
  }

  /** @throws RangeError where sizes contradict each other; store-full, store-unavailable */
  static async create(options: StreamingCogOptions): Promise<StreamingCog> {
    checkOptions(options);
    const { width, height, path, blockSize = DEFAULT_BLOCK } = options;
    const spools: SpoolFile[] = [];
    try {
      await mkdir(dirname(resolve(path)), { recursive: true });
      const part = `${path}.part-${process.pid}`;
      for (let level = 0; level <= overviewCount(width, height, blockSize); level++) {
        spools.push(await SpoolFile.create(level === 0 ? part : `${part}-${level}`, level > 0));
      }
      return new StreamingCog(options, spools);
    } catch (error) {
      await Promise.all(spools.map((spool) => spool.discard()));
      throw outputError(path, error);
    }
  }

  /** Rows of blocks of full resolution that memory was taken for. */
  get stripsHeld(): number {
    return this.#strips;
  }

  /** Asks for the next rows, at most a block's; nothing is in them yet. Waits while as many are being coded as memory allows. */
  async rows(count: number): Promise<void> {
    const { height, blockSize = DEFAULT_BLOCK } = this.options;
    if (this.#asked !== this.#filled || count < 1 || count > blockSize || this.#filled + count > height) {
      throw new RangeError(
        `rows: got ${count} at row ${this.#filled} of ${height}, expected 1 to ${blockSize}`,
      );
    }
    this.#asked = this.#filled + count;
    const [full] = this.#levels;
    const last = Math.floor((this.#asked - 1) / blockSize);
    for (let row = Math.floor(this.#filled / blockSize); row <= last; row++) {
      if (full === undefined || this.#open.some((strip) => strip.row === row)) continue;
      const memory = await this.#memory(full.shape);
      const raster = sharedStrip(full.shape, full.rowsOf(row), memory);
      clearStrip(raster);
      this.#open.push({ row, memory, raster });
    }
  }

  /** Puts pixels at their place in the rows that were asked for; what lies beyond these is left out. @param y of the whole picture */
  paste(from: Raster, x: number, y: number): void {
    for (const { row, raster } of this.#open) {
      const top = row * (this.options.blockSize ?? DEFAULT_BLOCK);
      const first = Math.max(y, this.#filled, top);
      const last = Math.min(y + from.height, this.#asked, top + raster.height);
      for (let at = first; at < last; at++) pasteRow(from, at - y, raster, x, at - top);
    }
  }

  /** The rows that were asked for are filled. Resolves when the next may be asked for; coding goes on meanwhile. */
  async advance(): Promise<void> {
    this.#filled = this.#asked;
    const { height, blockSize = DEFAULT_BLOCK } = this.options;
    for (;;) {
      const [strip] = this.#open;
      if (strip === undefined) return;
      const end = Math.min((strip.row + 1) * blockSize, height);
      if (this.#filled < end) return;
      // One row of blocks at a time: they go into the spools in order.
      await this.#coding;
      this.#open.shift();
      this.#coding = this.#guard(() => this.#code(strip));
      // Its failure is met by the next call.
      this.#coding.catch(() => undefined);
    }
  }

  /** The next rows, of the picture's whole width. */
  async write(raster: Raster): Promise<void> {
    checkRaster(raster);
    await this.rows(raster.height);
    this.paste(raster, 0, this.#filled);
    await this.advance();
  }

  /** Puts the file together. @throws RangeError where rows are missing */
  async finish(): Promise<FinishedCog> {
    const { height, path, gap = 0 } = this.options;
    if (this.#filled !== height) throw new RangeError(`finish: got ${this.#filled} rows, expected ${height}`);
    await this.#coding;
    return this.#guard(async () => {
      const levels = this.#levels.map((level) => level.described(this.options));
      const classic = layoutHead(levels, 'classic', gap);
      const bigTiff = this.options.bigTiff === true || classic.fileBytes > MAX_CLASSIC_BYTES;
      const head = bigTiff ? layoutHead(levels, 'big', gap) : classic;
      const [file, ...overviews] = this.spools;
      if (file === undefined) throw new RangeError('a picture has a full resolution');
      await file.shift(head.fileBytes - file.bytes);
      await file.write(head.bytes, 0);
      let at = head.bytes.length;
      for (const spool of overviews.reverse()) {
        for await (const piece of spool.pieces()) {
          await file.write(piece, at);
          at += piece.length;
        }
        await spool.discard();
      }
      await file.sync();
      await file.close();
      return {
        part: file.path,
        bytes: head.fileBytes,
        bigTiff,
        commit: () => this.#guard(async () => rename(file.path, path)),
      };
    });
  }

  /** Nothing is left. Can be repeated, and after a failure it has been done. */
  async abort(): Promise<void> {
    this.#over = true;
    await this.#coding.catch(() => undefined);
    await Promise.all(this.spools.map((spool) => spool.discard()));
  }

  async #code({ row, memory, raster }: OpenStrip): Promise<void> {
    await this.#levels[0]?.code(row, raster);
    this.#free.push(memory);
  }

  async #memory(shape: StripShape): Promise<Raster> {
    const kept = this.#free.pop();
    if (kept !== undefined) return kept;
    if (this.#strips === MOST_STRIPS) {
      await this.#coding;
      return this.#memory(shape);
    }
    this.#strips += 1;
    return sharedStrip(shape, Math.min(shape.height, this.options.blockSize ?? DEFAULT_BLOCK));
  }

  /** What fails leaves nothing behind. */
  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      if (this.#over) throw new RangeError('the file was given up');
      return await work();
    } catch (error) {
      this.#over = true;
      await Promise.all(this.spools.map((spool) => spool.discard()));
      throw error instanceof Error && 'syscall' in error ? outputError(this.options.path, error) : error;
    }
  }
}

function pasteRow(from: Raster, y: number, to: Raster, x: number, toY: number): void {
  const start = Math.max(0, -x);
  const end = Math.min(from.width, to.width - x);
  if (end <= start) return;
  for (let band = 0; band < from.bands; band++) {
    const row = (band * from.height + y) * from.width;
    const target = (band * to.height + toY) * to.width + x + start;
    to.data.set(from.data.subarray(row + start, row + end), target);
  }
  if (from.mask === undefined || to.mask === undefined) return;
  to.mask.set(from.mask.subarray(y * from.width + start, y * from.width + end), toY * to.width + x + start);
}

function checkOptions(options: StreamingCogOptions): void {
  const { width, height, bands, format, photometric, masked } = options;
  const blockSize = options.blockSize ?? DEFAULT_BLOCK;
  if (blockSize <= 0 || blockSize % 16 !== 0) {
    throw new RangeError(`blockSize: got ${blockSize}, expected a multiple of 16 (TIFF 6.0, section 15)`);
  }
  for (const [name, value] of Object.entries({ width, height, bands })) {
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`${name}: got ${value}, expected 1 or more`);
  }
  if (photometric === 'rgb' && bands !== 3) throw new RangeError(`rgb: got ${bands} bands, expected 3`);
  if (photometric === 'palette' && (bands !== 1 || format !== 'uint8')) {
    throw new RangeError('palette: expected one band of uint8');
  }
  if (masked && options.nodata !== null) throw new RangeError('a picture has a mask or a nodata value');
}
