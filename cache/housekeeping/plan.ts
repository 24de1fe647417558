import type { Metatile } from '../archive-keys.js';
import {
  bytesOf,
  type Inventory,
  type StoredMetatile,
  type StoredSceneList,
  type StoredVersion,
} from './inventory.js';

/** Why something goes. */
export type Reason =
  /** Files without an `item.json`, or a `current.json` without a version: their writer was killed. */
  | 'leftover'
  /** Made of other scenes than those in use. */
  | 'superseded'
  /** Of a recipe that no map of this server has, and that nobody looked at for long. */
  | 'unused-recipe'
  /** The archive is over its quota; this was looked at least recently. */
  | 'quota'
  /** Of a catalogue or season that this server does not have, old, and nothing is archived there. */
  | 'orphan';

export const REASONS: readonly Reason[] = ['leftover', 'superseded', 'unused-recipe', 'quota', 'orphan'];

interface Named {
  readonly reason: Reason;
  readonly recipe: string;
  readonly season: string;
  readonly metatile: Metatile;
  readonly files: number;
  readonly bytes: number;
}

/** One thing that goes. */
export type Removal =
  | (Named & { readonly kind: 'version'; readonly scenes: string; readonly lastUsedAt: number })
  /** `current.json` of a metatile none of whose versions stay. */
  | (Named & { readonly kind: 'pointer' })
  | {
      readonly kind: 'scene-list';
      readonly reason: 'orphan';
      readonly key: string;
      readonly files: 1;
      readonly bytes: number;
    };

export interface Rules {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What `archive/` may hold, bytes; Infinity: as much as there is room. */
  readonly quotaBytes: number;
  /** How long what no map uses stays after it was last looked at. */
  readonly keepMs: number;
  /** When a metatile was looked at last, milliseconds since 1970; undefined: not known. */
  readonly lastUse: { of(recipe: string, season: string, metatile: Metatile): number | undefined };
  /** What this server's maps use; null: not known, and nothing goes because of it. */
  readonly known: KnownMaps | null;
}

export interface KnownMaps {
  readonly recipes: ReadonlySet<string>;
  /** `{source}/{season}-{year}` of scene lists. */
  readonly sceneLists: ReadonlySet<string>;
}

export interface Plan {
  /** In the order in which it goes. */
  readonly removals: readonly Removal[];
  /** Of the archive, bytes. */
  readonly before: number;
  readonly after: number;
}

/** No metatile takes so long to be written, and no answer so long to be read. */
export const GRACE_MS = 86_400_000;
/** What was written or looked at within the last hour does not go for the quota: it would be made again at once. */
export const FRESH_MS = 3_600_000;

/** When a metatile was looked at last, or written, whichever is later. */
export function lastUsedAt(stored: StoredMetatile, { lastUse }: Pick<Rules, 'lastUse'>): number {
  const written = stored.versions.map(({ writtenAt }) => writtenAt);
  return Math.max(lastUse.of(stored.recipe, stored.season, stored.metatile) ?? 0, ...written, 0);
}

/** What goes, and why. Plain data in, plain data out. */
export function planHousekeeping(inventory: Inventory, rules: Rules): Plan {
  const before = inventory.metatiles.reduce((sum, stored) => sum + bytesOf(stored), 0);
  const removals: Removal[] = [];
  const usedAt = new Map(inventory.metatiles.map((stored) => [stored, lastUsedAt(stored, rules)]));
  const version = (stored: StoredMetatile, { scenes, files, bytes }: StoredVersion, reason: Reason): void => {
    const { recipe, season, metatile } = stored;
    const at = usedAt.get(stored) ?? 0;
    removals.push({
      kind: 'version',
      reason,
      recipe,
      season,
      metatile,
      scenes,
      files,
      bytes,
      lastUsedAt: at,
    });
  };
  const pointer = (stored: StoredMetatile, reason: Reason): void => {
    const { recipe, season, metatile } = stored;
    if (stored.pointer === null) return;
    removals.push({
      kind: 'pointer',
      reason,
      recipe,
      season,
      metatile,
      files: 1,
      bytes: stored.pointer.bytes,
    });
  };
  const whole = (stored: StoredMetatile, reason: Reason): void => {
    for (const each of stored.versions) version(stored, each, reason);
    pointer(stored, reason);
  };

  const unused = unusedRecipes(inventory, rules, usedAt);
  const staying: StoredMetatile[] = [];
  for (const stored of inventory.metatiles) {
    if (unused.has(stored.recipe)) {
      whole(stored, 'unused-recipe');
      continue;
    }
    const reasons = stored.versions.map((each) => whyVersionGoes(stored, each, rules.now));
    stored.versions.forEach((each, i) => {
      const reason = reasons[i];
      if (reason !== undefined && reason !== null) version(stored, each, reason);
    });
    const versions = stored.versions.filter((_, i) => reasons[i] === null);
    const pointerIsOld = stored.pointer !== null && rules.now - stored.pointer.writtenAt > GRACE_MS;
    if (versions.length > 0) staying.push({ ...stored, versions });
    else if (pointerIsOld) pointer(stored, 'leftover');
  }

  let after = before - removals.reduce((sum, { bytes }) => sum + bytes, 0);
  const stale = staying
    .map((stored) => ({ stored, at: lastUsedAt(stored, rules) }))
    .filter(({ at }) => rules.now - at > FRESH_MS)
    .sort((a, b) => a.at - b.at);
  for (const { stored, at } of stale) {
    if (after <= rules.quotaBytes) break;
    usedAt.set(stored, at);
    whole(stored, 'quota');
    after -= bytesOf(stored);
  }
  removals.push(...orphans(inventory, rules));
  return { removals, before, after };
}

function whyVersionGoes(
  { versions, named }: StoredMetatile,
  version: StoredVersion,
  now: number,
): 'leftover' | 'superseded' | null {
  if (version.finishedAt === null) return now - version.writtenAt > GRACE_MS ? 'leftover' : null;
  // Where nothing that is there is named, nobody knows better than to keep all.
  const inUse = versions.filter(({ scenes, finishedAt }) => finishedAt !== null && named?.has(scenes));
  if (inUse.length === 0 || inUse.includes(version)) return null;
  const since = Math.max(version.writtenAt, ...inUse.map(({ finishedAt }) => finishedAt ?? 0));
  return now - since > GRACE_MS ? 'superseded' : null;
}

function unusedRecipes(
  { metatiles }: Inventory,
  { known, keepMs, now }: Rules,
  usedAt: ReadonlyMap<StoredMetatile, number>,
): ReadonlySet<string> {
  if (known === null) return new Set();
  const last = new Map<string, number>();
  for (const stored of metatiles) {
    if (known.recipes.has(stored.recipe)) continue;
    last.set(stored.recipe, Math.max(last.get(stored.recipe) ?? 0, usedAt.get(stored) ?? 0));
  }
  return new Set([...last].filter(([, at]) => now - at > keepMs).map(([recipe]) => recipe));
}

function orphans({ metatiles, sceneLists }: Inventory, { known, keepMs, now }: Rules): Removal[] {
  if (known === null) return [];
  const place = ({ season, metatile: { x, y } }: StoredMetatile | StoredSceneList): string =>
    `${season}/${x}/${y}`;
  const archived = new Set(metatiles.map(place));
  return sceneLists
    .filter((list) => !known.sceneLists.has(`${list.source}/${list.season}`))
    .filter((list) => !archived.has(place(list)) && now - list.writtenAt > keepMs)
    .map(({ key, bytes }) => ({ kind: 'scene-list', reason: 'orphan', key, files: 1, bytes }));
}
