import type { TileId } from '../engine/geo/tile-matrix.js';
import type { Cell, MetatileEntry } from './pyramid-documents.js';
import type { NodeVersion } from './pyramid-nodes.js';
import type { ChildTile } from './pyramid-writer.js';

/** What is to change in a node, by what is there now. */
export interface NodeChange {
  /** What its next version says. */
  readonly metatiles: readonly MetatileEntry[];
  readonly cells: readonly Cell[];
  /** Children with other pixels. */
  readonly changed: readonly TileId[];
  /** undefined where the child cannot be read: it then is no change any more. */
  readonly read: (child: TileId) => Promise<ChildTile | undefined>;
}

/**
 * Asked anew for every version that an update finds; undefined: it needs no change.
 * @param anew all of the node is to be made, whatever has changed
 */
export type ChangeOf = (version: NodeVersion, anew: boolean) => Promise<NodeChange | undefined>;
