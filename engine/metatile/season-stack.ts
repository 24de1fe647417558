import { BANDS, type Band } from '../scenes/scene.js';
import type { SeasonWindow } from '../season.js';
import { featureTables } from '../pixels/feature-tables.js';
import { CLASSIFY_CHUNK, classifyScratchBytes } from '../workers/handlers/classify.js';
import type { WorkerPool } from '../workers/pool.js';
import type { ArenaRef, DatePlanes, Extent, GridIndex, SourceGrid, StackRef } from '../workers/tasks.js';
import type { Arena } from './arena.js';
import { MAX_SCENES_A_DATE, type SeasonPlan } from './season-plan.js';
import { paddedSize, targetSize, targetWidth, type Rect, type Target } from './target.js';

/** A source grid as the target's pixels see it. */
export interface IndexedGrid {
  readonly grid: SourceGrid;
  readonly index: GridIndex;
  readonly rects: ReadonlyMap<number, Rect>;
  readonly touched: readonly number[];
}

interface Zone {
  readonly easting: number;
  readonly northing: number;
  readonly extent: Extent;
}

/**
 * A season's observations of a target, in one arena: for each date a plane of DN for each band, which scene each pixel
 * has or waits for, and which of its bands are there. Only memory and geometry; reading is read-date.ts.
 */
export class SeasonStack {
  readonly n: number;
  readonly nPad: number;
  readonly stride: number;
  readonly allBands: number;
  readonly #planes: DatePlanes[];
  readonly #zones = new Map<number, Promise<Zone>>();
  readonly #grids = new Map<string, Promise<IndexedGrid>>();
  readonly #ref: Omit<StackRef, 'arena'>;
  #scratch: { start: number; bytes: number }[] = [];

  constructor(
    readonly pool: WorkerPool,
    readonly arena: Arena,
    readonly target: Target,
    readonly season: SeasonWindow,
    readonly plan: SeasonPlan,
    readonly bands: readonly Band[],
  ) {
    this.n = targetSize(target);
    this.nPad = paddedSize(target);
    this.stride = targetWidth(target);
    this.allBands = (1 << bands.length) - 1;
    const dates = plan.length;
    // Planes of one kind lie one after another by date, as the feature kernel walks them.
    const dn = arena.take(2 * this.nPad * bands.length * dates);
    const scene = arena.take(this.nPad * dates);
    const got = arena.take(this.nPad * dates);
    const candidates = arena.take(2 * this.nPad * dates);
    this.#planes = plan.map((_, d) => ({
      dn: dn + 2 * this.nPad * bands.length * d,
      scene: scene + this.nPad * d,
      got: got + this.nPad * d,
      candidates: candidates + 2 * this.nPad * d,
    }));
    const tables = featureTables(season.nodes);
    const t = arena.take(4 * dates);
    const reflectance = arena.take(8 * 2 * MAX_SCENES_A_DATE * dates);
    const planeOf = arena.take(4 * BANDS.length);
    const tableStart = arena.take(tables.byteLength);
    const { buffer } = arena.memory;
    new Int32Array(buffer, t, dates).set(plan.map((date) => date.t));
    new Int32Array(buffer, planeOf, BANDS.length).set(BANDS.map((band) => bands.indexOf(band)));
    new Float64Array(buffer, tableStart, tables.length).set(tables);
    const scales = new Float64Array(buffer, reflectance, 2 * MAX_SCENES_A_DATE * dates);
    plan.forEach((date, d) =>
      date.scenes.forEach((source, rank) => {
        scales.set([source.reflectance.scale, source.reflectance.offset], 2 * (MAX_SCENES_A_DATE * d + rank));
      }),
    );
    this.#ref = {
      dates,
      days: season.days,
      nodes: season.nodes,
      nPad: this.nPad,
      stride: this.stride,
      bandCount: bands.length,
      allBands: this.allBands,
      t,
      dn,
      scene,
      got,
      reflectance,
      planeOf,
      tables: tableStart,
    };
    this.reserveScratch(classifyScratchBytes(dates, season.nodes, Math.max(CLASSIFY_CHUNK, this.stride + 8)));
    // No date counts before it has been read.
    new Uint8Array(buffer, scene, this.nPad * dates).fill(0);
  }

  get arenaRef(): ArenaRef {
    return { id: this.arena.id, memory: this.arena.memory, scratch: this.#scratch };
  }

  get ref(): StackRef {
    return { ...this.#ref, arena: this.arenaRef };
  }

  planes(date: number): DatePlanes {
    const planes = this.#planes[date];
    if (planes === undefined) throw new RangeError(`date ${date} of ${this.#planes.length}`);
    return planes;
  }

  /** From now on each worker has at least this many bytes of its own. */
  reserveScratch(bytes: number): void {
    if ((this.#scratch[0]?.bytes ?? 0) >= bytes) return;
    this.#scratch = Array.from({ length: this.pool.threads }, () => ({
      start: this.arena.take(bytes),
      bytes,
    }));
  }

  /** Every pixel of the date becomes invalid: its scenes could not be read. */
  dropDate(date: number): void {
    new Uint8Array(this.arena.memory.buffer, this.planes(date).scene, this.nPad).fill(0);
  }

  /** Extent of the target's pixel centres in a zone. @throws unsupported-crs */
  async extent(epsg: number): Promise<Extent> {
    return (await this.#zone(epsg)).extent;
  }

  /** Worked out once for every grid: all scenes of one MGRS tile share it. */
  indexGrid(
    epsg: number,
    grid: SourceGrid,
    touch?: { grid: SourceGrid; buffer: number },
  ): Promise<IndexedGrid> {
    return remember(this.#grids, JSON.stringify([epsg, grid, touch]), async () => {
      const { easting, northing } = await this.#zone(epsg);
      const index: GridIndex = {
        blockOf: this.arena.take(2 * this.nPad),
        offset: this.arena.take(4 * this.nPad),
      };
      const found = await this.pool.run('index', {
        arena: this.arenaRef,
        n: this.n,
        stride: this.stride,
        easting,
        northing,
        grid,
        index,
        ...(touch === undefined ? {} : { touch }),
      });
      return {
        grid,
        index,
        rects: new Map(found.blocks.map(({ block, rect }) => [block, rect])),
        touched: found.touched,
      };
    });
  }

  #zone(epsg: number): Promise<Zone> {
    return remember(this.#zones, epsg, async () => {
      const easting = this.arena.take(8 * this.nPad);
      const northing = this.arena.take(8 * this.nPad);
      const extent = await this.pool.run('project', {
        arena: this.arenaRef,
        target: this.target,
        epsg,
        easting,
        northing,
      });
      return { easting, northing, extent };
    });
  }
}

/** One computation for all who ask; a failure is forgotten. */
function remember<K, V>(map: Map<K, Promise<V>>, key: K, make: () => Promise<V>): Promise<V> {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  made.catch(() => map.delete(key));
  return made;
}
