import { isGeoCropError } from '../../engine/errors.js';
import { mapBounded } from '../../engine/map-bounded.js';
import { parseSceneList } from '../../engine/scenes/scene-list-json.js';
import { isCurrent, parseDocument } from '../archive-documents.js';
import {
  ARCHIVE_BUCKET,
  currentKey,
  metatilePrefix,
  parseArchiveKey,
  type ArchiveFile,
  type ArchivePointer,
  type Metatile,
} from '../archive-keys.js';
import type { ObjectEntry, ObjectStore } from '../object-store.js';
import type {
  Inventory,
  StoredMetatile,
  StoredNode,
  StoredSceneList,
  StoredVersion,
  Tally,
} from './inventory.js';
import { LAST_RUN_KEY, usageDayOf } from './usage-document.js';

export interface InventoryOptions {
  readonly signal?: AbortSignal;
  /** Told of how many objects have been listed, now and then. */
  readonly onProgress?: (objects: number) => void;
}

const SCENE_LIST =
  /^scenes\/([^/]+)\/([^/]+-\d{4})\/12\/(0|[1-9]\d{0,3})\/(0|[1-9]\d{0,3})(?:\.faults)?\.json$/;
const CATALOGUE = /^scenes\/[^/]+\/catalogue\.json$/;
/** What the last warming of a map measured (tiler/warm). */
const WARMING = /^warming\/[0-9a-f]{16}\/[^/]+\.json$/;
const isNote = (key: string): boolean =>
  key === LAST_RUN_KEY || usageDayOf(key) !== undefined || WARMING.test(key);
/** What is below zoom 12: counted, and never touched. */
const PYRAMID = 'pyramid/';
const NODE = /^pyramid\/([0-9a-f]{16})\/([^/]+-\d{4})\/(\d+)\/(\d+)\/(\d+)\/\d{8}\.json$/;
const READS_AT_ONCE = 8;
const EXAMPLES = 5;
const SAY_EVERY = 1000;

/** Lists `geocrop-results`, once and in order; reads only what tells which of several versions of a metatile are in use. */
export async function takeInventory(store: ObjectStore, options: InventoryOptions = {}): Promise<Inventory> {
  const found = new Found();
  let objects = 0;
  for await (const entry of store.entries(ARCHIVE_BUCKET, '')) {
    options.signal?.throwIfAborted();
    found.add(entry);
    objects += 1;
    if (objects % SAY_EVERY === 0) options.onProgress?.(objects);
  }
  const metatiles = found.end();
  const lists = new Map<string, string[]>();
  for (const { season, metatile, key } of found.sceneLists) {
    if (key.endsWith('.faults.json')) continue;
    const place = placeOf(season, metatile);
    lists.set(place, [...(lists.get(place) ?? []), key]);
  }
  return {
    metatiles: await mapBounded(metatiles, READS_AT_ONCE, async (stored) => {
      if (stored.versions.filter(({ finishedAt }) => finishedAt !== null).length < 2) return stored;
      options.signal?.throwIfAborted();
      const keys = lists.get(placeOf(stored.season, stored.metatile)) ?? [];
      return { ...stored, named: await namedVersions(store, stored, keys) };
    }),
    sceneLists: found.sceneLists,
    catalogues: found.catalogues,
    pyramid: found.pyramid,
    nodes: [...found.nodes.values()],
    notes: found.notes,
    foreign: { ...found.foreign, examples: found.examples },
  };
}

const placeOf = (season: string, { x, y }: Metatile): string => `${season}/${x}/${y}`;

/** What comes in the order of keys, sorted by what it is. */
class Found {
  readonly sceneLists: StoredSceneList[] = [];
  readonly examples: string[] = [];
  catalogues: Tally = { objects: 0, bytes: 0 };
  pyramid: Tally = { objects: 0, bytes: 0 };
  notes: Tally = { objects: 0, bytes: 0 };
  foreign: Tally = { objects: 0, bytes: 0 };
  readonly nodes = new Map<string, StoredNode>();
  private readonly metatiles: StoredMetatile[] = [];
  private open: OpenMetatile | null = null;

  add(entry: ObjectEntry): void {
    const { key, size: bytes, modified } = entry;
    const archived = parseArchiveKey(key);
    if (archived !== undefined) return this.addArchived(archived, entry);
    const [, source = '', season = '', x, y] = SCENE_LIST.exec(key) ?? [];
    if (source !== '') {
      const metatile = { x: Number(x), y: Number(y) };
      this.sceneLists.push({ key, source, season, metatile, bytes, writtenAt: modified.getTime() });
    } else if (CATALOGUE.test(key)) this.catalogues = plus(this.catalogues, bytes);
    else if (key.startsWith(PYRAMID)) this.addPyramid(key, bytes);
    else if (isNote(key)) this.notes = plus(this.notes, bytes);
    else {
      this.foreign = plus(this.foreign, bytes);
      if (this.examples.length < EXAMPLES) this.examples.push(key);
    }
  }

  private addPyramid(key: string, bytes: number): void {
    this.pyramid = plus(this.pyramid, bytes);
    const [, recipe = '', season = '', z, x, y] = NODE.exec(key) ?? [];
    if (recipe === '') return;
    const node = { z: Number(z), x: Number(x), y: Number(y) };
    this.nodes.set(key.slice(0, key.lastIndexOf('/')), { recipe, season, node });
  }

  end(): readonly StoredMetatile[] {
    if (this.open !== null) this.metatiles.push(this.open.end());
    this.open = null;
    return this.metatiles;
  }

  private addArchived(file: ArchiveFile | ArchivePointer, entry: ObjectEntry): void {
    const { recipe, season, metatile } = file;
    const prefix = metatilePrefix(recipe, season, metatile);
    // A metatile's keys come one after the other.
    if (this.open?.prefix !== prefix) {
      this.end();
      this.open = new OpenMetatile(prefix, recipe, season, metatile);
    }
    this.open?.add(file, entry);
  }
}

class OpenMetatile {
  private readonly versions = new Map<string, StoredVersion>();
  private pointer: StoredMetatile['pointer'] = null;

  constructor(
    readonly prefix: string,
    private readonly recipe: string,
    private readonly season: string,
    private readonly metatile: Metatile,
  ) {}

  add(file: ArchiveFile | ArchivePointer, { size: bytes, modified }: ObjectEntry): void {
    const at = modified.getTime();
    if (!('scenes' in file)) {
      this.pointer = { bytes, writtenAt: at };
      return;
    }
    const { scenes } = file;
    const version = this.versions.get(scenes);
    this.versions.set(scenes, {
      scenes,
      files: (version?.files ?? 0) + 1,
      bytes: (version?.bytes ?? 0) + bytes,
      finishedAt: file.file === 'item.json' ? at : (version?.finishedAt ?? null),
      writtenAt: Math.max(version?.writtenAt ?? 0, at),
    });
  }

  end(): StoredMetatile {
    const { recipe, season, metatile, pointer } = this;
    return { recipe, season, metatile, pointer, versions: [...this.versions.values()], named: null };
  }
}

const plus = (tally: Tally, bytes: number): Tally => ({
  objects: tally.objects + 1,
  bytes: tally.bytes + bytes,
});

/** What `current.json` and the scene lists of its place and season name. What cannot be read names nothing. */
export async function namedVersions(
  store: ObjectStore,
  { recipe, season, metatile }: Pick<StoredMetatile, 'recipe' | 'season' | 'metatile'>,
  sceneListKeys: readonly string[],
): Promise<ReadonlySet<string>> {
  const named = new Set<string>();
  const pointer = await store.get(ARCHIVE_BUCKET, currentKey(metatilePrefix(recipe, season, metatile)));
  const current = pointer && parseDocument(pointer, isCurrent);
  if (current !== undefined) named.add(current.scenes);
  for (const key of sceneListKeys) {
    const bytes = await store.get(ARCHIVE_BUCKET, key);
    if (bytes === undefined) continue;
    try {
      named.add(parseSceneList(bytes).digest);
    } catch (error) {
      if (!isGeoCropError(error, 'store-corrupt')) throw error;
    }
  }
  return named;
}
