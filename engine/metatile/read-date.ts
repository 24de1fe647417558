import { asGeoCropError, GeoCropError, isGeoCropError } from '../errors.js';
import type { AssetName, Scene } from '../scenes/scene.js';
import type { CogReader } from '../windows/cog-reader.js';
import type { DatePlanes, MaskInput, SourceGrid, StepInput, StepOutput } from '../workers/tasks.js';
import type { SeasonStack, IndexedGrid } from './season-stack.js';
import { settleAll } from './settle-all.js';
import { sourceAsset, type SourceAsset } from './source-asset.js';
import type { Rect } from './target.js';

/** A band that could not be read: the date is left out, and the result is incomplete. */
export interface ReadFault {
  readonly date: string;
  readonly scene: string;
  readonly asset: AssetName;
  readonly error: GeoCropError;
}

/** Counted while reading, for metrics and benchmarks. */
export interface ReadTally {
  blocksDecoded: number;
  bytes: number;
  readMs: number;
  decodeMs: number;
  sampleMs: number;
  maskMs: number;
}

export function newTally(): ReadTally {
  return { blocksDecoded: 0, bytes: 0, readMs: 0, decodeMs: 0, sampleMs: 0, maskMs: 0 };
}

interface OpenGroup {
  /** Bits of the bands that lie on this grid. */
  readonly bands: number;
  readonly indexed: IndexedGrid;
  /** By place of the band in the stack. */
  readonly assets: ReadonlyMap<number, SourceAsset>;
}

/**
 * Reads one date into the stack, region by region: SCL of all its scenes first; then, scene by scene in fusion order, only
 * the blocks that hold a pixel of the region which still waits for that scene. A block is sampled into the whole target at
 * once, so a later region finds it done. Regions of one date are read one after another.
 */
export class DateReader {
  #turn: Promise<unknown> = Promise.resolve();
  #masked = false;
  readonly #open = new Map<number, readonly OpenGroup[]>();
  #fault: ReadFault | null = null;
  #seen: readonly (number | null)[] = [];

  constructor(
    private readonly stack: SeasonStack,
    private readonly reader: CogReader,
    private readonly date: number,
    /** null: the collection has no SCL. */
    private readonly cloudBufferPixels: number | null,
    private readonly tally: ReadTally,
    /** A target pixel whose scene classes are to be known. */
    private readonly look?: number,
  ) {}

  /** SCL at the pixel that was to be looked at, by place of the scene; null outside the scene. */
  get seen(): readonly (number | null)[] {
    return this.#seen;
  }

  get fault(): ReadFault | null {
    return this.#fault;
  }

  /** Resolves also when the date had to be dropped: see {@link fault}. Rejects only when aborted. */
  read(region: Rect, signal?: AbortSignal): Promise<void> {
    const turn = this.#turn.then(() => this.#read(region, signal));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #read(region: Rect, signal?: AbortSignal): Promise<void> {
    if (this.#fault !== null) return;
    let at: { scene: Scene; asset: AssetName } | null = null;
    const reading = (scene: Scene, asset: AssetName): void => {
      at = { scene, asset };
    };
    try {
      signal?.throwIfAborted();
      if (!this.#masked) {
        await this.#mask(reading, signal);
        this.#masked = true;
      }
      let found = await this.#step([], region);
      while (found.needs.length > 0 || found.unknownRanks.length > 0) {
        for (const rank of found.unknownRanks)
          this.#open.set(rank, await this.#openScene(rank, reading, signal));
        if (found.needs.length > 0) await this.#sample(found.needs, reading, signal);
        found = await this.#step([], region);
      }
    } catch (error) {
      signal?.throwIfAborted();
      const failed = at as { scene: Scene; asset: AssetName } | null;
      const typed = asGeoCropError(error);
      if (failed === null || ['internal', 'memory-limit', 'shutting-down', 'aborted'].includes(typed.code))
        throw error;
      this.#fault = { date: this.#plan.date, scene: failed.scene.id, asset: failed.asset, error: typed };
      this.stack.dropDate(this.date);
    }
  }

  get #plan(): SeasonStack['plan'][number] {
    const plan = this.stack.plan[this.date];
    if (plan === undefined) throw new RangeError(`date ${this.date} of ${this.stack.plan.length}`);
    return plan;
  }

  get #planes(): DatePlanes {
    return this.stack.planes(this.date);
  }

  /** One scene's SCL after another, so that a damaged one is known by its name. */
  async #mask(reading: (scene: Scene, asset: AssetName) => void, signal?: AbortSignal): Promise<void> {
    const { scenes } = this.#plan;
    const seen: (number | null)[] = [];
    for (const [place, scene] of scenes.entries()) {
      reading(scene, 'scl');
      const window =
        this.cloudBufferPixels === null ? null : await this.#sclWindow(scene, this.cloudBufferPixels, signal);
      this.stack.reserveScratch(window === null ? 0 : 3 * window.scl.width * window.scl.height);
      const begun = performance.now();
      try {
        const found = await this.stack.pool.run('mask', {
          arena: this.stack.arenaRef,
          n: this.stack.n,
          planes: this.#planes,
          buffer: this.cloudBufferPixels ?? 0,
          rank: place + 1,
          scl: window?.scl ?? null,
          first: place === 0,
          last: place === scenes.length - 1,
          ...(this.look === undefined ? {} : { look: this.look }),
        });
        seen.push(found);
      } catch (error) {
        if (window !== null) await this.#forgetCorrupt(error, window.asset, window.blocks);
        throw error;
      }
      this.tally.maskMs += performance.now() - begun;
      this.tally.blocksDecoded += window?.blocks.length ?? 0;
    }
    this.#seen = seen;
  }

  /** What did not decode is fetched anew next time. */
  async #forgetCorrupt(error: unknown, asset: SourceAsset, blocks: readonly number[]): Promise<void> {
    if (!isGeoCropError(error, 'block-corrupt')) return;
    await this.reader.forget(
      asset.header,
      blocks.map((block) => ({ level: 0, block })),
    );
  }

  /** The SCL that the target sees, with room for growing clouds. */
  async #sclWindow(
    scene: Scene,
    buffer: number,
    signal?: AbortSignal,
  ): Promise<{ asset: SourceAsset; blocks: readonly number[]; scl: NonNullable<MaskInput['scl']> }> {
    const asset = await this.#asset(scene, 'scl', signal);
    const { grid } = asset;
    const extent = await this.stack.extent(asset.epsg);
    const clamp = (value: number, limit: number): number => Math.min(limit, Math.max(0, value));
    const left = clamp(Math.floor((extent.minE - grid.x0) / grid.resX) - buffer, grid.width);
    const right = clamp(Math.floor((extent.maxE - grid.x0) / grid.resX) + buffer + 1, grid.width);
    const top = clamp(Math.floor((grid.y0 - extent.maxN) / grid.resY) - buffer, grid.height);
    const bottom = clamp(Math.floor((grid.y0 - extent.minN) / grid.resY) + buffer + 1, grid.height);
    const width = right - left;
    const height = bottom - top;
    const window: SourceGrid = {
      ...grid,
      x0: grid.x0 + left * grid.resX,
      y0: grid.y0 - top * grid.resY,
      width,
      height,
      blockWidth: Math.max(1, width),
      blockHeight: Math.max(1, height),
      blocksAcross: 1,
      blocksDown: 1,
    };
    const { index, touched } = await this.stack.indexGrid(asset.epsg, window, { grid, buffer });
    const bytes = await this.#fetch(asset, touched, signal);
    return {
      asset,
      blocks: touched,
      scl: {
        index,
        width,
        height,
        spec: asset.spec,
        blocks: touched.map((block, i) => ({
          x: (block % grid.blocksAcross) * grid.blockWidth - left,
          y: Math.floor(block / grid.blocksAcross) * grid.blockHeight - top,
          bytes: bytes[i] ?? null,
        })),
      },
    };
  }

  /** Headers of a scene's bands, and the grids that they lie on. */
  async #openScene(
    rank: number,
    reading: (scene: Scene, asset: AssetName) => void,
    signal?: AbortSignal,
  ): Promise<OpenGroup[]> {
    const scene = this.#scene(rank);
    const groups = new Map<string, { indexed: IndexedGrid; assets: Map<number, SourceAsset> }>();
    const opened = await settleAll(
      this.stack.bands.map(async (band) => {
        try {
          return await this.#asset(scene, band, signal);
        } catch (error) {
          reading(scene, band);
          throw error;
        }
      }),
    );
    for (const [place, asset] of opened.entries()) {
      const indexed = await this.stack.indexGrid(asset.epsg, asset.grid);
      const key = JSON.stringify([asset.epsg, asset.grid]);
      const group = groups.get(key) ?? { indexed, assets: new Map<number, SourceAsset>() };
      group.assets.set(place, asset);
      groups.set(key, group);
      this.stack.reserveScratch(
        Math.max(
          asset.grid.blocksAcross * asset.grid.blocksDown,
          2 * asset.grid.blockWidth * asset.grid.blockHeight,
        ),
      );
    }
    return [...groups.values()].map(({ indexed, assets }) => ({
      indexed,
      assets,
      bands: [...assets.keys()].reduce((bits, band) => bits | (1 << band), 0),
    }));
  }

  /** Fetches what is needed band by band, and hands each band's blocks to a worker as they come. */
  async #sample(
    needs: StepOutput['needs'],
    reading: (scene: Scene, asset: AssetName) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    const byBand = new Map<string, { rank: number; group: OpenGroup; band: number; blocks: number[] }>();
    for (const need of needs) {
      const group = this.#open.get(need.rank)?.[need.group];
      if (group === undefined) throw new RangeError(`group ${need.group} of scene ${need.rank}`);
      for (const band of group.assets.keys()) {
        if ((need.bands & (1 << band)) === 0) continue;
        const key = `${need.rank}/${band}`;
        const entry = byBand.get(key) ?? { rank: need.rank, group, band, blocks: [] };
        entry.blocks.push(need.block);
        byBand.set(key, entry);
      }
    }
    let sampling: Promise<unknown> = Promise.resolve();
    await settleAll(
      [...byBand.values()].map(async ({ rank, group, band, blocks }) => {
        const asset = group.assets.get(band);
        const name = this.stack.bands[band];
        if (asset === undefined || name === undefined) throw new RangeError(`band ${band}`);
        const samples: StepInput['samples'][number][] = [];
        try {
          const bytes = await this.#fetch(asset, blocks, signal);
          blocks.forEach((block, i) => {
            const rect = group.indexed.rects.get(block);
            if (rect === undefined) return;
            samples.push({
              rank,
              band,
              nodata: asset.nodata,
              index: group.indexed.index,
              spec: asset.spec,
              block,
              rect,
              bytes: bytes[i] ?? null,
            });
          });
          // Workers must not touch one date's planes at the same time.
          const mine = sampling.then(() => this.#step(samples, null));
          sampling = mine.catch(() => undefined);
          await mine;
        } catch (error) {
          reading(this.#scene(rank), name);
          await this.#forgetCorrupt(error, asset, blocks);
          throw error;
        }
      }),
    );
  }

  async #step(samples: StepInput['samples'], region: Rect | null): Promise<StepOutput> {
    const found = await this.stack.pool.run('step', {
      arena: this.stack.arenaRef,
      nPad: this.stack.nPad,
      stride: this.stack.stride,
      planes: this.#planes,
      allBands: this.stack.allBands,
      samples,
      demand:
        region === null
          ? null
          : {
              rect: region,
              scenes: this.#plan.scenes.length,
              ranks: [...this.#open].map(([rank, groups]) => ({
                rank,
                groups: groups.map(({ bands, indexed }) => ({
                  bands,
                  index: indexed.index,
                  blocks: indexed.grid.blocksAcross * indexed.grid.blocksDown,
                })),
              })),
            },
    });
    this.tally.blocksDecoded += samples.length;
    this.tally.decodeMs += found.decodeMs;
    this.tally.sampleMs += found.sampleMs;
    return found;
  }

  async #asset(scene: Scene, name: AssetName, signal?: AbortSignal): Promise<SourceAsset> {
    const asset = scene.assets[name];
    if (asset === undefined) {
      throw new GeoCropError('item-lacks-asset', `${scene.id} has no ${name}.`, {
        context: { scene: scene.id, asset: name },
      });
    }
    return sourceAsset(scene, asset, await this.reader.header(asset.href, signal));
  }

  async #fetch(
    asset: SourceAsset,
    blocks: readonly number[],
    signal?: AbortSignal,
  ): Promise<(Uint8Array | null)[]> {
    const begun = performance.now();
    const bytes = await this.reader.blocks(
      asset.header,
      blocks.map((block) => ({ level: 0, block })),
      signal,
    );
    this.tally.readMs += performance.now() - begun;
    for (const block of bytes) this.tally.bytes += block?.byteLength ?? 0;
    return bytes;
  }

  #scene(rank: number): Scene {
    const scene = this.#plan.scenes[rank - 1];
    if (scene === undefined) throw new RangeError(`scene ${rank} of ${this.#plan.scenes.length}`);
    return scene;
  }
}
