import { GeoCropError, isGeoCropError } from '../engine/errors.js';
import type { TileId } from '../engine/geo/tile-matrix.js';
import { parseDocument } from './archive-documents.js';
import type { ObjectStore } from './object-store.js';
import { isNodeDocument, type NodeDocument } from './pyramid-documents.js';
import { nodePrefix, PYRAMID_BUCKET, versionKey, versionOf, type PyramidName } from './pyramid-keys.js';

/** The newest version of a node. */
export interface NodeVersion {
  readonly name: PyramidName;
  readonly node: TileId;
  /** 0: there is none. */
  readonly version: number;
  /** undefined where there is none, or it is damaged: then it is to be made anew. */
  readonly document: NodeDocument | undefined;
}

export interface PyramidNodesOptions {
  /** Told of each file that was there and could not be used. */
  readonly onDamage?: (error: GeoCropError) => void;
}

/** A document that was listed may be gone when it is read: then a newer one is there. */
const LOOKS = 5;

/**
 * The documents of nodes: `{version}.json`, the highest is the newest. A version is only added, and only where it is not there yet, so of
 * two writers that both made the next one, one is told. Which is the newest is what a listing says: no object has to be kept in step.
 */
export class PyramidNodes {
  constructor(
    private readonly store: ObjectStore,
    private readonly options: PyramidNodesOptions = {},
  ) {}

  async newest(name: PyramidName, node: TileId): Promise<NodeVersion> {
    const prefix = nodePrefix(name, node);
    for (let look = 0; look < LOOKS; look++) {
      const versions = await this.versions(prefix);
      const version = Math.max(0, ...versions);
      if (version === 0) return { name, node, version, document: undefined };
      const key = versionKey(prefix, version);
      const bytes = await this.store.get(PYRAMID_BUCKET, key);
      if (bytes === undefined) continue;
      const document = parseDocument(bytes, isNodeDocument);
      if (document === undefined) this.options.onDamage?.(damagedDocument(key));
      return { name, node, version, document };
    }
    throw new GeoCropError('store-unavailable', `${prefix} changes faster than it can be read.`, {
      context: { prefix },
    });
  }

  /** The version after that one. `exists`: another writer was first. */
  async add({ name, node, version }: NodeVersion, document: NodeDocument): Promise<'written' | 'exists'> {
    const key = versionKey(nodePrefix(name, node), version + 1);
    return this.store.put(PYRAMID_BUCKET, key, Buffer.from(JSON.stringify(document), 'utf8'), {
      contentType: 'application/json',
      ifNoneMatch: '*',
    });
  }

  /**
   * Removes what was superseded `graceMs` ago: a reader may still hold what was newest until then. A writer that lost, or died, leaves a
   * folder: it goes the same way.
   */
  async sweep(name: PyramidName, node: TileId, graceMs: number, now: number): Promise<void> {
    const prefix = nodePrefix(name, node);
    const { version: newest, document } = await this.newest(name, node);
    // Of a damaged one nobody knows what it needs.
    if (document === undefined) return;
    const others: { readonly key: string; readonly version: number; readonly modified: Date }[] = [];
    const versions: { readonly version: number; readonly modified: Date }[] = [];
    for await (const { key, modified } of this.store.entries(PYRAMID_BUCKET, prefix)) {
      const version = versionOf(prefix, key);
      if (version !== undefined) versions.push({ version, modified });
      const made = version ?? folderVersion(prefix, key);
      if (made === undefined || made > newest || version === newest) continue;
      if (!key.startsWith(`${prefix}${document.folder}/`)) others.push({ key, version: made, modified });
    }
    for (const { key, version, modified } of others) {
      const successor = versions.find((other) => other.version > version);
      const since = (successor?.modified ?? modified).getTime();
      if (now - since >= graceMs) await this.store.delete(PYRAMID_BUCKET, key);
    }
  }

  private async versions(prefix: string): Promise<number[]> {
    const versions: number[] = [];
    for await (const key of this.store.list(PYRAMID_BUCKET, prefix)) {
      const version = versionOf(prefix, key);
      if (version !== undefined) versions.push(version);
    }
    return versions;
  }
}

/** The version that a folder was made for. */
function folderVersion(prefix: string, key: string): number | undefined {
  const [, digits] = /^(\d{8})-/.exec(key.slice(prefix.length)) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

function damagedDocument(key: string): GeoCropError {
  return new GeoCropError(
    'store-corrupt',
    `The pyramid's file ${key} is damaged: not the JSON that it should be.`,
    {
      hint: 'It is made again out of the archive.',
      context: { key },
    },
  );
}

/** True for what a damaged or lost file throws. */
export const isDamage = (error: unknown): error is GeoCropError => isGeoCropError(error, 'store-corrupt');
