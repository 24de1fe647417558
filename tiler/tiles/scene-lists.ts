import { LRUCache } from 'lru-cache';
import { isGeoCropError, messageOf, type ErrorCode } from '../../engine/errors.js';
import type { TileId } from '../../engine/geo/tile-matrix.js';
import { restrictSceneList } from '../../engine/scenes/restrict-scene-list.js';
import type { SceneList } from '../../engine/scenes/scene.js';
import { isClosed } from '../../engine/season.js';
import { SharedWork } from '../../engine/windows/shared-work.js';
import type { MapDefinition } from './maps.js';

/** A fault of one scene that is not the network's: seen once it may pass, seen again after an hour it stays. */
export interface SceneFault {
  readonly id: string;
  readonly reason: string;
  /** ISO 8601. */
  readonly firstSeenAt: string;
  /** null: not yet left out. */
  readonly quarantinedAt: string | null;
}

/** What could not be read of a scene. */
export interface SeenFault {
  readonly scene: string;
  readonly code: ErrorCode;
  readonly reason: string;
}

/** Where looked-up lists and faults are kept, and who looks up. */
export interface SceneListDeps {
  readList(definition: MapDefinition, metatile: TileId): Promise<SceneList | undefined>;
  writeList(definition: MapDefinition, metatile: TileId, list: SceneList): Promise<void>;
  readFaults(definition: MapDefinition, metatile: TileId): Promise<readonly SceneFault[]>;
  writeFaults(definition: MapDefinition, metatile: TileId, faults: readonly SceneFault[]): Promise<void>;
  /** Asks STAC. Scenes in quarantine (id and reason) are not even checked. */
  lookUp(
    definition: MapDefinition,
    metatile: TileId,
    quarantined: ReadonlyMap<string, string>,
    signal: AbortSignal,
  ): Promise<SceneList>;
  /** Of a catalogue on disk; null where looking again would not be cheap. */
  revision(): Promise<string | null>;
  /** Milliseconds after which what is in memory is read from the store again: others may have written there. Default: never. */
  readonly keptMs?: number;
  /** Of lists in memory; default 64 MiB, some 350 metatiles of 45 scenes. */
  readonly memoryBytes?: number;
  readonly now: () => Date;
  readonly warn: (message: string, context: Record<string, unknown>) => void;
}

const HOUR = 3_600_000;
/** An open season gets new scenes: looked up again after this. docs/architecture.md, "Failure". */
const OPEN_LIST_AGE = 6 * HOUR;
/** A fault that is seen again after this is the scene's own. */
const FAULT_AGE = HOUR;
/** A scene in quarantine is tried again after this. */
const QUARANTINE_AGE = 7 * 24 * HOUR;
/** An old list is looked up again in the background, and where that fails not more often than this. */
const REFRESH_AGE = HOUR / 6;

/** These lie in the scene; time-outs and 5xx lie in the network and pass. */
const LASTING: readonly ErrorCode[] = [
  'source-missing',
  'source-forbidden',
  'block-corrupt',
  'cog-malformed',
  'cog-unsupported',
  'unsupported-crs',
];

/** Of a scene in a list: 2 KB, and as much again in the view that is used (measured on the heap). */
const SCENE_BYTES = 4096;
const DEFAULT_MEMORY_BYTES = 64 * 2 ** 20;

interface Entry {
  readonly list: SceneList;
  readonly faults: readonly SceneFault[];
}

/** The scenes of metatiles: from memory, else the store, else STAC; each looked up once however many ask. */
export class SceneLists {
  readonly #entries: LRUCache<string, Entry>;
  readonly #views = new WeakMap<SceneList, Map<string, SceneList>>();
  readonly #work = new SharedWork<Entry>();
  readonly #refreshed = new LRUCache<string, number>({ max: 2_000 });
  readonly #closing = new AbortController();

  constructor(private readonly deps: SceneListDeps) {
    const { keptMs, memoryBytes = DEFAULT_MEMORY_BYTES, now } = deps;
    const ttl =
      keptMs === undefined ? {} : { ttl: keptMs, ttlResolution: 0, perf: { now: () => now().getTime() } };
    this.#entries = new LRUCache({
      maxSize: memoryBytes,
      sizeCalculation: ({ list }) => (1 + list.scenes.length + list.leftOut.length) * SCENE_BYTES,
      ...ttl,
    });
  }

  /** What is kept; where it is old it is looked up again in the background. undefined where it was never looked up. */
  async stored(definition: MapDefinition, metatile: TileId): Promise<SceneList | undefined> {
    const entry = await this.#stored(definition, metatile);
    if (entry === undefined) return undefined;
    if (this.#isOld(definition, entry)) this.#refresh(definition, metatile, entry);
    return this.#view(definition, entry);
  }

  /**
   * What is kept, and whether {@link get} would look it up again. Nothing is looked up or remembered for it: for who goes
   * through the thousands of a country.
   */
  async kept(
    definition: MapDefinition,
    metatile: TileId,
  ): Promise<{ readonly list: SceneList; readonly old: boolean } | undefined> {
    const entry = this.#entries.peek(keyOf(definition, metatile)) ?? (await this.#read(definition, metatile));
    if (entry === undefined) return undefined;
    return { list: this.#view(definition, entry), old: this.#isOld(definition, entry) };
  }

  /** Another process may have looked it up: it is read from the store again. @param place `summer-2021/{x}/{y}` */
  forget(place: string): void {
    for (const key of this.#entries.keys()) if (key.endsWith(`/${place}`)) this.#entries.delete(key);
  }

  /** Something was made from the list of that digest: where another is in memory, the store has a newer one. */
  expect(definition: MapDefinition, metatile: TileId, digest: string): void {
    const key = keyOf(definition, metatile);
    const entry = this.#entries.get(key);
    if (entry !== undefined && this.#view(definition, entry).digest !== digest) this.#entries.delete(key);
  }

  /** Gives up what is looked up in the background. */
  close(): void {
    this.#closing.abort();
  }

  /** Looks up where nothing is kept or where it is old. @throws stac-… */
  async get(definition: MapDefinition, metatile: TileId, signal?: AbortSignal): Promise<SceneList> {
    const kept = await this.#stored(definition, metatile);
    if (kept !== undefined && !this.#isOld(definition, kept)) return this.#view(definition, kept);
    try {
      const entry = await this.#lookUp(definition, metatile, kept, signal);
      return this.#view(definition, entry);
    } catch (error) {
      // An old list is better than none while the catalogue is away.
      if (kept === undefined || !isGeoCropError(error, 'stac-unavailable', 'stac-malformed', 'stac-refused'))
        throw error;
      this.deps.warn('the catalogue does not answer; the scene list of before is used', {
        error: error.message,
      });
      return this.#view(definition, kept);
    }
  }

  /**
   * Remembers what could not be read; what was seen an hour ago already is left out from now on. Without faults: all that is
   * not left out has been read, and its faults are forgotten.
   */
  async report(definition: MapDefinition, metatile: TileId, faults: readonly SeenFault[]): Promise<void> {
    if (faults.length === 0) {
      await this.#recovered(definition, metatile);
      return;
    }
    const lasting = faults.filter(({ code }) => LASTING.includes(code));
    if (lasting.length === 0) return;
    const now = this.deps.now();
    const known = new Map(
      (await this.deps.readFaults(definition, metatile)).map((fault) => [fault.id, fault]),
    );
    for (const { scene, reason } of lasting) {
      const before = known.get(scene);
      const again = before !== undefined && now.getTime() - Date.parse(before.firstSeenAt) >= FAULT_AGE;
      known.set(scene, {
        id: scene,
        reason,
        firstSeenAt: before?.firstSeenAt ?? now.toISOString(),
        // Tried again and no better: left out for another week.
        quarantinedAt: again ? now.toISOString() : (before?.quarantinedAt ?? null),
      });
    }
    await this.#keep(this.deps.writeFaults(definition, metatile, [...known.values()]));
    this.#entries.delete(keyOf(definition, metatile));
  }

  async #recovered(definition: MapDefinition, metatile: TileId): Promise<void> {
    const known = await this.deps.readFaults(definition, metatile);
    const out = this.#quarantined(known);
    const kept = known.filter(({ id }) => out.has(id));
    if (kept.length === known.length) return;
    await this.#keep(this.deps.writeFaults(definition, metatile, kept));
    this.#entries.delete(keyOf(definition, metatile));
  }

  #lookUp(
    definition: MapDefinition,
    metatile: TileId,
    kept: Entry | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Entry> {
    return this.#work.run(keyOf(definition, metatile), signal, async (shared) => {
      const faults = kept?.faults ?? (await this.deps.readFaults(definition, metatile));
      const list = await this.deps.lookUp(definition, metatile, this.#quarantined(faults), shared);
      const made = { list, faults };
      // With a scene that could not be checked it serves one answer, and is asked for again.
      if (list.unchecked === undefined) {
        await this.#keep(this.deps.writeList(definition, metatile, list));
        this.#entries.set(keyOf(definition, metatile), made);
      }
      return made;
    });
  }

  #refresh(definition: MapDefinition, metatile: TileId, kept: Entry): void {
    const key = keyOf(definition, metatile);
    const now = this.deps.now().getTime();
    if (this.#closing.signal.aborted || now - (this.#refreshed.get(key) ?? -Infinity) < REFRESH_AGE) return;
    this.#refreshed.set(key, now);
    this.#lookUp(definition, metatile, kept, this.#closing.signal)
      .then(({ list }) =>
        this.report(
          definition,
          metatile,
          (list.unchecked ?? []).map(({ id, code, reason }) => ({ scene: id, code, reason })),
        ),
      )
      .catch((error: unknown) => {
        if (isGeoCropError(error, 'aborted')) return;
        this.deps.warn('an old scene list could not be looked up again', { error: messageOf(error) });
      });
  }

  /** What cannot be kept serves all the same: a full disk is no reason to show no map. */
  async #keep(written: Promise<void>): Promise<void> {
    try {
      await written;
    } catch (error) {
      if (!isGeoCropError(error, 'store-full', 'store-unavailable')) throw error;
      this.deps.warn('a scene list could not be kept', { error: error.message });
    }
  }

  async #stored(definition: MapDefinition, metatile: TileId): Promise<Entry | undefined> {
    const key = keyOf(definition, metatile);
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const entry = await this.#read(definition, metatile);
    if (entry !== undefined) this.#entries.set(key, entry);
    return entry;
  }

  async #read(definition: MapDefinition, metatile: TileId): Promise<Entry | undefined> {
    const list = await this.deps.readList(definition, metatile);
    if (list === undefined) return undefined;
    // A catalogue on disk that has changed is looked at again; one that is gone has not changed.
    const revision = await this.deps.revision().catch(() => list.revision ?? null);
    if ((list.revision ?? null) !== revision) return undefined;
    return { list, faults: await this.deps.readFaults(definition, metatile) };
  }

  #isOld(definition: MapDefinition, { list, faults }: Entry): boolean {
    const now = this.deps.now();
    const out = this.#quarantined(faults);
    // A scene that was not even looked at is tried again when its quarantine ends.
    if (list.leftOut.some(({ id, code }) => code === 'quarantined' && !out.has(id))) return true;
    const lookedUp = new Date(list.lookedUpAt);
    if (isClosed(definition.season, lookedUp)) return false;
    return now.getTime() - lookedUp.getTime() >= OPEN_LIST_AGE;
  }

  /** Ids and reasons of what is left out now: after a week it is tried again. */
  #quarantined(faults: readonly SceneFault[]): ReadonlyMap<string, string> {
    const now = this.deps.now().getTime();
    const isOut = ({ quarantinedAt }: SceneFault): boolean =>
      quarantinedAt !== null && now - Date.parse(quarantinedAt) < QUARANTINE_AGE;
    return new Map(faults.filter(isOut).map(({ id, reason }) => [id, reason]));
  }

  /** Every tile asks for it, and its digest is over a season's scenes: made once for a band set and what is left out. */
  #view(definition: MapDefinition, { list, faults }: Entry): SceneList {
    const { bands } = definition.pixels;
    const quarantined = this.#quarantined(faults);
    const key = [...bands, '', ...quarantined.keys()].join(' ');
    const views = this.#views.get(list) ?? new Map<string, SceneList>();
    this.#views.set(list, views);
    const view = views.get(key) ?? restrictSceneList(list, bands, quarantined);
    views.set(key, view);
    return view;
  }
}

function keyOf(definition: MapDefinition, metatile: TileId): string {
  return `${definition.source}/${definition.seasonKey}/${metatile.x}/${metatile.y}`;
}
