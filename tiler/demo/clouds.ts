import { HALF_SIDE } from './ground.js';
import { fractal, noise2, smoothStep } from './random.js';
import type { GroundArea } from './scene-grid.js';
import type { PassPlan } from './season-plan.js';
import type { Sun } from './sun.js';

const NODE = 30;
/** Height of the clouds' base above ground, metres, by kind. */
const HEIGHT = { scattered: 1500, banks: 2300, front: 2600 } as const;
const WAVELENGTH = { scattered: 1500, banks: 4300, front: 3600 } as const;
/** How far above its threshold a cloud is opaque. */
const EDGE = { scattered: 0.2, banks: 0.28, front: 0.25 } as const;
/** The share of a cloud's edge that counts as cloud: medium probability starts here. */
export const CLOUD_OPACITY = 0.22;

/** The sky of one pass: opacity of clouds, their shadows on the ground, and cirrus, for any place. */
export class Clouds {
  private readonly nodes: Float32Array;
  private readonly across: number;
  private readonly x0: number;
  private readonly y0: number;
  private readonly threshold: number;
  private readonly edge: number;
  /** From a place on the ground to where the cloud that shades it stands, metres. */
  private readonly towardsSunX: number;
  private readonly towardsSunY: number;
  private readonly seed: number;

  /** @param area the ground that will be asked for */
  constructor(
    private readonly pass: PassPlan,
    sun: Sun,
    area: GroundArea,
  ) {
    this.seed = 3000 + pass.day * 17;
    const away = HEIGHT[pass.clouds] / Math.tan((sun.elevation * Math.PI) / 180);
    this.towardsSunX = away * Math.sin((sun.azimuth * Math.PI) / 180);
    this.towardsSunY = away * Math.cos((sun.azimuth * Math.PI) / 180);
    this.edge = EDGE[pass.clouds];
    this.threshold = this.findThreshold();
    const reach = Math.max(Math.abs(this.towardsSunX), Math.abs(this.towardsSunY)) + 2 * NODE;
    this.x0 = Math.floor((area.west - reach) / NODE) * NODE;
    this.y0 = Math.floor((area.south - reach) / NODE) * NODE;
    this.across = Math.ceil((area.east + reach - this.x0) / NODE) + 2;
    const down = Math.ceil((area.north + reach - this.y0) / NODE) + 2;
    this.nodes = new Float32Array(this.clear ? 0 : this.across * down);
    for (let i = 0; i < this.nodes.length; i++) {
      const x = this.x0 + (i % this.across) * NODE;
      const y = this.y0 + Math.floor(i / this.across) * NODE;
      this.nodes[i] = this.density(x, y) - this.threshold;
    }
  }

  get clear(): boolean {
    return this.pass.cover === 0;
  }

  /** 0 nothing … 1 opaque. */
  opacity(x: number, y: number): number {
    if (this.clear) return 0;
    const gx = (x - this.x0) / NODE;
    const gy = (y - this.y0) / NODE;
    const i = Math.floor(gx);
    const j = Math.floor(gy);
    const fx = gx - i;
    const fy = gy - j;
    const at = j * this.across + i;
    const n = this.nodes;
    const top = (n[at] as number) * (1 - fx) + (n[at + 1] as number) * fx;
    const below = (n[at + this.across] as number) * (1 - fx) + (n[at + this.across + 1] as number) * fx;
    return smoothStep(-0.02, this.edge, top * (1 - fy) + below * fy);
  }

  /** 0 sunlit … 1 in deep shadow. */
  shadow(x: number, y: number): number {
    return this.opacity(x + this.towardsSunX, y + this.towardsSunY);
  }

  /** 0 … 1: opacity of thin, drawn-out cirrus. */
  cirrus(x: number, y: number): number {
    if (this.pass.cirrus === 0) return 0;
    const along = (0.8 * x + 0.6 * y) / 9000;
    const across = (-0.6 * x + 0.8 * y) / 1900;
    const bands = noise2(this.seed + 7, along, across) + 0.5 * noise2(this.seed + 8, 3 * along, 2.6 * across);
    return 0.3 * smoothStep(0.95 - 1.5 * this.pass.cirrus, 1.5, bands + 0.25);
  }

  private density(x: number, y: number): number {
    const { clouds } = this.pass;
    const wavelength = WAVELENGTH[clouds];
    const base = fractal(this.seed, x / wavelength, y / wavelength, 6, clouds === 'scattered' ? 0.55 : 0.5);
    // Showers gather in parts of the sky; a front covers all on one side of it.
    const gather = noise2(this.seed + 5, x / 6100, y / 6100);
    if (clouds === 'front') return 0.35 * base - (y + 0.22 * x) / 2600;
    return base + 0.35 * gather;
  }

  /** The density above which `cover` of the whole country lies, the same for every part of it that is asked for. */
  private findThreshold(): number {
    if (this.clear) return Infinity;
    const samples: number[] = [];
    for (let y = -HALF_SIDE; y <= HALF_SIDE; y += 100) {
      for (let x = -HALF_SIDE; x <= HALF_SIDE; x += 100) samples.push(this.density(x, y));
    }
    samples.sort((a, b) => b - a);
    const rank = samples[
      Math.min(samples.length - 1, Math.floor(this.pass.cover * samples.length))
    ] as number;
    // smoothStep reaches CLOUD_OPACITY about a third of the way up the edge.
    return rank - 0.3 * (this.edge + 0.02) + 0.02;
  }
}
