import type { Crop } from './classes.js';
import type { CropCalendar } from './crop-calendar.js';
import type { GroundUnit } from './ground-unit.js';

/** Reflectance in the order of BANDS: blue, green, red, rededge1, nir, swir16, swir22. */
type Spectrum = readonly [number, number, number, number, number, number, number];
export const BAND_COUNT = 7;

const RED_CLAY: Spectrum = [0.042, 0.07, 0.132, 0.165, 0.222, 0.285, 0.24];
const PALE_SAND: Spectrum = [0.083, 0.122, 0.172, 0.203, 0.262, 0.352, 0.312];
const STRAW: Spectrum = [0.068, 0.106, 0.152, 0.2, 0.285, 0.325, 0.222];
const DRY_GRASS: Spectrum = [0.054, 0.085, 0.126, 0.168, 0.245, 0.295, 0.2];
const CHAR: Spectrum = [0.034, 0.039, 0.047, 0.055, 0.075, 0.115, 0.108];
const MIOMBO: Spectrum = [0.021, 0.043, 0.028, 0.077, 0.315, 0.15, 0.067];
const MIOMBO_DRY: Spectrum = [0.036, 0.055, 0.071, 0.102, 0.188, 0.205, 0.135];
const RIPARIAN: Spectrum = [0.018, 0.04, 0.022, 0.07, 0.345, 0.137, 0.056];
const GREEN_GRASS: Spectrum = [0.03, 0.067, 0.042, 0.112, 0.355, 0.215, 0.107];
const CLEAR_WATER: Spectrum = [0.033, 0.036, 0.024, 0.019, 0.013, 0.008, 0.006];
const MUDDY_WATER: Spectrum = [0.062, 0.093, 0.112, 0.105, 0.068, 0.016, 0.01];
const MUD: Spectrum = [0.05, 0.072, 0.098, 0.115, 0.142, 0.15, 0.118];
const RIVER_SAND: Spectrum = [0.125, 0.165, 0.208, 0.228, 0.272, 0.345, 0.315];
const TAR: Spectrum = [0.082, 0.09, 0.097, 0.102, 0.112, 0.132, 0.126];
const SWEPT_YARD: Spectrum = [0.105, 0.148, 0.2, 0.228, 0.278, 0.362, 0.325];
const IRON_ROOF: Spectrum = [0.235, 0.248, 0.258, 0.262, 0.27, 0.285, 0.27];
const TILE_ROOF: Spectrum = [0.085, 0.1, 0.15, 0.172, 0.2, 0.245, 0.225];
const CONCRETE: Spectrum = [0.148, 0.172, 0.195, 0.205, 0.225, 0.255, 0.245];

const LEAVES: Readonly<Record<Crop, Spectrum>> = {
  maize: [0.024, 0.058, 0.031, 0.094, 0.415, 0.205, 0.092],
  tobacco: [0.03, 0.082, 0.042, 0.136, 0.47, 0.195, 0.09],
  soybean: [0.021, 0.062, 0.025, 0.1, 0.535, 0.215, 0.092],
  cotton: [0.026, 0.06, 0.036, 0.106, 0.44, 0.222, 0.108],
  groundnut: [0.026, 0.068, 0.035, 0.112, 0.425, 0.225, 0.11],
  fallow: [0.032, 0.066, 0.048, 0.112, 0.34, 0.225, 0.118],
};
const WHEAT: Spectrum = [0.022, 0.054, 0.028, 0.088, 0.44, 0.19, 0.085];

/** First good rains: 12 November. */
export const RAINS_START = 72;

const rises = (t: number, middle: number, scale: number): number => 1 / (1 + Math.exp((middle - t) / scale));

/** What one unit reflects on one day, and how that changes where it is greener. */
export class UnitSpectrum {
  readonly base = new Float64Array(BAND_COUNT);
  /** Change of reflectance where the stand is wholly better than its mean. */
  readonly greener = new Float64Array(BAND_COUNT);
  private readonly mix = new Float64Array(BAND_COUNT);

  /** @param day from 1 September; @param wetness of bare soil, 0 to 1 */
  set(unit: GroundUnit, day: number, wetness: number): void {
    this.render(unit, day, wetness, 1);
    this.base.set(this.mix);
    this.greener.fill(0);
    if (unit.texture === 0) return;
    this.render(unit, day, wetness, 1 + unit.texture);
    for (let b = 0; b < BAND_COUNT; b++) this.greener[b] = (this.mix[b] as number) - (this.base[b] as number);
  }

  private render(unit: GroundUnit, day: number, wetness: number, vigour: number): void {
    this.mix.fill(0);
    switch (unit.kind) {
      case 'crop':
        this.crop(unit, unit.calendar as CropCalendar, day, wetness, vigour);
        break;
      case 'woodland':
        this.woodland(unit, day, wetness, vigour);
        break;
      case 'riparian': {
        const leaves = unit.strength * (0.86 + 0.12 * rises(day, 60, 15)) * vigour;
        this.add(RIPARIAN, leaves);
        this.grass(unit, day, wetness, vigour, 1 - leaves, 0.25);
        break;
      }
      case 'grass':
        this.grass(unit, day, wetness, vigour, 1, 0);
        break;
      case 'vlei':
        this.grass(unit, day, wetness, vigour, 1, 0.22);
        break;
      case 'water': {
        // Rivers and dams turn brown with the first floods and clear through April.
        const mud = unit.strength * (0.25 + 0.75 * rises(day, 95, 12) * (1 - rises(day, 215, 18)));
        this.add(CLEAR_WATER, 1 - mud);
        this.add(MUDDY_WATER, mud);
        break;
      }
      case 'shore': {
        const under = rises(day, unit.floods ?? 100, 5);
        this.add(CLEAR_WATER, under * 0.45);
        this.add(MUDDY_WATER, under * 0.55);
        this.add(MUD, (1 - under) * 0.7);
        this.add(GREEN_GRASS, (1 - under) * 0.3);
        break;
      }
      case 'sand':
        this.add(RIVER_SAND, 1 - 0.18 * wetness);
        break;
      case 'track':
        this.soil(unit.soil, wetness, 0.8);
        this.add(RIVER_SAND, 0.2);
        break;
      case 'road':
        this.add(TAR, 1);
        break;
      case 'roof':
        this.add(IRON_ROOF, unit.strength);
        this.add(TILE_ROOF, 1 - unit.strength);
        break;
      case 'yard': {
        const green = 0.05 + 0.22 * unit.strength * rises(day, RAINS_START + 30, 12);
        this.add(SWEPT_YARD, (0.85 - green) * (1 - 0.14 * wetness));
        this.soil(unit.soil, wetness, 0.15);
        this.add(GREEN_GRASS, green);
        break;
      }
      case 'wall':
        this.add(CONCRETE, 0.55);
        this.soil(unit.soil, wetness, 0.45);
    }
  }

  private crop(unit: GroundUnit, calendar: CropCalendar, day: number, wetness: number, vigour: number): void {
    const standing = day < calendar.harvest ? 1 : 0;
    const risen = rises(day, calendar.closes, calendar.rise) * (day < calendar.sown ? 0 : 1);
    const dried = rises(day, calendar.dries, calendar.fall);
    const canopy = Math.min(0.99, calendar.canopy * vigour);
    const green = standing * canopy * risen * (1 - dried);
    // Tobacco and groundnut leave little behind as they go; the others stand dry until they are harvested.
    const standsDry = calendar.crop === 'tobacco' || calendar.crop === 'groundnut' ? 0.35 : 0.85;
    let dry = standing * canopy * risen * dried * standsDry + (1 - standing) * calendar.residue;
    // Weeds come with the rains on land that is not prepared yet, and after harvest while the ground is wet.
    const rains = rises(day, RAINS_START + 14, 6);
    const weedy = calendar.crop === 'fallow' ? 0 : 0.12 * rains * (day < calendar.prepared ? 1 : 0);
    const after = standing === 0 ? 0.06 * wetness : 0;
    dry += (day < calendar.prepared ? calendar.oldResidue : calendar.oldResidue * 0.15) * (1 - risen);
    const wheat = calendar.wheatUntil === 0 ? 0 : 0.9 * (1 - rises(day, calendar.wheatUntil - 12, 3));
    const wheatDry = calendar.wheatUntil > day ? 0.9 - wheat : 0;
    dry = Math.min(1 - green, dry + wheatDry);
    const free = Math.max(0, 1 - green - dry - wheat - weedy - after);
    const total = green + dry + wheat + weedy + after + free;
    this.addLeaves(LEAVES[calendar.crop], green / total, calendar.leaves);
    this.add(STRAW, dry / total);
    this.add(WHEAT, wheat / total);
    this.add(LEAVES.fallow, (weedy + after) / total);
    this.soil(unit.soil, wetness, free / total);
  }

  /** Miombo: bare in August, flushes before the rains, closed from December, yellows from May. */
  private woodland(unit: GroundUnit, day: number, wetness: number, vigour: number): void {
    const trees = Math.min(0.97, unit.strength * vigour);
    const leafy =
      0.34 + 0.24 * rises(day, 28, 9) + 0.36 * rises(day, RAINS_START + 12, 12) - 0.2 * rises(day, 250, 14);
    const burnt = burntShare(unit, day) * 0.4;
    this.add(MIOMBO, trees * leafy * (1 - burnt));
    this.add(MIOMBO_DRY, trees * (1 - leafy) * (1 - burnt));
    this.add(CHAR, trees * burnt);
    this.grass(unit, day, wetness, 1, 1 - trees, 0.05);
  }

  /** @param share of the ground; @param moist greener through the dry season, 0 to 1 */
  private grass(
    unit: GroundUnit,
    day: number,
    wetness: number,
    vigour: number,
    share: number,
    moist: number,
  ): void {
    const lush = unit.kind === 'grass' || unit.kind === 'vlei' ? unit.strength : 0.6;
    const season = rises(day, RAINS_START + 26, 11) * (1 - 0.75 * rises(day, 222, 14));
    const green = Math.min(
      0.92,
      (0.07 + moist + (0.3 + 0.36 * lush) * season) * vigour * (1 - 0.8 * burntShare(unit, day)),
    );
    const char = burntShare(unit, day) * 0.75 * (1 - green);
    const dry = (1 - green - char) * (0.52 + 0.2 * lush);
    this.add(GREEN_GRASS, share * green);
    this.add(CHAR, share * char);
    this.add(DRY_GRASS, share * dry);
    this.soil(unit.soil, wetness, share * (1 - green - char - dry));
  }

  private soil(red: number, wetness: number, share: number): void {
    const light = 1 - 0.24 * wetness;
    this.add(RED_CLAY, share * red * light);
    this.add(PALE_SAND, share * (1 - red) * light);
  }

  /** @param factors of blue to red, rededge1, nir, and the two short-wave bands */
  private addLeaves(spectrum: Spectrum, share: number, factors: CropCalendar['leaves']): void {
    for (let b = 0; b < BAND_COUNT; b++) {
      const factor = factors[b < 3 ? 0 : b - 2 < 3 ? b - 2 : 3] as number;
      this.mix[b] = (this.mix[b] as number) + share * factor * (spectrum[b] as number);
    }
  }

  private add(spectrum: Spectrum, share: number): void {
    for (let b = 0; b < BAND_COUNT; b++) {
      this.mix[b] = (this.mix[b] as number) + share * (spectrum[b] as number);
    }
  }
}

/** Black right after the fire, half gone in 35 days, washed away by the rains. */
function burntShare(unit: GroundUnit, day: number): number {
  if (unit.burnt === undefined || day < unit.burnt) return 0;
  return Math.exp(-(day - unit.burnt) / 50) * (1 - rises(day, RAINS_START + 10, 6));
}
