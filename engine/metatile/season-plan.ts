import { GeoCropError } from '../errors.js';
import { fusionOrder } from '../pixels/fusion.js';
import type { Scene, SceneList } from '../scenes/scene.js';
import { dayOfSeason, type SeasonWindow } from '../season.js';

/** Kernels keep a bit for each scene of a date. Eight MGRS tiles can meet at a zone's border; twice that is ample. */
export const MAX_SCENES_A_DATE = 16;

/** The scenes of one UTC date in fusion order: a scene's rank is its place here plus one. */
export interface DatePlan {
  readonly date: string;
  /** Days since the season's first day. */
  readonly t: number;
  readonly scenes: readonly Scene[];
}

/** Dates rising. Plain data: what will be read, before a byte is. */
export type SeasonPlan = readonly DatePlan[];

export function planSeason(list: Pick<SceneList, 'scenes'>, season: SeasonWindow): SeasonPlan {
  const byDate = new Map<string, Scene[]>();
  for (const scene of list.scenes) {
    const scenes = byDate.get(scene.date);
    if (scenes === undefined) byDate.set(scene.date, [scene]);
    else scenes.push(scene);
  }
  return [...byDate]
    .map(([date, scenes]) => ({ date, t: dayOfSeason(season, date), scenes: scenes.sort(fusionOrder) }))
    .sort((a, b) => a.t - b.t)
    .map((plan) => {
      if (plan.scenes.length > MAX_SCENES_A_DATE) {
        throw new GeoCropError(
          'item-malformed',
          `${plan.scenes.length} scenes of ${plan.date} meet one metatile; at most ${MAX_SCENES_A_DATE} can be fused.`,
          {
            hint: 'The catalogue probably lists the same acquisition many times: name the collection to use.',
          },
        );
      }
      return plan;
    });
}
