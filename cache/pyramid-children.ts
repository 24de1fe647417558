import type { GeoCropError } from '../engine/errors.js';
import type { TileId } from '../engine/geo/tile-matrix.js';
import type { Raster } from '../engine/raster.js';
import type { Archive } from './archive.js';
import { hasArchivedBlock, readArchivedBlock } from './archive-cog.js';
import { KeptHeaders } from './kept-headers.js';
import type { ObjectStore } from './object-store.js';
import { placeIn } from './pyramid.js';
import type { MetatileEntry } from './pyramid-documents.js';
import { nodePrefix, nodeProductKey, PYRAMID_BUCKET } from './pyramid-keys.js';
import type { PyramidMap, PyramidProducts } from './pyramid-map.js';
import type { PyramidMarks } from './pyramid-marks.js';
import { isDamage, type NodeVersion, type PyramidNodes } from './pyramid-nodes.js';
import type { ChildTile } from './pyramid-writer.js';

export interface PyramidChildrenOptions {
  readonly store: ObjectStore;
  readonly archive: Pick<Archive, 'readTile'>;
  readonly nodes: PyramidNodes;
  readonly marks: PyramidMarks;
  readonly onDamage?: (error: GeoCropError) => void;
}

const HEADERS = 100;

/** Reads what nodes are made of. Throws what the store throws. */
export class PyramidChildren {
  private readonly headers: KeptHeaders;

  constructor(private readonly options: PyramidChildrenOptions) {
    this.headers = new KeptHeaders(options.store, PYRAMID_BUCKET, HEADERS);
  }

  /** A metatile as one tile, by what its node says of it; undefined where that is not archived. */
  async metatile(
    { name: { recipe, season }, made: { products } }: PyramidMap,
    tile: TileId,
    entry: MetatileEntry,
  ): Promise<ChildTile | undefined> {
    const rasters = new Map<string, Raster | null>();
    for (const product of products) {
      if (entry.empty) rasters.set(product, null);
      else {
        const { archive } = this.options;
        const raster = await archive.readTile(recipe, season, entry, entry.scenes, product, tile);
        if (raster === undefined) return undefined;
        rasters.set(product, raster);
      }
    }
    return rasters;
  }

  /**
   * The whole of a node as one tile: its smallest overview; undefined where that cannot be read. A node that is broken gets a mark of
   * its own.
   */
  async node(
    { name, node, version, document }: NodeVersion,
    { products }: PyramidProducts,
  ): Promise<ChildTile | undefined> {
    const rasters = new Map<string, Raster | null>();
    for (const product of products) {
      const key = nodeProductKey(nodePrefix(name, node), document?.folder ?? '', product);
      const at = placeIn(node, node);
      try {
        const raster = await this.headers.use({ key, product, form: 'node' }, undefined, async (read, cog) =>
          hasArchivedBlock(cog, at, key) ? readArchivedBlock(read, cog, product, at, key) : null,
        );
        if (raster !== undefined) {
          rasters.set(product, raster);
          continue;
        }
        // A newer version is there, or a file is lost.
        if ((await this.options.nodes.newest(name, node)).version !== version) return undefined;
      } catch (error) {
        if (!isDamage(error)) throw error;
        this.options.onDamage?.(error);
        await this.options.store.delete(PYRAMID_BUCKET, key);
      }
      await this.options.marks.put(name, node, {});
      return undefined;
    }
    return rasters;
  }
}
