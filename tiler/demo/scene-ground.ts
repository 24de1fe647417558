import { fractal, noise2 } from './random.js';
import { groundOfPixel, type SceneGrid } from './scene-grid.js';
import type { GroundUnit } from './ground-unit.js';
import { World } from './world.js';

/** Places inside a 10 m pixel, metres from its centre: what lies there is mixed, as a sensor mixes it. */
const INSIDE: readonly (readonly [number, number])[] = [
  [-2.7, 2.3],
  [2.3, 2.7],
  [-2.3, -2.7],
  [2.7, -2.3],
];
export const SUBPIXELS = INSIDE.length;
const SEED = 5301;

/** What the ground under one zone's scenes is, the same on every date. Arrays may be shared between threads. */
export interface SceneGround {
  readonly grid: SceneGrid;
  readonly units: readonly GroundUnit[];
  /** Indices into `units`: {@link SUBPIXELS} a pixel. */
  readonly unitOf: Uint16Array;
  /** −127 … 127: greener or thinner than the unit's mean. */
  readonly vigour: Int8Array;
  /** −127 … 127: lighter or darker than the unit's mean. */
  readonly light: Int8Array;
}

export function surveyGround(grid: SceneGrid, onRow?: (done: number, of: number) => void): SceneGround {
  const world = new World();
  const pixels = grid.width * grid.height;
  const unitOf = new Uint16Array(new SharedArrayBuffer(pixels * SUBPIXELS * 2));
  const vigour = new Int8Array(new SharedArrayBuffer(pixels));
  const light = new Int8Array(new SharedArrayBuffer(pixels));
  for (let row = 0; row < grid.height; row++) {
    for (let col = 0; col < grid.width; col++) {
      const i = row * grid.width + col;
      const { x, y } = groundOfPixel(grid, col, row);
      for (let k = 0; k < SUBPIXELS; k++) {
        const [dx, dy] = INSIDE[k] as (typeof INSIDE)[number];
        unitOf[i * SUBPIXELS + k] = world.unitAt(x + dx, y + dy);
      }
      // Patches of better soil, and the grain of crowns and rows.
      const patches = fractal(SEED, x / 210, y / 210, 3, 0.6);
      const grain = noise2(SEED + 9, x / 23, y / 23);
      vigour[i] = clampByte(95 * patches + 34 * grain);
      light[i] = clampByte(
        80 * fractal(SEED + 20, x / 420, y / 420, 3) + 24 * noise2(SEED + 29, x / 38, y / 38),
      );
    }
    if (row % 64 === 63) onRow?.(row + 1, grid.height);
  }
  if (world.units.length > 0xffff)
    throw new RangeError(`${world.units.length} kinds of ground, at most 65535`);
  return { grid, units: world.units, unitOf, vigour, light };
}

const clampByte = (value: number): number => Math.round(Math.min(127, Math.max(-127, value)));
