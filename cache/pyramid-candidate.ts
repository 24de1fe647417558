import type { Archive } from './archive.js';
import type { MetatileEntry } from './pyramid-documents.js';
import type { PyramidName } from './pyramid-keys.js';
import type { MarkContent } from './pyramid-marks.js';

/** A metatile that may be new, and what a mark says of it. */
export interface Candidate {
  readonly metatile: { readonly x: number; readonly y: number };
  readonly content: MarkContent;
}

/**
 * What a node should have of a metatile: what is archived, or that there is nothing. undefined where it is not archived and nothing says
 * that it has no scenes. Throws what the store throws.
 */
export async function wantedEntry(
  archive: Pick<Archive, 'current'>,
  { recipe, season }: PyramidName,
  { metatile, content }: Candidate,
): Promise<MetatileEntry | undefined> {
  const current = await archive.current(recipe, season, metatile);
  const { x, y } = metatile;
  const emptySince = content.empty === true ? (content.lookedUpAt ?? '') : null;
  if (emptySince !== null && (current === undefined || (current.lookedUpAt ?? '') < emptySince)) {
    const { scenes = '', lookedUpAt = null } = content;
    return { x, y, scenes, lookedUpAt, newest: null, empty: true };
  }
  if (current === undefined) return undefined;
  return {
    x,
    y,
    scenes: current.scenes,
    lookedUpAt: current.lookedUpAt ?? null,
    newest: newestScene(current.item.properties),
    empty: false,
  };
}

/** What engine/encode/stac-item.ts says of the scenes. */
function newestScene(properties: Readonly<Record<string, unknown>>): string | null {
  const scenes = properties['geocrop:scenes'];
  const newest = typeof scenes === 'object' && scenes !== null && 'newest' in scenes ? scenes.newest : null;
  return typeof newest === 'string' ? newest : null;
}
