import { breathe } from '../engine/breathe.js';
import type { EncodedProduct } from '../engine/encode/products.js';
import type { GeoCropError } from '../engine/errors.js';
import { hasArchivedBlock, readArchivedBlock } from './archive-cog.js';
import type { ObjectStore } from './object-store.js';
import { nodePrefix, nodeProductKey, PYRAMID_BUCKET } from './pyramid-keys.js';
import type { PyramidProducts } from './pyramid-map.js';
import { isDamage, type NodeVersion } from './pyramid-nodes.js';
import { openOldNode, type OldNode } from './pyramid-writer.js';

/** The COGs of nodes, whole: one a product in a version's folder. Throws what the store throws. */
export class PyramidFiles {
  constructor(
    private readonly store: ObjectStore,
    /** Told of each file that was there and could not be used. */
    private readonly onDamage?: (error: GeoCropError) => void,
  ) {}

  /** By product, none of a node that has no version; undefined where any is missing or damaged: then all is made anew. */
  async read(
    { name, node, document }: NodeVersion,
    { products }: PyramidProducts,
  ): Promise<Map<string, OldNode> | undefined> {
    const files = new Map<string, OldNode>();
    if (document === undefined) return files;
    for (const product of products) {
      const key = nodeProductKey(nodePrefix(name, node), document.folder, product);
      const bytes = await this.store.get(PYRAMID_BUCKET, key);
      if (bytes === undefined) return undefined;
      try {
        files.set(product, await openOldNode(bytes, product, key));
      } catch (error) {
        if (!isDamage(error)) throw error;
        this.onDamage?.(error);
        return undefined;
      }
    }
    return files;
  }

  /** Whether a node's files can all be read, every block of them. */
  async isWhole(version: NodeVersion, made: PyramidProducts): Promise<boolean> {
    if (version.document === undefined) return version.version === 0;
    const files = await this.read(version, made);
    if (files === undefined) return false;
    for (const [product, { cog, read, key }] of files) {
      for (const [level, { image }] of cog.levels.entries()) {
        for (let row = 0; row < image.across; row++) {
          await breathe();
          for (let column = 0; column < image.across; column++) {
            const at = { level, column, row };
            if (!hasArchivedBlock(cog, at, key)) continue;
            try {
              await readArchivedBlock(read, cog, product, at, key);
            } catch (error) {
              if (!isDamage(error)) throw error;
              this.onDamage?.(error);
              return false;
            }
          }
        }
      }
    }
    return true;
  }

  /**
   * Puts a version's files into its folder, of each product what describes it first.
   * @returns their keys
   */
  async write(
    prefix: string,
    folder: string,
    products: ReadonlyMap<string, EncodedProduct>,
  ): Promise<string[]> {
    const written: string[] = [];
    for (const [product, { tif, auxXml }] of products) {
      const key = nodeProductKey(prefix, folder, product);
      if (auxXml !== undefined) {
        written.push(`${key}.aux.xml`);
        await this.store.put(PYRAMID_BUCKET, `${key}.aux.xml`, Buffer.from(auxXml, 'utf8'), {
          contentType: 'application/xml',
        });
      }
      written.push(key);
      await this.store.put(PYRAMID_BUCKET, key, tif, {
        contentType: 'image/tiff; application=geotiff; profile=cloud-optimized',
      });
    }
    return written;
  }

  async remove(keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.store.delete(PYRAMID_BUCKET, key);
  }
}
