import { CoarseField } from './coarse-field.js';
import { Farmland } from './farmland.js';
import type { GroundUnit, UnitKind } from './ground-unit.js';
import type { SimulatedClass } from './classes.js';
import { fractal, hashUnit, smoothStep } from './random.js';
import { Hydrology } from './hydrology.js';
import { Settlements } from './settlements.js';

const SEED = 6101;
/** Bush is told in this many densities, soils in this many shades. */
const STEPS = 13;
/** Patches of bush for training are this wide, metres. */
const PATCH = 700;
/** Scattered trees left standing in fields, and trees on anthills: grid, metres. */
const FIELD_TREES = {
  communal: { grid: 58, share: 0.3, radius: 4.2 },
  commercial: { grid: 118, share: 0.16, radius: 7.5 },
};

/**
 * The simulated country: for every place on the ground (metres from the centre, see ground.ts) what stands there. A pure
 * function of the place; units are numbered in the order in which they are first asked for.
 */
export class World {
  readonly units: GroundUnit[] = [];
  private readonly idOf = new Map<GroundUnit, number>();
  private readonly kinds = new Map<number, GroundUnit>();
  private readonly soils = new CoarseField(SEED, 2600, 3);
  private readonly bush = new CoarseField(SEED + 1, 1900, 5);
  private readonly lushness = new CoarseField(SEED + 2, 900, 3);
  private readonly fires = new CoarseField(SEED + 3, 2100, 5);
  private readonly people = new CoarseField(SEED + 4, 3200, 3);
  private readonly hydrology = new Hydrology();
  private readonly farmland: Farmland;
  private readonly settlements: Settlements;

  constructor() {
    this.farmland = new Farmland(
      (x, y) => this.soil(x, y),
      (x, y) => smoothStep(-0.14, 0.3, this.bushiness(x, y)),
    );
    this.settlements = new Settlements(
      (x, y) => this.communal(x, y),
      (x, y) =>
        this.hydrology.at(x, y) === null &&
        this.farmland.pivotAt(x, y) === null &&
        this.bushiness(x, y) < 0.42,
    );
  }

  /** The number of the unit at a place: its index in `units`. */
  unitAt(x: number, y: number): number {
    const unit = this.find(x, y);
    const known = this.idOf.get(unit);
    if (known !== undefined) return known;
    this.units.push(unit);
    this.idOf.set(unit, this.units.length - 1);
    return this.units.length - 1;
  }

  /** What stands at a place. */
  describe(x: number, y: number): GroundUnit {
    return this.find(x, y);
  }

  /** 0 pale sand … 1 red clay. The communal land was given the sands. */
  private soil(x: number, y: number): number {
    return smoothStep(
      -0.5,
      0.55,
      this.soils.at(x, y) - 0.3 * smoothStep(-0.3, 0.5, this.communalness(x, y)) + 0.12,
    );
  }

  /** Above 0: communal land, below: commercial farms. */
  private communalness(x: number, y: number): number {
    return (-0.8 * x - 0.62 * y) / 2500 - 0.62 + 0.8 * this.people.at(x, y);
  }

  private communal(x: number, y: number): boolean {
    return this.communalness(x, y) > 0;
  }

  /** Hills in the north-west and north-east keep their bush. */
  private bushiness(x: number, y: number): number {
    const hill = (cx: number, cy: number, radius: number): number =>
      Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * radius * radius));
    return (
      this.bush.at(x, y) +
      0.75 * hill(-4700, 4900, 1300) +
      0.6 * hill(5500, 1600, 700) +
      0.5 * hill(-5200, -5600, 800) -
      0.1
    );
  }

  private find(x: number, y: number): GroundUnit {
    const built = this.settlements.at(x, y);
    const water = this.hydrology.at(x, y);
    // Roads bridge the streams; the dam and the wall stand before everything else.
    if (
      water !== null &&
      (built === null ||
        (water !== 'riparian' && water !== 'vlei' && water !== 'channel' && water !== 'sand'))
    ) {
      const wet = this.wet(water, x, y);
      if (wet !== null) return wet;
    }
    if (built !== null) {
      if (built.kind === 'tree')
        return this.plain('riparian', 'woodland', built.strength, 0.5, built.group, 0.1);
      if (built.kind === 'grass') return this.plain('grass', 'grass', built.strength, 0.5, built.group, 0.1);
      const soil = step(this.soil(x, y));
      return this.plain(
        built.kind,
        'built_up',
        step(built.strength),
        soil,
        built.group,
        built.kind === 'yard' ? 0.3 : 0,
      );
    }
    const pivot = this.farmland.pivotAt(x, y);
    const communal = this.communal(x, y);
    const farm = pivot ?? this.farmland.at(x, y, communal);
    if (farm === null || (pivot === null && this.bushiness(x, y) > 0.5)) return this.bushAt(x, y);
    if (farm.kind === 'field' && farm.unit !== null) {
      if (pivot === null && this.treeInField(x, y, communal)) {
        return this.plain('riparian', 'woodland', 0.8, step(farm.soil), patch(x, y), 0.1);
      }
      return farm.unit;
    }
    if (farm.kind === 'track') return this.plain('track', 'built_up', 0, step(farm.soil), 2, 0);
    if (farm.kind === 'trees')
      return this.plain('riparian', 'woodland', 0.85, step(farm.soil), patch(x, y), 0.15);
    return this.plain('grass', 'grass', 0.4, step(farm.soil), 3, 0.2);
  }

  private wet(place: NonNullable<ReturnType<Hydrology['at']>>, x: number, y: number): GroundUnit | null {
    const soil = step(this.soil(x, y));
    switch (place) {
      case 'water':
        return this.plain('water', 'water', 0.55, 0, 20 + (patch(x, y) % 40), 0);
      case 'shore-low':
        return this.shore(95);
      case 'shore-high':
        return this.shore(122);
      case 'channel':
        return this.plain('water', 'water', 1, 0, 5, 0);
      case 'sand':
        return this.plain('sand', 'grass', 0, 0, 6, 0);
      case 'wall':
        return this.plain('wall', 'built_up', 0, 0.6, 7, 0);
      case 'riparian':
        // Gaps in the gallery forest.
        return this.lushness.at(x, y) < -0.34
          ? null
          : this.plain('riparian', 'woodland', 0.86, soil, patch(x, y), 0.12);
      case 'vlei':
        return this.plain('vlei', 'grass', 0.85, soil, patch(x, y), 0.2);
    }
  }

  private shore(floods: number): GroundUnit {
    return this.keep(numberOf('shore', floods / 200, 0, 8, 0), () => ({
      kind: 'shore',
      class: 'water',
      group: 8,
      soil: 0.5,
      strength: 0,
      texture: 0,
      floods,
    }));
  }

  /** Miombo where it is dense, grass where it is open; what burnt, and when. */
  private bushAt(x: number, y: number): GroundUnit {
    // Glades and clumps, down to a few pixels.
    const clumps = fractal(SEED + 5, x / 170, y / 170, 3, 0.65);
    const density = this.bushiness(x, y) + 0.28 * this.lushness.at(x, y) + 0.34 * clumps;
    const soil = step(this.soil(x, y));
    const fire = this.fires.at(x, y) + 0.12 * clumps;
    const burnt = fire > 0.3 ? -22 : fire < -0.34 ? 19 : undefined;
    if (density > 0.03) {
      return this.plain(
        'woodland',
        'woodland',
        step(0.56 + 0.42 * smoothStep(0.03, 0.6, density)),
        soil,
        patch(x, y),
        0.22,
        burnt,
      );
    }
    return this.plain(
      'grass',
      'grass',
      step(0.25 + 0.7 * smoothStep(-0.5, 0.6, this.lushness.at(x, y) + 0.4 * clumps)),
      soil,
      patch(x, y),
      0.2,
      burnt,
    );
  }

  private treeInField(x: number, y: number, communal: boolean): boolean {
    const { grid, share, radius } = communal ? FIELD_TREES.communal : FIELD_TREES.commercial;
    const i = Math.floor(x / grid);
    const j = Math.floor(y / grid);
    if (
      hashUnit(SEED + 7, i, j) >
      share * (communal ? 1 : 1.6 * smoothStep(-0.2, 0.4, this.lushness.at(x, y)))
    )
      return false;
    const margin = 2 * radius;
    const tx = i * grid + margin + (grid - 2 * margin) * hashUnit(SEED + 8, i, j);
    const ty = j * grid + margin + (grid - 2 * margin) * hashUnit(SEED + 9, i, j);
    return Math.hypot(x - tx, y - ty) < radius * (0.7 + 0.6 * hashUnit(SEED + 10, i, j));
  }

  private plain(
    kind: UnitKind,
    name: SimulatedClass,
    strength: number,
    soil: number,
    group: number,
    texture: number,
    burnt?: number,
  ): GroundUnit {
    const fire = burnt === undefined ? 0 : burnt < 0 ? 1 : 2;
    return this.keep(numberOf(kind, strength, soil, group, fire), () => ({
      kind,
      class: name,
      group,
      soil,
      strength,
      texture,
      ...(burnt === undefined ? {} : { burnt }),
    }));
  }

  private keep(key: number, make: () => GroundUnit): GroundUnit {
    let unit = this.kinds.get(key);
    if (unit === undefined) this.kinds.set(key, (unit = make()));
    return unit;
  }
}

const KINDS: readonly UnitKind[] = [
  'crop',
  'woodland',
  'riparian',
  'grass',
  'vlei',
  'water',
  'shore',
  'sand',
  'track',
  'road',
  'roof',
  'yard',
  'wall',
];

/** Equal arguments, equal number: below 2^53. */
function numberOf(kind: UnitKind, strength: number, soil: number, group: number, fire: number): number {
  const parts = [KINDS.indexOf(kind), Math.round(strength * 200), Math.round(soil * 20), fire] as const;
  return (((group * 16 + parts[0]) * 256 + parts[1]) * 32 + parts[2]) * 4 + parts[3];
}

const step = (value: number): number => Math.round(value * (STEPS - 1)) / (STEPS - 1);

/** Numbers patches of bush so that training never sees half of one; above every field's group. */
function patch(x: number, y: number): number {
  return 2_000_000 + (Math.floor(x / PATCH) + 512) * 1024 + (Math.floor(y / PATCH) + 512);
}
