import type { TileId } from '../../engine/geo/tile-matrix.js';
import type { MapKey } from '../tiles/tile-service.js';

/** What each kind of work needs to know: JSON, since it may travel. AOI jobs, training and file conversion will be kinds too. */
export interface WorkPayloads {
  readonly metatile: MetatilePayload;
  readonly point: PointPayload;
}

export type WorkKind = keyof WorkPayloads;

/** A z12 tile of a map, all of it: computed and archived. */
export interface MetatilePayload {
  readonly map: MapKey;
  readonly metatile: TileId;
  /** The feature that is to be archived too, for a layer that is a feature; null: the map itself. */
  readonly feature: string | null;
}

/** The series, features and classes of one map pixel. */
export interface PointPayload {
  readonly map: MapKey;
  /** Degrees. */
  readonly lon: number;
  readonly lat: number;
}

/**
 * Whose turn it is, best first: somebody waits for it; it was begun and nobody waits any more; somebody ordered it and
 * looks again later; it fills the map while nobody wants anything. The oldest first within a class.
 */
export const WORK_CLASSES = ['waited', 'begun', 'job', 'warming'] as const;
export type WorkClass = (typeof WORK_CLASSES)[number];

/** What decides when something is done. */
export interface Turn {
  readonly class: WorkClass;
  /** Since when somebody wants it, milliseconds of one clock. */
  readonly since: number;
}

/** Sorts by turn: what goes first is first. */
export function byTurn(a: Turn, b: Turn): number {
  return WORK_CLASSES.indexOf(a.class) - WORK_CLASSES.indexOf(b.class) || a.since - b.since;
}

/** One thing to do. */
export interface Work<K extends WorkKind = WorkKind> {
  readonly kind: K;
  /** The same key of one kind is the same work: done once, however often it is added. Of printable ASCII. */
  readonly key: string;
  readonly payload: WorkPayloads[K];
  readonly class: WorkClass;
  /** Who it is for: `public`, `warming`, an account. Counted, and decides nothing yet. */
  readonly owner: string;
}

/** True where `a` goes before `b`. */
export function isBetterClass(a: WorkClass, b: WorkClass): boolean {
  return WORK_CLASSES.indexOf(a) < WORK_CLASSES.indexOf(b);
}
