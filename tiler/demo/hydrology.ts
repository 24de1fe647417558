import { CoarseField } from './coarse-field.js';
import { noise2 } from './random.js';
import { curve, meander, Strokes } from './strokes.js';

export type WaterPlace =
  'water' | 'shore-low' | 'shore-high' | 'channel' | 'sand' | 'wall' | 'riparian' | 'vlei';

const SEED = 7001;

/** Knots of the valleys, metres from the centre, from the source on. The first is the river; the others end in it. */
const VALLEYS: readonly (readonly (readonly [number, number])[])[] = [
  [
    [7400, -4100],
    [6000, -3300],
    [4500, -2750],
    [3000, -2000],
    [1700, -1350],
    [500, -700],
    [-600, 150],
    [-2000, 900],
    [-3300, 1700],
    [-4600, 2500],
    [-7400, 3600],
  ],
  [
    [2900, 7400],
    [2300, 5600],
    [2700, 3900],
    [3500, 2300],
    [3250, 600],
    [2500, -600],
    [1980, -1500],
  ],
  [
    [600, -7400],
    [1300, -5600],
    [1000, -4200],
    [1500, -2900],
    [1500, -1250],
  ],
  [
    [-4400, -7400],
    [-3900, -5400],
    [-4200, -3400],
    [-3700, -1200],
    [-2800, 300],
    [-2700, 1340],
  ],
  [
    [-5800, 7400],
    [-4900, 5800],
    [-5100, 4300],
    [-4500, 2450],
  ],
  [
    [6900, 7300],
    [5900, 5700],
    [4700, 4600],
    [3300, 2500],
  ],
];

/** The dam's wall stands where the river's valley passes here. */
const WALL = { x: 430, y: -650 };
const WALL_THICKNESS = 24;
const LAKE_LENGTH = 3100;
const LAKE_HALF_WIDTH = 430;
const ARM_LENGTH = 1250;
const ARM_HALF_WIDTH = 170;
/** Shares of the lake's full width that the dam always covers, and from its first rise on. */
const LOW_LEVEL = 0.84;
const MIDDLE_LEVEL = 0.93;

/** The river, its tributaries and the dam. */
export class Hydrology {
  private readonly valley: Strokes;
  private readonly channels: Strokes;
  private readonly wallAt: number;
  private readonly inlets = new CoarseField(SEED + 5, 540, 3);
  private readonly banks = new CoarseField(SEED + 6, 240, 2);

  constructor() {
    const axes = VALLEYS.map((knots) => curve(knots, 40));
    this.valley = new Strokes(axes, 560);
    this.wallAt = this.valley.nearest(WALL.x, WALL.y).along;
    const channels = axes.map((axis, line) =>
      meander(
        axis.flatMap((point, i) => {
          const next = axis[i + 1];
          return next === undefined
            ? [point]
            : [point, { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 }];
        }),
        (along) =>
          (line === 0 ? 135 : 75) * noise2(SEED + line, along / 560, 0.5) +
          (line === 0 ? 46 : 30) * noise2(SEED + 50 + line, along / 170, 0.5),
        line > 0,
      ),
    );
    this.channels = new Strokes(channels, 170);
  }

  /** What water makes of this place, or null where it is dry land. */
  at(x: number, y: number): WaterPlace | null {
    return this.dam(x, y) ?? this.stream(x, y);
  }

  /** Metres to the nearest stream, up to its reach. */
  distance(x: number, y: number): number {
    return this.channels.nearest(x, y).distance;
  }

  private dam(x: number, y: number): WaterPlace | null {
    const found = this.valley.nearest(x, y);
    if (found.line < 0) return null;
    const inlet = this.inlets.at(x, y);
    if (found.line === 0) {
      const upstream = this.wallAt - found.along;
      if (upstream > LAKE_LENGTH) return null;
      const taper = Math.max(0, 1 - Math.max(0, upstream) / LAKE_LENGTH) ** 0.75;
      const half = LAKE_HALF_WIDTH * taper * (0.8 + 1.05 * inlet * Math.min(1, Math.max(0, upstream) / 300));
      if (upstream < 0) {
        return upstream > -WALL_THICKNESS && found.distance < LAKE_HALF_WIDTH * 0.8 + 45 ? 'wall' : null;
      }
      return level(found.distance, half);
    }
    // The arms that the tributaries' valleys give the lake.
    if (found.line > 2) return null;
    const upstream = found.length - found.along;
    if (upstream > ARM_LENGTH) return null;
    const half = ARM_HALF_WIDTH * (1 - upstream / ARM_LENGTH) * (1 + 1.15 * inlet);
    return level(found.distance, half);
  }

  private stream(x: number, y: number): WaterPlace | null {
    const { distance, line } = this.channels.nearest(x, y);
    if (line < 0) return null;
    const bank = this.banks.at(x, y);
    if (line === 0) {
      const half = 11 + 5 * bank;
      if (distance < half) return 'channel';
      if (distance < half + 4 + 16 * Math.max(0, bank - 0.05)) return 'sand';
      return distance < 48 + 34 * bank ? 'riparian' : null;
    }
    if (distance < 2.6) return 'channel';
    if (distance < 17 + 20 * bank) return 'riparian';
    return distance < 46 + 55 * bank ? 'vlei' : null;
  }
}

function level(distance: number, half: number): WaterPlace | null {
  if (distance >= half) return null;
  return distance < half * LOW_LEVEL ? 'water' : distance < half * MIDDLE_LEVEL ? 'shore-low' : 'shore-high';
}
