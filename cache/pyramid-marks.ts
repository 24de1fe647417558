import { randomBytes } from 'node:crypto';
import type { TileId } from '../engine/geo/tile-matrix.js';
import { parseDocument } from './archive-documents.js';
import type { ObjectStore } from './object-store.js';
import { MARKS_PREFIX, PYRAMID_BUCKET, type PyramidName } from './pyramid-keys.js';

/** Something that the pyramid does not show yet. */
export interface Mark extends PyramidName {
  /** Names this mark only: what comes while it is worked on has one of its own. */
  readonly key: string;
  /** A metatile; or a node that is broken. */
  readonly place: TileId;
  /** When it was made, milliseconds by its maker's clock. */
  readonly madeAt: number;
}

/** What a mark says of a metatile; nothing of a node. */
export interface MarkContent {
  readonly scenes?: string;
  readonly lookedUpAt?: string;
  /** It has no scenes, and nothing is archived of it. */
  readonly empty?: boolean;
}

/**
 * Small objects, one a change, put before the change can be seen and removed once the pyramid shows it. Whoever dies in between leaves
 * the mark, and another finds it.
 */
export class PyramidMarks {
  constructor(
    private readonly store: ObjectStore,
    private readonly now: () => number,
  ) {}

  async put({ recipe, season }: PyramidName, place: TileId, content: MarkContent): Promise<Mark> {
    const madeAt = this.now();
    const { z, x, y } = place;
    const name = [z, x, y, madeAt.toString(36), randomBytes(6).toString('hex')].join('-');
    const key = `${MARKS_PREFIX}${recipe}/${season}/${name}.json`;
    await this.store.put(PYRAMID_BUCKET, key, Buffer.from(JSON.stringify(content), 'utf8'), {
      contentType: 'application/json',
    });
    return { recipe, season, key, place, madeAt };
  }

  /** All that are there, of every map; what is no mark is passed over. */
  async list(): Promise<Mark[]> {
    const marks: Mark[] = [];
    for await (const key of this.store.list(PYRAMID_BUCKET, MARKS_PREFIX)) {
      const mark = parseMark(key);
      if (mark !== undefined) marks.push(mark);
    }
    return marks;
  }

  /** undefined where it is gone: another has used it. */
  async read({ key }: Mark): Promise<MarkContent | undefined> {
    const bytes = await this.store.get(PYRAMID_BUCKET, key);
    // A damaged one still says where to look.
    return bytes && (parseDocument(bytes, isContent) ?? {});
  }

  async remove({ key }: Mark): Promise<void> {
    await this.store.delete(PYRAMID_BUCKET, key);
  }
}

function parseMark(key: string): Mark | undefined {
  const [, recipe, season, z, x, y, time] =
    /^([^/]+)\/([^/]+)\/(\d+)-(\d+)-(\d+)-([0-9a-z]+)-[0-9a-f]+\.json$/.exec(
      key.slice(MARKS_PREFIX.length),
    ) ?? [];
  if (recipe === undefined || season === undefined || time === undefined) return undefined;
  const place = { z: Number(z), x: Number(x), y: Number(y) };
  return { recipe, season, key, place, madeAt: parseInt(time, 36) };
}

function isContent(value: unknown): value is MarkContent {
  if (typeof value !== 'object' || value === null) return false;
  const { scenes, lookedUpAt, empty } = value as Record<string, unknown>;
  return (
    [scenes, lookedUpAt].every((text) => text === undefined || typeof text === 'string') &&
    (empty === undefined || typeof empty === 'boolean')
  );
}
