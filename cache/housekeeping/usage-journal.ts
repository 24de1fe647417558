import { randomUUID } from 'node:crypto';
import type { Metatile } from '../archive-keys.js';
import type { ObjectStore } from '../object-store.js';
import { dayOf, MINUTE_MS, serializeUsage, usageKey, USAGE_BUCKET, type Uses } from './usage-document.js';

export interface UsageJournalOptions {
  readonly store: ObjectStore;
  /** Milliseconds since 1970; default Date.now. */
  readonly now?: () => number;
  /** Told of a journal that could not be written; it is tried again with the next. */
  readonly onFailure?: (error: unknown) => void;
  /** Metatiles that one journal may hold; default 50,000, a megabyte. */
  readonly limit?: number;
}

const LIMIT = 50_000;

/**
 * Which archived metatiles this process was asked for, and when last: kept in memory, written now and then as one small object a
 * day, `usage/{day}/{process}.json`. Nobody waits for it, and what is lost with a killed process is a few minutes of it.
 */
export class UsageJournal {
  private readonly id = randomUUID().slice(0, 8);
  private readonly now: () => number;
  private readonly limit: number;
  /** By `{recipe}/{season}`, then by `x * 4096 + y`: minutes since 1970. */
  private uses: Map<string, Map<number, number>> = new Map();
  private count = 0;
  private part = 0;
  private day = '';
  private writtenAt = -Infinity;
  private dirty = false;
  private writing: Promise<void> | null = null;

  constructor(private readonly options: UsageJournalOptions) {
    this.now = options.now ?? Date.now;
    this.limit = options.limit ?? LIMIT;
  }

  /** Notes a look at a metatile. Takes no time, and no memory beyond the limit. */
  used(recipe: string, season: string, { x, y }: Metatile): void {
    const map = `${recipe}/${season}`;
    let metatiles = this.uses.get(map);
    if (metatiles === undefined) this.uses.set(map, (metatiles = new Map<number, number>()));
    const place = x * SIDE + y;
    const minute = Math.floor(this.now() / MINUTE_MS);
    const before = metatiles.get(place);
    if (before === minute) return;
    if (before === undefined) {
      if (this.count >= this.limit) return;
      this.count += 1;
    }
    metatiles.set(place, minute);
    this.dirty = true;
  }

  /** Writes what is new. Never rejects. */
  async flush(): Promise<void> {
    // One at a time: an older journal must not replace a newer one.
    await this.writing;
    if (!this.dirty) return;
    this.writing = this.write();
    await this.writing;
    this.writing = null;
  }

  private async write(): Promise<void> {
    const now = this.now();
    const day = dayOf(now);
    if (day !== this.day) {
      this.part = 0;
      this.day = day;
      this.forget(Math.floor(this.writtenAt / MINUTE_MS));
    }
    const key = usageKey(day, `${this.id}-${this.part}`);
    const bytes = serializeUsage(entriesOf(this.uses));
    const full = this.count >= this.limit ? this.uses : null;
    if (full !== null) {
      // Closed: the next one begins empty.
      this.part += 1;
      this.uses = new Map();
      this.count = 0;
    }
    this.dirty = false;
    try {
      await this.options.store.put(USAGE_BUCKET, key, bytes, { contentType: 'application/json' });
      this.writtenAt = now;
    } catch (error) {
      if (full !== null) this.restore(full);
      this.dirty = true;
      this.options.onFailure?.(error);
    }
  }

  /** In place of what was noted while it could not be written. */
  private restore(uses: Map<string, Map<number, number>>): void {
    this.part -= 1;
    this.uses = uses;
    this.count = [...uses.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** What was written already, all before that minute. */
  private forget(minute: number): void {
    this.count = 0;
    for (const [map, metatiles] of this.uses) {
      for (const [place, last] of metatiles) if (last < minute) metatiles.delete(place);
      this.count += metatiles.size;
      if (metatiles.size === 0) this.uses.delete(map);
    }
  }
}

/** Metatiles are of zoom 12. */
const SIDE = 4096;

function entriesOf(uses: ReadonlyMap<string, ReadonlyMap<number, number>>): Uses {
  return [...uses].map(([map, metatiles]) => ({
    map,
    metatiles: [...metatiles].map(([place, minute]) => ({
      x: Math.floor(place / SIDE),
      y: place % SIDE,
      at: minute * MINUTE_MS,
    })),
  }));
}
