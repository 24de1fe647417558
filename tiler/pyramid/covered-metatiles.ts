import { LRUCache } from 'lru-cache';
import type { PyramidView } from '../../cache/pyramid.js';
import { CellBits } from '../../cache/pyramid-documents.js';
import { ancestor, CELL_ZOOM } from '../../cache/pyramid-keys.js';
import { breathe } from '../../engine/breathe.js';
import type { Coverage } from '../../engine/geo/coverage.js';
import { METATILE_ZOOM, tileBoundsLonLat, type TileId } from '../../engine/geo/tile-matrix.js';

const CELLS = 10_000;
const TILES = 2_000;

/** Which metatiles a map is to have, by the coverage: worked out once a z8 cell, since each is held against a country's outline. */
export class CoveredMetatiles {
  readonly #bits = new LRUCache<string, CellBits>({ max: CELLS });
  readonly #cells = new LRUCache<string, readonly TileId[]>({ max: TILES });

  constructor(private readonly coverage: Pick<Coverage, 'meetsBox'>) {}

  /** Whether everything below the tile that is covered is there, or known to have no scenes. */
  async isComplete({ tile, cells, metatiles }: PyramidView): Promise<boolean> {
    if (tile.z > CELL_ZOOM) {
      const covered = await this.#ofCell(ancestor(tile, CELL_ZOOM));
      const known = new Set(metatiles.map(({ x, y }) => `${x}/${y}`));
      return childrenOf(tile, METATILE_ZOOM).every(
        (metatile) => !covered.has(metatile) || known.has(`${metatile.x}/${metatile.y}`),
      );
    }
    const known = new Map(cells.map((cell) => [`${cell.x}/${cell.y}`, cell]));
    for (const cell of this.#coveredCells(tile)) {
      const there = known.get(`${cell.x}/${cell.y}`);
      if (there === undefined) return false;
      const covered = await this.#ofCell(cell);
      if (!covered.within(CellBits.fromHex(there.filled), CellBits.fromHex(there.empty))) return false;
    }
    return true;
  }

  #coveredCells(tile: TileId): readonly TileId[] {
    const key = `${tile.z}/${tile.x}/${tile.y}`;
    const known = this.#cells.get(key);
    if (known !== undefined) return known;
    const cells = this.#descend(tile);
    this.#cells.set(key, cells);
    return cells;
  }

  #descend(tile: TileId): TileId[] {
    if (!this.#meets(tile)) return [];
    if (tile.z === CELL_ZOOM) return [tile];
    return childrenOf(tile, tile.z + 1).flatMap((child) => this.#descend(child));
  }

  async #ofCell(cell: TileId): Promise<CellBits> {
    const key = `${cell.x}/${cell.y}`;
    const known = this.#bits.get(key);
    if (known !== undefined) return known;
    await breathe();
    const bits = CellBits.none();
    for (const metatile of childrenOf(cell, METATILE_ZOOM)) if (this.#meets(metatile)) bits.add(metatile);
    this.#bits.set(key, bits);
    return bits;
  }

  #meets(tile: TileId): boolean {
    return this.coverage.meetsBox(tileBoundsLonLat(tile));
  }
}

/** The tiles of a deeper zoom below one, row by row. */
function childrenOf(tile: TileId, z: number): TileId[] {
  const across = 2 ** (z - tile.z);
  return Array.from({ length: across * across }, (_, i) => ({
    z,
    x: tile.x * across + (i % across),
    y: tile.y * across + Math.floor(i / across),
  }));
}
