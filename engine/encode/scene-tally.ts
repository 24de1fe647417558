import type { SceneList } from '../scenes/scene.js';
import type { StacItem } from './stac-item.js';

/** What an item tells of the scenes: `geocrop:scenes`. */
export interface SceneSummary {
  readonly digests: readonly string[];
  readonly ids: readonly string[];
  /** ISO 8601; null where there is no scene. */
  readonly newest: string | null;
  readonly leftOut: number;
  readonly lookedUpAt: readonly string[];
}

/** The scenes of many metatiles, each named once: a country's lists do not fit into memory side by side. */
export class SceneTally {
  readonly #digests = new Set<string>();
  readonly #ids = new Set<string>();
  readonly #lookedUpAt = new Set<string>();
  readonly #years = new Set<string>();
  #newest = '';
  #leftOut = 0;

  static of(lists: readonly SceneList[]): SceneTally {
    const tally = new SceneTally();
    for (const list of lists) tally.add(list);
    return tally;
  }

  add({ digest, scenes, leftOut, lookedUpAt }: SceneList): void {
    this.#digests.add(digest);
    this.#lookedUpAt.add(lookedUpAt);
    this.#leftOut += leftOut.length;
    for (const { id, date, datetime } of scenes) {
      this.#ids.add(id);
      this.#years.add(date.slice(0, 4));
      if (datetime > this.#newest) this.#newest = datetime;
    }
  }

  /** Those of a metatile that is archived, by its item: its list may be another one by now. */
  addItem({ properties }: StacItem): void {
    const scenes = properties['geocrop:scenes'] as Partial<SceneSummary> | undefined;
    for (const digest of scenes?.digests ?? []) this.#digests.add(digest);
    for (const id of scenes?.ids ?? []) this.#ids.add(id);
    for (const time of scenes?.lookedUpAt ?? []) this.#lookedUpAt.add(time);
    this.#leftOut += scenes?.leftOut ?? 0;
    if ((scenes?.newest ?? '') > this.#newest) this.#newest = scenes?.newest ?? '';
    const { attribution } = properties;
    if (typeof attribution !== 'string') return;
    for (const [year] of attribution.matchAll(/\b\d{4}\b/g)) this.#years.add(year);
  }

  /** Of the scenes' dates, sorted. */
  years(): string[] {
    return [...this.#years].sort();
  }

  summary(): SceneSummary {
    return {
      digests: [...this.#digests].sort(),
      ids: [...this.#ids].sort(),
      newest: this.#newest || null,
      leftOut: this.#leftOut,
      lookedUpAt: [...this.#lookedUpAt].sort(),
    };
  }
}
