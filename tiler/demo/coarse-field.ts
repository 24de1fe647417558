import { fractal } from './random.js';
import { WORLD_HALF_SIDE } from './ground.js';

/**
 * Noise of long wavelength, computed once on a grid a twelfth of the wavelength wide and read between its nodes
 * (Catmull-Rom, so that slopes have no kinks): the world asks for it millions of times.
 */
export class CoarseField {
  private readonly values: Float64Array;
  private readonly side: number;
  private readonly step: number;

  constructor(seed: number, wavelength: number, octaves: number) {
    this.step = wavelength / 12;
    this.side = Math.ceil((2 * WORLD_HALF_SIDE) / this.step) + 8;
    this.values = new Float64Array(this.side * this.side);
    for (let j = 0; j < this.side; j++) {
      for (let i = 0; i < this.side; i++) {
        const x = (i - 4) * this.step - WORLD_HALF_SIDE;
        const y = (j - 4) * this.step - WORLD_HALF_SIDE;
        this.values[j * this.side + i] = fractal(seed, x / wavelength, y / wavelength, octaves);
      }
    }
  }

  /** About [−1, 1]; beyond the world's edge its margin goes on. */
  at(x: number, y: number): number {
    const limit = this.side - 3.001;
    const gx = Math.min(limit, Math.max(1, (x + WORLD_HALF_SIDE) / this.step + 4));
    const gy = Math.min(limit, Math.max(1, (y + WORLD_HALF_SIDE) / this.step + 4));
    const i = Math.floor(gx);
    const j = Math.floor(gy);
    const fx = gx - i;
    const at = (j - 1) * this.side + i;
    return cubic(
      this.row(at, fx),
      this.row(at + this.side, fx),
      this.row(at + 2 * this.side, fx),
      this.row(at + 3 * this.side, fx),
      gy - j,
    );
  }

  private row(at: number, t: number): number {
    const v = this.values;
    return cubic(v[at - 1] as number, v[at] as number, v[at + 1] as number, v[at + 2] as number, t);
  }
}

function cubic(a: number, b: number, c: number, d: number, t: number): number {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}
