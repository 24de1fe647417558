import type { Crop } from './classes.js';
import type { RandomStream } from './random.js';

/**
 * What one field does in the summer season. Days count from 1 September. Sowing, length and harvest follow the calendars of
 * Zimbabwe's rain-fed summer crops (FAO GIEWS country brief: planting from mid-November, harvest from April; tobacco is
 * transplanted from 1 September under irrigation, its stalks destroyed by 15 May).
 */
export interface CropCalendar {
  readonly crop: Crop;
  /** Sown or transplanted; for fallow: weeds start. */
  readonly sown: number;
  /** Half the canopy is there; and how many days the rise takes (logistic scale). */
  readonly closes: number;
  readonly rise: number;
  /** Half the canopy has dried or been reaped; and how many days that takes. */
  readonly dries: number;
  readonly fall: number;
  /** Greatest share of ground under green leaves, 0 to 1. */
  readonly canopy: number;
  readonly harvest: number;
  /** Share of ground under straw after harvest. */
  readonly residue: number;
  /** Share of ground under last year's straw before the land is prepared, and when that happens. */
  readonly oldResidue: number;
  readonly prepared: number;
  /** Irrigated winter wheat still stands until this day; 0 where there was none. */
  readonly wheatUntil: number;
  /** What variety, feeding and rows make of the leaves' reflectance: factors of visible, red edge, near and short-wave infrared. */
  readonly leaves: readonly [visible: number, redEdge: number, nir: number, swir: number];
  /** How uneven the stand is, 0 to 1. */
  readonly uneven: number;
}

export type Farming = 'commercial' | 'communal' | 'irrigated';

interface CropHabit {
  readonly sown: readonly [mean: number, deviation: number];
  readonly closesAfter: readonly [mean: number, deviation: number];
  readonly rise: number;
  readonly driesAfter: readonly [mean: number, deviation: number];
  readonly fall: number;
  readonly canopy: readonly [mean: number, deviation: number];
  readonly harvestAfter: readonly [mean: number, deviation: number];
  readonly residue: readonly [mean: number, deviation: number];
}

const HABITS: Readonly<Record<Crop, CropHabit>> = {
  maize: {
    sown: [80, 12],
    closesAfter: [38, 5],
    rise: 7,
    driesAfter: [115, 9],
    fall: 8,
    canopy: [0.83, 0.08],
    harvestAfter: [165, 10],
    residue: [0.55, 0.1],
  },
  tobacco: {
    sown: [56, 14],
    closesAfter: [35, 4],
    rise: 7,
    driesAfter: [106, 10],
    fall: 13,
    canopy: [0.83, 0.07],
    harvestAfter: [146, 9],
    residue: [0.1, 0.04],
  },
  soybean: {
    sown: [85, 9],
    closesAfter: [37, 4],
    rise: 6.5,
    driesAfter: [110, 6],
    fall: 4.5,
    canopy: [0.92, 0.05],
    harvestAfter: [132, 5],
    residue: [0.45, 0.08],
  },
  cotton: {
    sown: [74, 11],
    closesAfter: [54, 7],
    rise: 11,
    driesAfter: [156, 13],
    fall: 14,
    canopy: [0.77, 0.09],
    harvestAfter: [205, 10],
    residue: [0.3, 0.08],
  },
  groundnut: {
    sown: [82, 11],
    closesAfter: [41, 4],
    rise: 9,
    driesAfter: [119, 9],
    fall: 8,
    canopy: [0.76, 0.09],
    harvestAfter: [136, 6],
    residue: [0.08, 0.03],
  },
  fallow: {
    sown: [71, 12],
    closesAfter: [37, 10],
    rise: 14,
    driesAfter: [138, 17],
    fall: 16,
    canopy: [0.46, 0.12],
    harvestAfter: [400, 1],
    residue: [0.3, 0.1],
  },
};

/** What smallholders harvest of the canopy that commercial farms close, and how unevenly it stands. */
const COMMUNAL_CANOPY = 0.84;

export function cropCalendar(crop: Crop, farming: Farming, random: RandomStream): CropCalendar {
  const habit = HABITS[crop];
  const draw = ([mean, deviation]: readonly [number, number]): number => random.around(mean, deviation);
  // Without irrigation nothing is sown long before the rains; smallholders follow them by a week or two.
  const shift = farming === 'communal' ? random.between(-2, 12) : farming === 'irrigated' ? -8 : 0;
  const sown = draw(habit.sown) + (crop === 'fallow' ? 0 : shift);
  const canopy = draw(habit.canopy) * (farming === 'communal' && crop !== 'fallow' ? COMMUNAL_CANOPY : 1);
  return {
    crop,
    sown,
    closes: sown + draw(habit.closesAfter) + (farming === 'communal' ? 3 : 0),
    rise: habit.rise * random.between(0.88, 1.15),
    dries: sown + draw(habit.driesAfter),
    fall: habit.fall * random.between(0.85, 1.2),
    canopy: Math.min(0.99, Math.max(0.12, canopy)),
    harvest: sown + draw(habit.harvestAfter),
    residue: Math.max(0.03, draw(habit.residue)),
    oldResidue: farming === 'communal' ? random.between(0.05, 0.3) : random.between(0.1, 0.5),
    prepared:
      crop === 'fallow' ? (random.next() < 0.3 ? random.between(20, 75) : 400) : sown - random.between(6, 38),
    wheatUntil: farming === 'irrigated' && random.next() < 0.75 ? random.between(16, 34) : 0,
    leaves: [random.around(1, 0.12), random.around(1, 0.07), random.around(1, 0.08), random.around(1, 0.08)],
    uneven: farming === 'communal' ? random.between(0.5, 1) : random.between(0.2, 0.55),
  };
}
