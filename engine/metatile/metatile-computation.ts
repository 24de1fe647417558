import type { Bundle } from '../classes/bundle.js';
import { METATILE_SIZE, TILE_SIZE, type TileId } from '../geo/tile-matrix.js';
import { FEATURE_ORDER_V1 } from '../pixels/feature-order.js';
import type { Raster } from '../raster.js';
import type { ProductPlanes } from '../workers/tasks.js';
import { cropProduct, newPlanes, NO_CLASS } from './planes.js';
import type { ReadFault } from './read-date.js';
import { SeasonReader, type ComputeDeps, type SeasonInput } from './season-reader.js';
import { settleAll } from './settle-all.js';
import {
  metatileTarget,
  nativeTileRect,
  targetSize,
  targetWidth,
  wholeRect,
  type Rect,
  type Target,
} from './target.js';

/** Rows that a worker classifies at a time: small enough that giving up does not wait long. */
const ROWS_A_TASK = 32;

export interface MetatileInput extends SeasonInput {
  readonly metatile: TileId;
  /** Must have been set up in the pool's workers. null: no classes, only what needs no model. */
  readonly bundle: Pick<Bundle, 'digest' | 'classes' | 'smoothing'> | null;
  /** Names of features that are wanted as products of their own. */
  readonly features: readonly string[];
  /** Dynamic World class of each pixel of the target, −1 where there is none, where the bundle uses it. */
  readonly dwClass?: (target: Target) => Promise<Int8Array>;
}

export interface ComputeTimings {
  featuresMs: number;
  inferenceMs: number;
  smoothingMs: number;
}

/**
 * One metatile being computed: tile by tile as they are wanted, each exact, then the rest. Every value depends on its own
 * pixel's observations only (and, after smoothing, on its neighbours' classes, which the halo gives), so neither the
 * order of tiles nor the number of threads can be seen in it.
 */
export class MetatileComputation {
  readonly season: SeasonReader;
  readonly timings: ComputeTimings = { featuresMs: 0, inferenceMs: 0, smoothingMs: 0 };
  readonly #target: Target;
  readonly #halo: number;
  readonly #planes: ProductPlanes;
  readonly #classes: Uint8Array | null;
  readonly #confidence: Uint8Array | null;
  readonly #done = new Set<string>();
  #dwClass: Promise<Int8Array> | null = null;

  constructor(
    private readonly deps: ComputeDeps,
    private readonly input: MetatileInput,
  ) {
    this.#halo = input.bundle === null ? 0 : Math.floor(input.bundle.smoothing / 2);
    this.#target = metatileTarget(input.metatile, this.#halo);
    this.season = new SeasonReader(deps, input, this.#target);
    this.#planes = newPlanes(
      targetSize(this.#target),
      input.bundle === null ? null : input.bundle.classes.length,
      input.features.map((name) => FEATURE_ORDER_V1.findIndex((feature) => feature === name)),
    );
    const inner = (): Uint8Array => new Uint8Array(new SharedArrayBuffer(METATILE_SIZE ** 2)).fill(NO_CLASS);
    this.#classes = input.bundle === null ? null : inner();
    this.#confidence = input.bundle === null ? null : inner();
  }

  get faults(): readonly ReadFault[] {
    return this.season.faults;
  }

  /** Computes one native tile. Nothing happens when it is done already. */
  async tile(tile: TileId, signal?: AbortSignal, onRead?: (share: number) => void): Promise<void> {
    const key = `${tile.x}/${tile.y}`;
    if (this.#done.has(key)) return;
    const rect = nativeTileRect(tile, this.input.metatile, this.#halo);
    await this.season.read(rect, signal, onRead);
    await this.#classify(rect, signal);
    await this.#smooth(tile, rect);
    this.#done.add(key);
  }

  /** Reads all that is still missing: afterwards each {@link tile} is arithmetic only. */
  async readAll(signal?: AbortSignal, onRead?: (share: number) => void): Promise<void> {
    await this.season.read(wholeRect(this.#target), signal, onRead);
  }

  /** Products by name, of a native tile or, without one, of the whole metatile. */
  products(tile?: TileId): ReadonlyMap<string, Raster> {
    const inner: Rect =
      tile === undefined
        ? { x: 0, y: 0, width: METATILE_SIZE, height: METATILE_SIZE }
        : { ...nativeTileRect(tile, this.input.metatile, 0), width: TILE_SIZE, height: TILE_SIZE };
    const rect = { ...inner, x: inner.x + this.#halo, y: inner.y + this.#halo };
    const size = targetSize(this.#target);
    const stride = targetWidth(this.#target);
    const planes = this.#planes;
    const products = new Map<string, Raster>();
    if (this.#classes !== null && this.#confidence !== null) {
      const grid = {
        bands: 1,
        size: METATILE_SIZE ** 2,
        stride: METATILE_SIZE,
        rect: inner,
        nodata: NO_CLASS,
      };
      products.set('classes', cropProduct(this.#classes, grid));
      products.set('confidence', cropProduct(this.#confidence, grid));
    }
    products.set(
      'observations',
      cropProduct(planes.observations, { bands: 1, size, stride, rect, nodata: null }),
    );
    products.set(
      'truecolor',
      cropProduct(planes.truecolor, {
        bands: 3,
        size,
        stride,
        rect,
        nodata: null,
        mask: planes.truecolorMask,
      }),
    );
    for (const { feature, data } of planes.features) {
      const name = FEATURE_ORDER_V1[feature];
      if (name !== undefined)
        products.set(name, cropProduct(data, { bands: 1, size, stride, rect, nodata: NaN }));
    }
    return products;
  }

  async #classify(rect: Rect, signal?: AbortSignal): Promise<void> {
    const dwClass = await this.#baseline();
    const parts: Rect[] = [];
    for (let y = rect.y; y < rect.y + rect.height; y += ROWS_A_TASK) {
      parts.push({ ...rect, y, height: Math.min(ROWS_A_TASK, rect.y + rect.height - y) });
    }
    const line = async (): Promise<void> => {
      for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
        signal?.throwIfAborted();
        const spent = await this.deps.pool.run('classify', {
          stack: this.season.stack.ref,
          rect: part,
          planes: this.#planes,
          bundle: this.input.bundle?.digest ?? null,
          dwClass,
        });
        this.timings.featuresMs += spent.features;
        this.timings.inferenceMs += spent.inference;
      }
    };
    // Workers write into the arena: none may be left behind when another job takes it.
    await settleAll(Array.from({ length: this.deps.pool.threads }, line));
  }

  async #smooth(tile: TileId, rect: Rect): Promise<void> {
    const { bundle } = this.input;
    const { raw, percent } = this.#planes;
    if (bundle === null || raw === null || percent === null) return;
    if (this.#classes === null || this.#confidence === null) return;
    const begun = performance.now();
    await this.deps.pool.run('smooth', {
      raw,
      percent,
      stride: targetWidth(this.#target),
      size: targetSize(this.#target),
      rect,
      kernel: bundle.smoothing,
      halo: this.#halo,
      classes: this.#classes,
      confidence: this.#confidence,
      outX: tile.x * TILE_SIZE - this.input.metatile.x * METATILE_SIZE,
      outY: tile.y * TILE_SIZE - this.input.metatile.y * METATILE_SIZE,
      outStride: METATILE_SIZE,
    });
    this.timings.smoothingMs += performance.now() - begun;
  }

  #baseline(): Promise<Int8Array | null> {
    if (this.input.dwClass === undefined) return Promise.resolve(null);
    this.#dwClass ??= this.input.dwClass(this.#target).then((classes) => {
      const shared = new Int8Array(new SharedArrayBuffer(classes.length));
      shared.set(classes);
      return shared;
    });
    return this.#dwClass;
  }
}
