import type { Rgba } from '../../engine/encode/png.js';
import { encodePng } from '../../engine/encode/png.js';
import type { EncodedTile } from './render-tile.js';
import { CONTENT_TYPES } from './format.js';

/** Pixels from stripe to stripe along a row; it divides 256, so that the hatch runs on from tile to tile. */
const PERIOD = 16;
/** Share of the period that is stripe. */
const WIDTH = 0.36;
/** A blue-grey that shows on light and on dark maps. */
const COLOR = [108, 124, 143] as const;
const STRIPE_ALPHA = 88;
const GROUND_ALPHA = 18;
/** Steps of alpha between ground and stripe, which make the edges smooth; with them the palette has 16 colours. */
const STEPS = 16;

/** The picture of a tile that is being computed: a soft hatch over what lies below. @param scale 1 or 2 */
export async function pendingTile(scale: 1 | 2): Promise<EncodedTile> {
  const side = 256 * scale;
  const period = PERIOD * scale;
  const data = new Uint8Array(side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++)
      data[y * side + x] = Math.round(cover((x + y) % period, period) * (STEPS - 1));
  }
  const palette = Array.from({ length: STEPS }, (_, step): Rgba => {
    const share = step / (STEPS - 1);
    return [...COLOR, Math.round(GROUND_ALPHA + share * (STRIPE_ALPHA - GROUND_ALPHA))];
  });
  const body = await encodePng({ kind: 'palette', width: side, height: side, data, palette });
  return { body, contentType: CONTENT_TYPES.png };
}

/** How much of the pixel at `phase` the stripe covers, 0 to 1, with an edge of one pixel. */
function cover(phase: number, period: number): number {
  const fromMiddle = Math.abs(phase - period / 2);
  return Math.min(1, Math.max(0, (WIDTH * period) / 2 - fromMiddle + 0.5));
}
