import { METATILE_ZOOM, type TileId } from '../engine/geo/tile-matrix.js';
import type { ObjectStore } from './object-store.js';
import { distinctTiles, PYRAMID_BUCKET, type PyramidName } from './pyramid-keys.js';

/** What there is of a map, by listing the store: metatiles in the archive, and nodes. Throws what the store throws. */
export class PyramidListing {
  constructor(private readonly store: ObjectStore) {}

  /** Metatiles that have a newest version in the archive. */
  async archived(name: PyramidName): Promise<{ x: number; y: number }[]> {
    return this.metatiles(name, '');
  }

  /** Those of them that lie below a node. */
  async archivedBelow(name: PyramidName, node: TileId): Promise<{ x: number; y: number }[]> {
    const across = 2 ** (METATILE_ZOOM - node.z);
    const found: { x: number; y: number }[] = [];
    for (let x = node.x * across; x < (node.x + 1) * across; x++) {
      const column = await this.metatiles(name, `${x}/`);
      found.push(...column.filter(({ y }) => Math.floor(y / across) === node.y));
    }
    return found;
  }

  /** Nodes of which a version was ever written. */
  async existing({ recipe, season }: PyramidName, zoom?: number): Promise<TileId[]> {
    const start = `pyramid/${recipe}/${season}/`;
    const prefix = zoom === undefined ? start : `${start}${zoom}/`;
    const nodes: TileId[] = [];
    for await (const key of this.store.list(PYRAMID_BUCKET, prefix)) {
      const [, z, x, y] = /^(\d+)\/(\d+)\/(\d+)\/\d{8}\.json$/.exec(key.slice(start.length)) ?? [];
      if (y !== undefined) nodes.push({ z: Number(z), x: Number(x), y: Number(y) });
    }
    return distinctTiles(nodes);
  }

  /** @param column `{x}/` or, of all, nothing */
  private async metatiles(
    { recipe, season }: PyramidName,
    column: string,
  ): Promise<{ x: number; y: number }[]> {
    const found: { x: number; y: number }[] = [];
    const start = `archive/${recipe}/${season}/${METATILE_ZOOM}/`;
    for await (const key of this.store.list(PYRAMID_BUCKET, `${start}${column}`)) {
      const [, x, y] = /^(\d+)\/(\d+)\/current\.json$/.exec(key.slice(start.length)) ?? [];
      if (x !== undefined && y !== undefined) found.push({ x: Number(x), y: Number(y) });
    }
    return found;
  }
}
