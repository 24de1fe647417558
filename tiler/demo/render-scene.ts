import { BANDS, type Band } from '../../engine/scenes/scene.js';
import { CLOUD_OPACITY, Clouds } from './clouds.js';
import { hash2, RandomStream } from './random.js';
import type { GroundArea, SceneGrid } from './scene-grid.js';
import { SUBPIXELS, type SceneGround } from './scene-ground.js';
import type { PassPlan } from './season-plan.js';
import { BAND_COUNT, UnitSpectrum } from './spectra.js';
import type { Sun } from './sun.js';

/** Which bands are delivered at 10 m; the others and the SCL are at 20 m. */
export const IS_FINE: Readonly<Record<Band, boolean>> = {
  blue: true,
  green: true,
  red: true,
  rededge1: false,
  nir: true,
  swir16: false,
  swir22: false,
};

/** Indices into BANDS. */
const FINE = BANDS.flatMap((band, b) => (IS_FINE[band] ? [b] : []));
const COARSE = BANDS.flatMap((band, b) => (IS_FINE[band] ? [] : [b]));

export interface RenderedScene {
  /** DN: 10000 ρ + 1000, 0 for nodata. 10 m bands: width · height, 20 m bands: a quarter of that. */
  readonly bands: Readonly<Record<Band, Uint16Array>>;
  /** Scene classification, 20 m. */
  readonly scl: Uint8Array;
  /** Pixels of each SCL value. */
  readonly sclCounts: readonly number[];
}

/** SCL of Sen2Cor (Level-2A Algorithm Theoretical Basis Document, table 3). */
const SCL = {
  nodata: 0,
  dark: 2,
  shadow: 3,
  vegetation: 4,
  bare: 5,
  water: 6,
  unclassified: 7,
  cloudMedium: 8,
  cloudHigh: 9,
  cirrus: 10,
} as const;

const SCALE = 10_000;
/** RADIO_ADD_OFFSET of processing baseline 04.00 and later, with the sign that DN carry it. */
const OFFSET = 1000;
/** Standard deviation of the sensor's noise, DN, at 10 m and at 20 m. */
const NOISE = { fine: 4.5, coarse: 3.5 };
/** DN are whole multiples of this: a real scene's noise fills the disk, this one's need not. 0.0008 in reflectance. */
export const DN_STEP = 8;
/** What a thick cloud reflects, and what the sky lights in its shadow, by band. */
const CLOUD_TOP = [0.66, 0.65, 0.655, 0.66, 0.69, 0.46, 0.34];
const CIRRUS_VEIL = [0.34, 0.33, 0.33, 0.33, 0.35, 0.16, 0.12];
const SKY_LIGHT = [0.52, 0.45, 0.4, 0.37, 0.34, 0.26, 0.24];
/** What haze adds at its worst, after a correction that cannot see all of it. */
const HAZE = [0.0075, 0.0058, 0.0044, 0.0036, 0.0018, 0.0006, 0.0003];
const SHADOW_LIMIT = 0.3;
const UNCERTAIN = { cloud: 0.05, shadow: 0.12 };
const CIRRUS_LIMIT = 0.07;
const LIGHT_RANGE = 0.09;

/** True where the swath of this pass does not reach. */
export function outsideSwath(pass: PassPlan, x: number, y: number): boolean {
  if (pass.swathEnds === undefined) return false;
  const beyond = x - pass.swathEnds.at - 0.19 * y;
  return pass.swathEnds.side === 'east' ? beyond > 0 : beyond < 0;
}

/** The ground that a grid covers, with room to spare. */
export function areaOf({ ground, width, height }: SceneGrid): GroundArea {
  const xs = [0, width].flatMap((c) => [0, height].map((r) => ground.x0 + c * ground.xCol + r * ground.xRow));
  const ys = [0, width].flatMap((c) => [0, height].map((r) => ground.y0 + c * ground.yCol + r * ground.yRow));
  return {
    west: Math.min(...xs) - 20,
    east: Math.max(...xs) + 20,
    south: Math.min(...ys) - 20,
    north: Math.max(...ys) + 20,
  };
}

/** What the satellite sees of one zone's ground on one pass. */
export function renderScene(ground: SceneGround, pass: PassPlan, sun: Sun): RenderedScene {
  const { grid } = ground;
  const half = (grid.width / 2) * (grid.height / 2);
  const bands = Object.fromEntries(
    BANDS.map((band) => [band, new Uint16Array(IS_FINE[band] ? grid.width * grid.height : half)]),
  ) as Record<Band, Uint16Array>;
  const planes = BANDS.map((band) => bands[band]);
  const scl = new Uint8Array(half);
  const sclCounts = new Array<number>(12).fill(0);
  const clouds = new Clouds(pass, sun, areaOf(grid));
  const light = new PixelLight(ground, pass, clouds);
  const noise = hash2(pass.day, grid.zone, 91);
  const mean = new Float64Array(BAND_COUNT);
  const { rho } = light;

  for (let row = 0; row < grid.height; row += 2) {
    for (let col = 0; col < grid.width; col += 2) {
      mean.fill(0);
      let lit = true;
      light.beginBlock();
      for (let k = 0; k < 4; k++) {
        const c = col + (k & 1);
        const r = row + (k >> 1);
        if (!light.see(c, r)) {
          lit = false;
          continue;
        }
        const at = r * grid.width + c;
        for (let b = 0; b < BAND_COUNT; b++) mean[b] = (mean[b] as number) + 0.25 * (rho[b] as number);
        for (let f = 0; f < FINE.length; f++) {
          const b = FINE[f] as number;
          (planes[b] as Uint16Array)[at] = dnOf(rho[b] as number, NOISE.fine, noise + b, at);
        }
      }
      const at = (row / 2) * (grid.width / 2) + col / 2;
      if (lit) {
        for (let c = 0; c < COARSE.length; c++) {
          const b = COARSE[c] as number;
          (planes[b] as Uint16Array)[at] = dnOf(mean[b] as number, NOISE.coarse, noise + b, at);
        }
      }
      const value = lit ? classify(light, mean) : SCL.nodata;
      scl[at] = value;
      sclCounts[value] = (sclCounts[value] as number) + 1;
    }
  }
  return { bands, scl, sclCounts };
}

/** A bell of four bytes of a hash, variance 4 · (256² − 1) / 12. */
const BELL = 1 / Math.sqrt((4 * (256 * 256 - 1)) / 12);

function dnOf(rho: number, sigma: number, seed: number, at: number): number {
  const h = hash2(seed, at, 77);
  const bell = ((h & 255) + ((h >>> 8) & 255) + ((h >>> 16) & 255) + (h >>> 24) - 510) * BELL;
  const dn = DN_STEP * Math.round((SCALE * rho + OFFSET + sigma * bell) / DN_STEP);
  return dn < DN_STEP ? DN_STEP : dn > 65535 ? 65535 : dn;
}

/** As Sen2Cor would say it of a 20 m pixel: what is in the sky first, then water, green, bare, dark. */
function classify(light: PixelLight, rho: Float64Array): number {
  const { cloud, shadow, cirrus, water } = light;
  if (cloud > 0.62) return SCL.cloudHigh;
  if (cloud > CLOUD_OPACITY) return SCL.cloudMedium;
  if (shadow > SHADOW_LIMIT) return SCL.shadow;
  if (cirrus > CIRRUS_LIMIT) return SCL.cirrus;
  if (water > 0.5) return SCL.water;
  if (cloud > UNCERTAIN.cloud || shadow > UNCERTAIN.shadow) return SCL.unclassified;
  const red = rho[2] as number;
  const nir = rho[4] as number;
  const ndvi = (nir - red) / (nir + red);
  if (ndvi > 0.34) return SCL.vegetation;
  if (nir < 0.11 && red < 0.075) return SCL.dark;
  return SCL.bare;
}

/** Light that comes from one pixel, and what of its 20 m block is known besides. */
class PixelLight {
  readonly rho = new Float64Array(BAND_COUNT);
  /** Means over the block so far, 0 to 1. */
  cloud = 0;
  shadow = 0;
  cirrus = 0;
  water = 0;
  private readonly base: Float64Array;
  private readonly greener: Float64Array;
  private readonly isWater: Uint8Array;
  private readonly gain = new Float64Array(BAND_COUNT);
  private readonly haze = new Float64Array(BAND_COUNT);
  private readonly clearSky: boolean;

  constructor(
    private readonly ground: SceneGround,
    private readonly pass: PassPlan,
    private readonly clouds: Clouds,
  ) {
    const { units } = ground;
    this.base = new Float64Array(units.length * BAND_COUNT);
    this.greener = new Float64Array(units.length * BAND_COUNT);
    this.isWater = new Uint8Array(units.length);
    const spectrum = new UnitSpectrum();
    units.forEach((unit, id) => {
      spectrum.set(unit, pass.day, pass.wetness);
      this.base.set(spectrum.base, id * BAND_COUNT);
      this.greener.set(spectrum.greener, id * BAND_COUNT);
      const wet = unit.kind === 'water' || (unit.kind === 'shore' && pass.day > (unit.floods ?? 0));
      this.isWater[id] = wet ? 1 : 0;
    });
    // The atmosphere is never corrected quite the same from pass to pass; both zones are seen through the same air.
    const random = new RandomStream(4400 + pass.day);
    for (let b = 0; b < BAND_COUNT; b++) {
      this.gain[b] = random.around(1, 0.012);
      this.haze[b] = (HAZE[b] as number) * pass.haze + random.around(0, 0.0008);
    }
    this.clearSky = clouds.clear && pass.cirrus === 0;
  }

  beginBlock(): void {
    this.cloud = this.shadow = this.cirrus = this.water = 0;
  }

  /** Fills `rho`; false outside the swath. */
  see(col: number, row: number): boolean {
    const { grid, unitOf, vigour, light } = this.ground;
    const g = grid.ground;
    const x = g.x0 + col * g.xCol + row * g.xRow;
    const y = g.y0 + col * g.yCol + row * g.yRow;
    if (outsideSwath(this.pass, x, y)) return false;
    const i = row * grid.width + col;
    const rho = this.rho;
    rho.fill(0);
    const v = (vigour[i] as number) / 127;
    // Most pixels lie in one unit all over.
    const s = i * SUBPIXELS;
    const first = unitOf[s] as number;
    const pure = unitOf[s + 1] === first && unitOf[s + 2] === first && unitOf[s + 3] === first;
    const samples = pure ? 1 : SUBPIXELS;
    for (let k = 0; k < samples; k++) {
      const unit = unitOf[s + k] as number;
      const at = unit * BAND_COUNT;
      for (let b = 0; b < BAND_COUNT; b++) {
        rho[b] = (rho[b] as number) + (this.base[at + b] as number) + v * (this.greener[at + b] as number);
      }
      this.water += (this.isWater[unit] as number) / (4 * samples);
    }
    const brightness = (1 + (LIGHT_RANGE * (light[i] as number)) / 127) / samples;
    for (let b = 0; b < BAND_COUNT; b++) {
      rho[b] = (rho[b] as number) * brightness * (this.gain[b] as number) + (this.haze[b] as number);
    }
    if (!this.clearSky) this.cover(x, y);
    return true;
  }

  private cover(x: number, y: number): void {
    const cloud = this.clouds.opacity(x, y);
    const shadow = this.clouds.shadow(x, y) * (1 - cloud);
    const cirrus = this.clouds.cirrus(x, y) * (1 - cloud);
    this.cloud += cloud / 4;
    this.shadow += shadow / 4;
    this.cirrus += cirrus / 4;
    if (cloud === 0 && shadow === 0 && cirrus === 0) return;
    // Thick clouds are brighter in their middle.
    const top = 0.72 + 0.4 * cloud;
    const rho = this.rho;
    for (let b = 0; b < BAND_COUNT; b++) {
      const shaded = (rho[b] as number) * (1 - shadow * (1 - (SKY_LIGHT[b] as number)));
      const veiled = shaded * (1 - cirrus) + cirrus * (CIRRUS_VEIL[b] as number);
      rho[b] = veiled * (1 - cloud) + cloud * top * (CLOUD_TOP[b] as number);
    }
  }
}
