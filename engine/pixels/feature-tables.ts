import { thirdsOf } from './features.js';
import { harmonicProjection } from './harmonics.js';
import { SMOOTHING_WEIGHTS } from './regular-series.js';

/**
 * The constants of a season that the features kernel reads, as float64, in this order (engine/kernels/assembly/tables.ts
 * reads them so): 2 ends of thirds, 25 smoothing weights (five rows of five), 4 · K harmonic projection rows.
 * @param nodes K: nodeCount() in regular-series.ts
 */
export function featureTables(nodes: number): Float64Array {
  return Float64Array.from([
    ...thirdsOf(nodes),
    ...SMOOTHING_WEIGHTS.flat(),
    ...harmonicProjection(nodes).flat(),
  ]);
}

/** Bytes of a v128. */
const VECTOR = 16;

/**
 * Scratch bytes of the features kernel for D dates and K nodes; layout in engine/kernels/assembly/layout.ts: 20 vectors a
 * date, 4 a node.
 */
export function featureScratchBytes(dates: number, nodes: number): number {
  return VECTOR * (20 * dates + 4 * nodes);
}
