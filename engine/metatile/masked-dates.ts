import { VALID_CLASSES } from '../pixels/mask.js';
import type { SeasonStack } from './season-stack.js';

/**
 * Why a date shows nothing of a pixel, the most telling first: where scenes of one date differ, the first that fits any of them.
 * `near-cloud`: usable itself, within the cloud buffer. `no-data`: without pixels in SCL or a band. `outside`: no scene reaches it.
 */
export const MASK_REASONS = [
  'cloud',
  'cirrus',
  'shadow',
  'near-cloud',
  'defective',
  'no-data',
  'outside',
] as const;
export type MaskReason = (typeof MASK_REASONS)[number];

/** A date with scenes and without a valid observation of the pixel. */
export interface MaskedDate {
  readonly date: string;
  /** The scene that the reason is of. */
  readonly scene: string;
  readonly reason: MaskReason;
}

/** By Sen2Cor's scene class; 0 and what is not here: no data. */
const REASON_OF_CLASS: Readonly<Record<number, MaskReason>> = {
  1: 'defective',
  3: 'shadow',
  8: 'cloud',
  9: 'cloud',
  10: 'cirrus',
};

/**
 * The dates that {@link observationsAt} leaves out for the target's pixel `i`, after its region has been read.
 * @param seen SCL at the pixel by date and place of the scene; null outside the scene or without SCL
 */
export function maskedDates(
  stack: SeasonStack,
  seen: readonly (readonly (number | null)[])[],
  i: number,
): MaskedDate[] {
  const { buffer } = stack.arena.memory;
  return stack.plan.flatMap(({ date, scenes }, d) => {
    const planes = stack.planes(d);
    const rank = new Uint8Array(buffer, planes.scene, stack.n)[i] ?? 0;
    const got = new Uint8Array(buffer, planes.got, stack.n)[i];
    if (rank > 0 && got === stack.allBands) return [];
    const candidates = new Uint16Array(buffer, planes.candidates, stack.n)[i] ?? 0;
    const reasons = scenes.map(({ id }, place) => ({
      date,
      scene: id,
      reason: reasonOf(seen[d]?.[place] ?? null, (candidates & (1 << place)) !== 0),
    }));
    const order = ({ reason }: MaskedDate): number => MASK_REASONS.indexOf(reason);
    return reasons.sort((a, b) => order(a) - order(b)).slice(0, 1);
  });
}

/** @param valid whether the SCL lets the pixel pass: then it is a band that has nothing */
function reasonOf(sceneClass: number | null, valid: boolean): MaskReason {
  if (valid) return 'no-data';
  if (sceneClass === null) return 'outside';
  return VALID_CLASSES.has(sceneClass) ? 'near-cloud' : (REASON_OF_CLASS[sceneClass] ?? 'no-data');
}
