import type { TileId } from '../../engine/geo/tile-matrix.js';
import type { Metatile } from '../archive-keys.js';

/** Objects and what they take. */
export interface Tally {
  readonly objects: number;
  readonly bytes: number;
}

/** The files of one metatile that were made of one list of scenes. Times are milliseconds since 1970. */
export interface StoredVersion {
  readonly scenes: string;
  readonly files: number;
  readonly bytes: number;
  /** When its `item.json` was written; null: it has none, and counts as not there. */
  readonly finishedAt: number | null;
  /** When the newest of its files was written. */
  readonly writtenAt: number;
}

export interface StoredMetatile {
  readonly recipe: string;
  /** `summer-2021`. */
  readonly season: string;
  readonly metatile: Metatile;
  readonly versions: readonly StoredVersion[];
  /** `current.json`; null where there is none. */
  readonly pointer: { readonly bytes: number; readonly writtenAt: number } | null;
  /**
   * Versions that somebody may be sent: named by `current.json` or a scene list. null: not looked up, since nothing hangs
   * on it (fewer than two finished versions).
   */
  readonly named: ReadonlySet<string> | null;
}

/** A scene list, or the faults that belong to one. */
export interface StoredSceneList {
  readonly key: string;
  /** The catalogue's name. */
  readonly source: string;
  readonly season: string;
  readonly metatile: Metatile;
  readonly bytes: number;
  readonly writtenAt: number;
}

/** A node of the pyramid, whatever its versions. */
export interface StoredNode {
  readonly recipe: string;
  readonly season: string;
  readonly node: TileId;
}

/** All that is in `geocrop-results`, as it was listed. */
export interface Inventory {
  readonly metatiles: readonly StoredMetatile[];
  readonly sceneLists: readonly StoredSceneList[];
  /** Catalogues' facts. */
  readonly catalogues: Tally;
  readonly pyramid: Tally;
  readonly nodes: readonly StoredNode[];
  /** Journals of use, and what warming measured. */
  readonly notes: Tally;
  /** Keys that GeoCrop does not write: never touched. */
  readonly foreign: Tally & { readonly examples: readonly string[] };
}

/** All of a metatile's bytes, its pointer's among them. */
export function bytesOf({ versions, pointer }: Pick<StoredMetatile, 'versions' | 'pointer'>): number {
  return versions.reduce((sum, { bytes }) => sum + bytes, pointer?.bytes ?? 0);
}
