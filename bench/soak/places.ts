import type { TileId } from '../../engine/geo/tile-matrix.js';

/** A metatile of a map. */
export interface Place {
  /** Query of the map: `season=summer&year=2021`. */
  readonly map: string;
  readonly metatile: TileId;
}

/** Metatiles in the east of Zimbabwe, wholly inside its coverage and the zone of the endless world; ends excluded. */
const AREA = { left: 2390, right: 2414, top: 2246, bottom: 2286 } as const;
/** Closed summers that an API is taken to have. */
const YEARS = [2017, 2018, 2019, 2020, 2021, 2022, 2023, 2024] as const;
/** Summers that begin a day apart: each is a map of its own, so that the fastest machine does not come to the end of them. */
const SEASONS = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
/** What `GEOCROP_SEASONS` is given. */
export const SEASONS_SETTING = SEASONS.map((name, i) => `${name}=09-0${i + 1}..05-31`).join();
/** All maps that there are. */
export const MAPS: readonly string[] = SEASONS.flatMap((season) =>
  YEARS.map((year) => `season=${season}&year=${year}`),
);
/** Metatiles across a square that a desktop's window shows a part of. */
export const SQUARE = 2;

/** Places that nobody has asked for yet, in an order of chance. @throws RangeError where there are none left */
export class Places {
  readonly #squares: Place[] = [];
  readonly #single: Place[] = [];

  constructor(random: () => number) {
    for (const map of MAPS) {
      for (let x = AREA.left; x < AREA.right; x += SQUARE) {
        for (let y = AREA.top; y < AREA.bottom; y += SQUARE) {
          this.#squares.push({ map, metatile: { z: 12, x, y } });
        }
      }
    }
    // Fisher and Yates.
    for (let last = this.#squares.length - 1; last > 0; last -= 1) {
      const other = Math.floor(random() * (last + 1));
      const [a, b] = [this.#squares[last], this.#squares[other]];
      if (a !== undefined && b !== undefined) [this.#squares[last], this.#squares[other]] = [b, a];
    }
  }

  /** The upper left metatile of {@link SQUARE} × {@link SQUARE}. */
  square(): Place {
    const place = this.#squares.pop();
    if (place === undefined) throw new RangeError('the soak has asked for all that there is');
    return place;
  }

  one(): Place {
    if (this.#single.length === 0) {
      const { map, metatile } = this.square();
      for (let i = 0; i < SQUARE * SQUARE; i += 1) {
        const [dx, dy] = [i % SQUARE, Math.floor(i / SQUARE)];
        this.#single.push({ map, metatile: { z: 12, x: metatile.x + dx, y: metatile.y + dy } });
      }
    }
    return this.#single.pop() as Place;
  }
}

/** Native tiles from the upper left of a metatile, row by row. */
export function viewOf({ metatile }: Place, across: number, down: number): TileId[] {
  return Array.from({ length: across * down }, (_, i) => ({
    z: 14,
    x: 4 * metatile.x + (i % across),
    y: 4 * metatile.y + Math.floor(i / across),
  }));
}
