import { seededRandom, type FeatureInput } from '../../engine/kernels/testing.js';
import type { PixelSeries } from '../../engine/pixels/features.js';
import { reflectanceOf } from '../../engine/pixels/reflectance.js';
import { BANDS, type Band } from '../../engine/scenes/scene.js';
import { DATES } from './make-season.js';

export const PIXELS = 256 * 256;
/** Summer: docs/features.md section 4. */
const NODES = 28;
const SCALE = 0.0001;
const OFFSET = -0.1;
/** Share of clear observations through a Zimbabwean summer. */
const CLEAR = 0.7;
const MAX_SCENES = 16;

/** Bare soil and full crop, reflectance by band. */
const SOIL: Readonly<Record<Band, number>> = {
  blue: 0.08,
  green: 0.11,
  red: 0.15,
  rededge1: 0.18,
  nir: 0.24,
  swir16: 0.31,
  swir22: 0.26,
};
const CROP: Readonly<Record<Band, number>> = {
  blue: 0.03,
  green: 0.07,
  red: 0.04,
  rededge1: 0.11,
  nir: 0.45,
  swir16: 0.2,
  swir22: 0.1,
};

/** Side of a field in pixels, and how many crops there are. */
const FIELD = 20;
export const CROPS = 8;

export interface TileInput extends FeatureInput {
  /** What grows on each pixel: 0 to {@link CROPS} − 1. */
  readonly crop: Uint8Array;
}

/** A native tile of fields, each of one crop with its own calendar, with noise and clouds: always the same. */
export function featureInput(): TileInput {
  const random = seededRandom(45);
  const across = Math.ceil(256 / FIELD);
  const fields = Array.from({ length: across * across }, () => {
    const crop = Math.floor(CROPS * random());
    return { crop, peak: 80 + 14 * crop + 30 * random(), width: 25 + 5 * (crop % 3) + 20 * random() };
  });
  const crop = new Uint8Array(PIXELS);
  const bandCount = BANDS.length;
  const t = Int32Array.from({ length: DATES }, (_, date) => 2 + date * 6);
  const dn = new Uint16Array(DATES * bandCount * PIXELS);
  const scene = new Uint8Array(DATES * PIXELS);
  const got = new Uint8Array(DATES * PIXELS).fill((1 << bandCount) - 1);
  for (let pixel = 0; pixel < PIXELS; pixel += 1) {
    const [row, column] = [Math.floor(pixel / 256), pixel % 256];
    const field = fields[Math.floor(row / FIELD) * across + Math.floor(column / FIELD)]!;
    crop[pixel] = field.crop;
    const peak = field.peak + 6 * (random() - 0.5);
    const { width } = field;
    for (let date = 0; date < DATES; date += 1) {
      scene[date * PIXELS + pixel] = random() < CLEAR ? 1 : 0;
      const green = Math.exp(-((((t[date] ?? 0) - peak) / width) ** 2));
      BANDS.forEach((band, place) => {
        const rho = SOIL[band] + green * (CROP[band] - SOIL[band]) + 0.01 * (random() - 0.5);
        dn[(date * bandCount + place) * PIXELS + pixel] = Math.round((rho - OFFSET) / SCALE);
      });
    }
  }
  const reflectance = new Float64Array(DATES * MAX_SCENES * 2);
  for (let i = 0; i < reflectance.length; i += 2) reflectance.set([SCALE, OFFSET], i);
  return {
    crop,
    t,
    nodes: NODES,
    nPad: PIXELS,
    bandCount,
    dn,
    scene,
    got,
    reflectance,
    planeOf: Int32Array.from(BANDS.keys()),
  };
}

/** One pixel's observations as the plain implementation takes them. */
export function pixelSeries({ t, dn, scene, bandCount }: FeatureInput, pixel: number): PixelSeries {
  const dates = [...t.keys()].filter((date) => scene[date * PIXELS + pixel] !== 0);
  return {
    t: dates.map((date) => t[date] ?? NaN),
    reflectance: Object.fromEntries(
      BANDS.map((band, place) => [
        band,
        dates.map((date) =>
          reflectanceOf(dn[(date * bandCount + place) * PIXELS + pixel] ?? 0, SCALE, OFFSET),
        ),
      ]),
    ),
  };
}
