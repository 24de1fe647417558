import type { AreaGeometry } from '../panel-host.js';
import type { CountedMap } from './counted-map.js';
import { countArea } from './statistics.js';
import type { AreaStatistics, Progress } from './statistics.js';

/** An area on one map, as far as it is counted; null: nothing has come yet. */
export interface AreaCount {
  readonly map: CountedMap;
  readonly progress: Progress | null;
}

/** The maps whose numbers are there, all of them or not. */
export function countedOf(
  counts: readonly AreaCount[],
): readonly { readonly map: CountedMap; readonly statistics: AreaStatistics }[] {
  return counts.flatMap(({ map, progress }) => {
    const statistics = progress?.statistics ?? null;
    return statistics === null ? [] : [{ map, statistics }];
  });
}

/** Counts one area at a time, on every map that shows. */
export class AreaCounter {
  #running: AbortController | null = null;
  #asked = '';
  #counts: readonly AreaCount[] = [];

  constructor(
    /** Told at each step of each map. */
    readonly onCounts: (counts: readonly AreaCount[]) => void,
  ) {}

  get counts(): readonly AreaCount[] {
    return this.#counts;
  }

  /** Begins anew, unless the same is counted already or on its way: then false. */
  count(area: AreaGeometry, maps: readonly CountedMap[]): boolean {
    const asked = JSON.stringify([maps.map(({ query, version }) => [query, version]), area]);
    if (asked === this.#asked) return false;
    this.forget();
    const running = new AbortController();
    this.#running = running;
    this.#asked = asked;
    this.#counts = maps.map((map) => ({ map, progress: null }));
    for (const map of maps) {
      void countArea(
        map.query,
        area,
        (progress) => {
          this.#counts = this.#counts.map((count) => (count.map === map ? { map, progress } : count));
          this.onCounts(this.#counts);
        },
        running.signal,
      );
    }
    return true;
  }

  forget(): void {
    this.#running?.abort();
    this.#running = null;
    this.#asked = '';
    this.#counts = [];
  }
}
