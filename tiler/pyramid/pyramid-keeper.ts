import type { ArchiveWatcher, NewMetatile } from '../../cache/archive.js';
import type { Candidate } from '../../cache/pyramid-candidate.js';
import type { PyramidName } from '../../cache/pyramid-keys.js';
import type { PyramidMap } from '../../cache/pyramid-map.js';
import type { Mark, PyramidMarks } from '../../cache/pyramid-marks.js';
import type { PyramidRefresh } from '../../cache/pyramid-refresh.js';
import { messageOf } from '../../engine/errors.js';
import type { TileId } from '../../engine/geo/tile-matrix.js';

export interface PyramidKeeperOptions {
  readonly refresh: Pick<PyramidRefresh, 'useMarks' | 'check'>;
  readonly marks: PyramidMarks;
  /** What the nodes of a name hold; undefined where no map here has that name: its marks are left to others. */
  readonly mapOf: (name: PyramidName) => PyramidMap | undefined;
  /** Told of the metatiles that the zooms below 12 show now. */
  readonly onShown: (name: PyramidName, metatiles: readonly TileId[]) => void;
  readonly warn: (message: string, context: Record<string, unknown>) => void;
  readonly now: () => Date;
  /** False: marks are put, and used by other processes. */
  readonly works: boolean;
}

/** A person who zooms out after a tile was made sees it; what comes in the meantime goes in with it. Milliseconds. */
const SOON_MS = 1_000;
/** Refreshing takes at most a tenth of the time, and is due after a minute at the latest. */
const REST = 9;
const LONGEST_REST_MS = 60_000;
const RETRY_MS = 30_000;
/** Marks of processes that have ended are looked for at the start, and then this often. */
const SCAN_MS = 60_000;
/** Younger ones belong to processes that are still at it. */
const ORPHAN_MS = 30_000;

/**
 * Keeps the pyramid in step with the archive, in the background: every new metatile puts a mark, and a while later the marks are used,
 * one pass at a time. What a pass leaves undone, or a process that dies, is found by its marks.
 */
export class PyramidKeeper implements ArchiveWatcher {
  readonly #due = new Map<string, Mark>();
  readonly #closing = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #scanner: NodeJS.Timeout | null = null;
  #scanned = false;
  /** Passes and checks, one after the other. */
  #last: Promise<unknown> = Promise.resolve();
  #running = 0;
  #restMs = 0;
  #endedAt = -Infinity;

  constructor(private readonly options: PyramidKeeperOptions) {}

  /** Looks for what others left undone, now and from time to time. */
  start(): void {
    if (!this.options.works) return;
    this.#schedule(SOON_MS);
    this.#scanner = setInterval(() => void this.#exclusive(() => this.#scan()), SCAN_MS).unref();
  }

  async announce({ recipe, season, metatile, scenes, lookedUpAt }: NewMetatile): Promise<() => void> {
    const place = { z: 12, x: metatile.x, y: metatile.y };
    const content = { scenes, ...(lookedUpAt === undefined ? {} : { lookedUpAt }) };
    const mark = await this.options.marks.put({ recipe, season }, place, content);
    return () => this.#note(mark);
  }

  /** A metatile of which nothing will ever be archived: it has no scenes. A store that cannot take that is no fault. */
  async sceneless(name: PyramidName, metatile: TileId, scenes: string, lookedUpAt: string): Promise<void> {
    await this.#mark(name, metatile, { scenes, lookedUpAt, empty: true });
  }

  /** A node that cannot be read. */
  broken(name: PyramidName, node: TileId): void {
    void this.#mark(name, node, {});
  }

  /** Holds all that is archived against the nodes of a map, after {@link idle}'s work. Throws what the store throws. */
  async check(
    map: PyramidMap,
    sceneless: () => Promise<readonly Candidate[]>,
    signal?: AbortSignal,
    onProgress?: (done: number, total: number) => void,
  ): Promise<void> {
    const either =
      signal === undefined ? this.#closing.signal : AbortSignal.any([signal, this.#closing.signal]);
    await this.#exclusive(async () => {
      either.throwIfAborted();
      await this.options.refresh.check(map, await sceneless(), either, onProgress);
    });
  }

  /** Resolves when nothing is due or running: what is due is done at once. Marks of other processes, found at the start, too. */
  async idle(): Promise<void> {
    while (this.options.works && !this.#closing.signal.aborted) {
      if (this.#due.size === 0 && this.#scanned) {
        if (this.#running === 0) return;
        await this.#last;
        continue;
      }
      const done = await this.#exclusive(() => this.#pass());
      // It is tried again later; nobody should wait for a store that is away.
      if (!done) return;
    }
  }

  /** Gives up what is running: its marks stay. */
  async close(): Promise<void> {
    this.#closing.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#scanner !== null) clearInterval(this.#scanner);
    await this.#last;
  }

  async #mark(name: PyramidName, place: TileId, content: Parameters<PyramidMarks['put']>[2]): Promise<void> {
    try {
      this.#note(await this.options.marks.put(name, place, content));
    } catch (error) {
      this.options.warn('what the zooms below 12 lack could not be noted', { error: messageOf(error) });
    }
  }

  #note(mark: Mark): void {
    if (!this.options.works) return;
    this.#due.set(mark.key, mark);
    this.#schedule(SOON_MS);
  }

  #schedule(ms: number): void {
    if (this.#timer !== null || this.#running > 0 || this.#closing.signal.aborted) return;
    const rested = this.#endedAt + this.#restMs - performance.now();
    this.#timer = setTimeout(() => void this.#exclusive(() => this.#pass()), Math.max(ms, rested)).unref();
  }

  /** Never rejects for a pass; a check's failure is its caller's. */
  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    this.#running += 1;
    const done = this.#last.then(work).finally(() => {
      this.#running -= 1;
      if (this.#due.size > 0) this.#schedule(SOON_MS);
    });
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** False where something failed. */
  async #pass(): Promise<boolean> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const begun = performance.now();
    let well = this.#scanned || (await this.#scan());
    const marks = [...this.#due.values()];
    this.#due.clear();
    for (const group of byName(marks)) {
      if (!(await this.#use(group))) well = false;
    }
    this.#endedAt = performance.now();
    this.#restMs = well ? Math.min(LONGEST_REST_MS, REST * (this.#endedAt - begun)) : RETRY_MS;
    return well;
  }

  async #use(marks: readonly Mark[]): Promise<boolean> {
    const [first] = marks;
    const map = first && this.options.mapOf(first);
    const { signal } = this.#closing;
    if (map === undefined || signal.aborted) return true;
    try {
      await this.options.refresh.useMarks(map, marks, signal);
    } catch (error) {
      if (signal.aborted) return true;
      this.options.warn('the zooms below 12 could not be refreshed; it is tried again', {
        error: messageOf(error),
      });
      for (const mark of marks) this.#due.set(mark.key, mark);
      return false;
    }
    this.options.onShown(
      map.name,
      marks.map(({ place }) => place),
    );
    return true;
  }

  /** Marks that their makers did not use: all at the start, later those that are old. */
  async #scan(): Promise<boolean> {
    try {
      const before = this.options.now().getTime() - (this.#scanned ? ORPHAN_MS : 0);
      for (const mark of await this.options.marks.list()) {
        if (mark.madeAt <= before || !this.#scanned) this.#due.set(mark.key, mark);
      }
      this.#scanned = true;
      return true;
    } catch (error) {
      this.options.warn('what the zooms below 12 lack could not be listed', { error: messageOf(error) });
      return false;
    }
  }
}

function byName(marks: readonly Mark[]): Mark[][] {
  const groups = new Map<string, Mark[]>();
  for (const mark of marks) {
    const key = `${mark.recipe}/${mark.season}`;
    groups.set(key, [...(groups.get(key) ?? []), mark]);
  }
  return [...groups.values()];
}
