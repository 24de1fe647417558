import type { ErrorData } from '../../engine/errors.js';
import type { GroundArea, Zone } from './scene-grid.js';
import type { SceneGround } from './scene-ground.js';
import type { PassPlan } from './season-plan.js';
import type { WrittenScene } from './write-scene.js';

/** What the season's worker threads are asked to do, one at a time. */
export type SeasonJob =
  | { readonly kind: 'survey'; readonly zone: Zone; readonly area: GroundArea }
  | { readonly kind: 'ground'; readonly ground: SceneGround }
  | { readonly kind: 'scenes'; readonly zone: Zone; readonly pass: PassPlan; readonly folder: string }
  | { readonly kind: 'fields'; readonly path: string; readonly area: GroundArea; readonly perClass: number }
  | { readonly kind: 'baseline'; readonly path: string; readonly area: GroundArea };

export interface SeasonResults {
  survey: SceneGround;
  ground: null;
  scenes: WrittenScene[];
  fields: { readonly bytes: number; readonly points: number };
  baseline: { readonly bytes: number };
}

export type SeasonReply =
  { readonly result: SeasonResults[SeasonJob['kind']] } | { readonly error: ErrorData };
