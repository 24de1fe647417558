import { reflectanceOf } from '../pixels/reflectance.js';
import type { Band } from '../scenes/scene.js';
import type { SeasonStack } from './season-stack.js';

/** One valid observation of a pixel. */
export interface Observation {
  readonly date: string;
  readonly scene: string;
  /** Surface reflectance by band. */
  readonly reflectance: Readonly<Partial<Record<Band, number>>>;
}

/** The dated series of the target's pixel `i`, after its region has been read: what the features are made of. */
export function observationsAt(stack: SeasonStack, i: number): Observation[] {
  const { buffer } = stack.arena.memory;
  const observations: Observation[] = [];
  stack.plan.forEach(({ date, scenes }, d) => {
    const planes = stack.planes(d);
    const rank = new Uint8Array(buffer, planes.scene, stack.n)[i] ?? 0;
    const got = new Uint8Array(buffer, planes.got, stack.n)[i];
    const scene = scenes[rank - 1];
    if (scene === undefined || got !== stack.allBands) return;
    const dn = new Uint16Array(buffer, planes.dn, stack.nPad * stack.bands.length);
    const { scale, offset } = scene.reflectance;
    const reflectance: Partial<Record<Band, number>> = {};
    stack.bands.forEach((band, place) => {
      reflectance[band] = reflectanceOf(dn[place * stack.nPad + i] ?? 0, scale, offset);
    });
    observations.push({ date, scene: scene.id, reflectance });
  });
  return observations;
}
