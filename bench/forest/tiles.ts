import type { Thresholds } from '../../engine/forest/thresholds.js';
import { KernelArena, runFeatures, seededRandom } from '../../engine/kernels/testing.js';
import { FEATURE_ORDER_V1 } from '../../engine/pixels/feature-order.js';
import { featureInput, PIXELS } from '../season/feature-input.js';

const FEATURES = FEATURE_ORDER_V1.length;

/** The features of a native tile, float32, column-major, [features][pixels]. */
export interface Tile {
  readonly name: string;
  readonly columns: Float32Array;
}

/** Fields of one crop each, as the bench's season has them, and what grows on each pixel. */
export async function tileOfFields(): Promise<Tile & { readonly crop: Uint8Array }> {
  const input = featureInput();
  const arena = await KernelArena.create(160 << 20);
  const { features } = runFeatures(arena, input);
  return { name: 'fields', columns: features.slice(0, FEATURES * PIXELS), crop: input.crop };
}

/** No two pixels alike: each feature uniform over the range of a model's thresholds on it, and a twentieth more on both sides. */
export function tileOfNoise(thresholds: Thresholds): Tile {
  const random = seededRandom(20);
  const columns = new Float32Array(FEATURES * PIXELS);
  for (let f = 0; f < FEATURES; f += 1) {
    const own = thresholds[f] ?? new Float32Array(0);
    const [low, high] = [own[0] ?? 0, own.at(-1) ?? 1];
    const margin = (high - low) / 20;
    for (let i = f * PIXELS; i < (f + 1) * PIXELS; i += 1) {
      columns[i] = low - margin + random() * (high - low + 2 * margin);
    }
  }
  return { name: 'noise', columns };
}

/** Row by row, as other runtimes take it: [pixels][features]. */
export function rowsOf({ columns }: Tile): Float32Array {
  const rows = new Float32Array(columns.length);
  for (let f = 0; f < FEATURES; f += 1) {
    for (let i = 0; i < PIXELS; i += 1) rows[i * FEATURES + f] = columns[f * PIXELS + i]!;
  }
  return rows;
}
