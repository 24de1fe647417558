import type { Metatile } from '../archive-keys.js';
import type { Uses } from './usage-document.js';

/** When each metatile of each map was looked at last, as far as the journals tell. */
export class LastUse {
  private readonly at = new Map<string, number>();

  /** @param now milliseconds since 1970: nothing was looked at later, whatever a wrong clock wrote */
  constructor(private readonly now: number) {}

  add(uses: Uses): void {
    for (const { map, metatiles } of uses) {
      for (const { x, y, at } of metatiles) {
        const key = `${map}/${x}/${y}`;
        this.at.set(key, Math.max(this.at.get(key) ?? 0, Math.min(at, this.now)));
      }
    }
  }

  /** Milliseconds since 1970; undefined where no journal knows it. */
  of(recipe: string, season: string, { x, y }: Metatile): number | undefined {
    return this.at.get(`${recipe}/${season}/${x}/${y}`);
  }

  get size(): number {
    return this.at.size;
  }

  entries(): Uses {
    const maps = new Map<string, { x: number; y: number; at: number }[]>();
    for (const [key, at] of this.at) {
      const [recipe = '', season = '', x, y] = key.split('/');
      const map = `${recipe}/${season}`;
      const metatiles = maps.get(map) ?? [];
      metatiles.push({ x: Number(x), y: Number(y), at });
      maps.set(map, metatiles);
    }
    return [...maps].map(([map, metatiles]) => ({ map, metatiles }));
  }
}
