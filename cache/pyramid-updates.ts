import type { BlockParts, ReducedBlock } from '../engine/encode/reduce-block.js';
import { GeoCropError } from '../engine/errors.js';
import type { TileId } from '../engine/geo/tile-matrix.js';
import type { ChangeOf } from './pyramid-change.js';
import type { NodeDocument } from './pyramid-documents.js';
import type { PyramidFiles } from './pyramid-files.js';
import { newFolder, nodePrefix, type PyramidName } from './pyramid-keys.js';
import type { PyramidMap } from './pyramid-map.js';
import { isDamage, type PyramidNodes } from './pyramid-nodes.js';
import { buildNode, type OldNode } from './pyramid-writer.js';

export interface PyramidUpdatesOptions {
  readonly nodes: PyramidNodes;
  readonly files: PyramidFiles;
  readonly reduce: (parts: BlockParts) => Promise<ReducedBlock>;
  readonly now: () => Date;
  readonly onDamage?: (error: GeoCropError) => void;
  /** What was superseded stays for this long, milliseconds: a reader may hold it. Default 60,000. */
  readonly graceMs?: number;
}

const DEFAULT_GRACE_MS = 60_000;
/** Each time that another writer was first, one update got in: so many in a row are a fault. */
const MOST_TRIES = 200;

/**
 * Updates single nodes as compare and swap: the newest version is read first, then what it is made of, then the next version is added,
 * unless another writer was first; and an update counts as done only once the newest version, read again, needs no change.
 */
export class PyramidUpdates {
  constructor(private readonly options: PyramidUpdatesOptions) {}

  /**
   * @param broken the node is to be made anew
   * Throws `store-unavailable` where others are always first, `aborted`, and what the store throws.
   */
  async update(
    { name, made }: PyramidMap,
    node: TileId,
    changeOf: ChangeOf,
    broken: boolean,
    signal?: AbortSignal,
  ): Promise<void> {
    const { nodes, files, reduce, now, onDamage } = this.options;
    const prefix = nodePrefix(name, node);
    let anew = broken;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const version = await nodes.newest(name, node);
      if (version.document === undefined && version.version > 0) anew = true;
      const change = await changeOf(version, anew);
      if (change === undefined) return;
      let folder = anew ? undefined : version.document?.folder;
      let written: readonly string[] = [];
      if (change.changed.length > 0) {
        const old = anew ? new Map<string, OldNode>() : await files.read(version, made);
        if (old === undefined) {
          anew = true;
          continue;
        }
        let built;
        try {
          built = await buildNode({
            node,
            made,
            old: (product) => old.get(product),
            changed: change.changed,
            read: change.read,
            reduce,
            ...(signal === undefined ? {} : { signal }),
          });
        } catch (error) {
          if (!isDamage(error) || anew) throw error;
          onDamage?.(error);
          anew = true;
          continue;
        }
        // What could not be read is left as it is: asked again, it gives no change any more.
        if (built === undefined) continue;
        if (built.used.length < change.changed.length) continue;
        folder = newFolder(version.version + 1);
        written = await files.write(prefix, folder, built.products);
      }
      const document: NodeDocument = {
        format: 1,
        folder: folder ?? newFolder(version.version + 1),
        products: made.products,
        metatiles: change.metatiles,
        cells: change.cells,
        created: now().toISOString(),
      };
      const outcome = await nodes.add(version, document);
      if (outcome === 'written') anew = false;
      else await files.remove(written);
      await this.sweep(name, node);
    }
    throw new GeoCropError('store-unavailable', `${prefix} changes faster than it can be written.`, {
      context: { prefix },
    });
  }

  /** Removes what was superseded long enough ago. */
  async sweep(name: PyramidName, node: TileId): Promise<void> {
    const { nodes, now, graceMs = DEFAULT_GRACE_MS } = this.options;
    await nodes.sweep(name, node, graceMs, now().getTime());
  }
}
