import type { SimulatedClass } from './classes.js';
import type { CropCalendar } from './crop-calendar.js';

export type UnitKind =
  | 'crop'
  | 'woodland'
  | 'riparian'
  | 'grass'
  | 'vlei'
  | 'water'
  | 'shore'
  | 'sand'
  | 'track'
  | 'road'
  | 'roof'
  | 'yard'
  | 'wall';

/** A piece of ground that looks alike all over on one date, but for texture: a land of a field, a kind of woodland, a roof. */
export interface GroundUnit {
  readonly kind: UnitKind;
  readonly class: SimulatedClass;
  /** Groups what belongs together (a field, a patch of bush, a village), so that training never sees half of it; ≥ 1. */
  readonly group: number;
  /** 0 pale sand over granite … 1 red clay. */
  readonly soil: number;
  /** 0 … 1: how dense trees stand, how lush grass is, how bright a roof is, how turbid water is. */
  readonly strength: number;
  /** Greenness varies this much from place to place inside, as a share. */
  readonly texture: number;
  readonly calendar?: CropCalendar;
  /** Grass and bush burn in the dry season: the day, counted from 1 September (may be negative). */
  readonly burnt?: number;
  /** Shore: the day from which the dam covers it. */
  readonly floods?: number;
}
