import { leastSquaresProjection } from './least-squares.js';
import { NODE_STEP_DAYS } from './regular-series.js';

/** One cycle a year, in radians a day. */
const OMEGA = (2 * Math.PI) / 365.25;

/**
 * Projection rows of the least-squares fit of K node values on [1, cos ωt, sin ωt, cos 2ωt, sin 2ωt], the constant dropped:
 * four rows of K weights, for cos1, sin1, cos2, sin2.
 */
export function harmonicProjection(nodes: number): number[][] {
  const design = Array.from({ length: nodes }, (_, k) => {
    const phase = OMEGA * k * NODE_STEP_DAYS;
    return [1, Math.cos(phase), Math.sin(phase), Math.cos(2 * phase), Math.sin(2 * phase)];
  });
  return leastSquaresProjection(design).slice(1);
}

/** [cos1, sin1, cos2, sin2] of a series at the nodes, in its unit. */
export function harmonics(s: readonly number[]): number[] {
  return harmonicProjection(s.length).map((row) => row.reduce((sum, weight, k) => sum + weight * s[k]!, 0));
}
