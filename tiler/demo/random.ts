/**
 * Seeded randomness for the simulated season: everything is a pure function of a seed and a place or a counter, so that
 * the same ground comes out whichever scene, zone or worker asks, and in whichever order.
 */

/** 32 well mixed bits of two integers and a seed (finaliser of MurmurHash3, Appleby 2011). */
export function hash2(seed: number, x: number, y: number): number {
  let h = seed ^ Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** In [0, 1). */
export function hashUnit(seed: number, x: number, y: number): number {
  return hash2(seed, x, y) / 4294967296;
}

/** A sequence of numbers in [0, 1) from one seed (mulberry32). */
export class RandomStream {
  constructor(private state: number) {}

  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** Bell-shaped around `mean` (sum of four uniforms), never further than 3.46 `deviation`. */
  around(mean: number, deviation: number): number {
    return mean + deviation * (this.next() + this.next() + this.next() + this.next() - 2) * Math.sqrt(3);
  }

  /** One of the keys, by weight. */
  pick<T extends string>(weights: Readonly<Partial<Record<T, number>>>): T {
    const entries = Object.entries(weights) as [T, number][];
    let left = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [key, weight] of entries) {
      left -= weight;
      if (left < 0) return key;
    }
    return (entries[entries.length - 1] as [T, number])[0];
  }
}

/** Twelve directions: enough that no axis of the lattice shows. */
const GRADIENT_X = new Float64Array(12);
const GRADIENT_Y = new Float64Array(12);
for (let i = 0; i < 12; i++) {
  GRADIENT_X[i] = Math.cos((i * Math.PI) / 6 + 0.2);
  GRADIENT_Y[i] = Math.sin((i * Math.PI) / 6 + 0.2);
}

const fade = (t: number): number => t * t * t * (t * (t * 6 - 15) + 10);

function corner(seed: number, ix: number, iy: number, fx: number, fy: number): number {
  const direction = hash2(seed, ix, iy) % 12;
  return (GRADIENT_X[direction] as number) * fx + (GRADIENT_Y[direction] as number) * fy;
}

/** Gradient noise, about [−1, 1], smooth, wavelength about 1 (Perlin 2002). */
export function noise2(seed: number, x: number, y: number): number {
  const ix = Math.floor(x);
  const iy = Math.floor(y);
  const fx = x - ix;
  const fy = y - iy;
  const u = fade(fx);
  const v = fade(fy);
  const a = corner(seed, ix, iy, fx, fy);
  const b = corner(seed, ix + 1, iy, fx - 1, fy);
  const c = corner(seed, ix, iy + 1, fx, fy - 1);
  const d = corner(seed, ix + 1, iy + 1, fx - 1, fy - 1);
  return 1.5 * (a + u * (b - a) + v * (c - a + u * (a - b - c + d)));
}

/** Octaves of {@link noise2}, each half as strong and turned, so that lattices never line up; about [−1, 1]. */
export function fractal(seed: number, x: number, y: number, octaves: number, gain = 0.5): number {
  let sum = 0;
  let strength = 1;
  let total = 0;
  for (let octave = 0; octave < octaves; octave++) {
    sum += strength * noise2(seed + octave * 1013, x, y);
    total += strength;
    strength *= gain;
    const turned = 1.6 * x - 1.2 * y;
    y = 1.2 * x + 1.6 * y + 17.3;
    x = turned + 5.9;
  }
  return sum / total;
}

/** 0 below `low`, 1 above `high`, smooth between. */
export function smoothStep(low: number, high: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return t * t * (3 - 2 * t);
}
