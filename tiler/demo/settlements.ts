import { CoarseField } from './coarse-field.js';
import type { GroundPoint } from './ground.js';
import { WORLD_HALF_SIDE } from './ground.js';
import { hashUnit, RandomStream } from './random.js';
import { curve, Strokes } from './strokes.js';

/** A homestead's or a farm's ground, and what stands on it. */
export interface BuiltPlace {
  kind: 'roof' | 'yard' | 'road' | 'track' | 'tree' | 'grass';
  /** 0 … 1: how bright a roof is, how green a yard. */
  strength: number;
  /** Village, farm or block of the town. */
  group: number;
}

interface Yard {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly cos: number;
  readonly sin: number;
  readonly group: number;
  readonly green: number;
  readonly roofs: readonly {
    readonly x: number;
    readonly y: number;
    readonly halfLength: number;
    readonly halfWidth: number;
    readonly cos: number;
    readonly sin: number;
    readonly strength: number;
  }[];
}

const SEED = 8101;
const MAIN_ROAD: readonly (readonly [number, number])[] = [
  [-7400, -3900],
  [-5600, -2900],
  [-4100, -2150],
  [-2750, -1350],
  [-1350, -150],
  [-250, 1050],
  [1300, 2000],
  [3600, 2750],
  [5400, 3900],
  [7400, 4900],
];
const GRAVEL_ROADS: readonly (readonly (readonly [number, number])[])[] = [
  [
    [-2750, -1350],
    [-3050, -2500],
    [-2900, -3700],
    [-2550, -5000],
    [-2900, -7400],
  ],
  [
    [-4100, -2150],
    [-4900, -1100],
    [-5350, 200],
    [-5500, 1500],
    [-7400, 2300],
  ],
  [
    [1300, 2000],
    [1250, 3400],
    [850, 4700],
    [1300, 7400],
  ],
  [
    [3600, 2750],
    [4300, 1300],
    [4700, 0],
    [5700, -1000],
    [7400, -1500],
  ],
  [
    [-2550, -5000],
    [-1000, -4700],
    [500, -4650],
    [2600, -5000],
    [4700, -5200],
    [7400, -5900],
  ],
  [
    [-250, 1050],
    [-1300, 2300],
    [-2300, 3500],
    [-3100, 5000],
    [-3300, 7400],
  ],
  [
    [-4900, -1100],
    [-6000, -1500],
    [-7400, -1400],
  ],
];
const MAIN_HALF_WIDTH = 6;
const SHOULDER = 11;
const GRAVEL_HALF_WIDTH = 4.5;

/** The town: a growth point on the main road. Metres. */
const TOWN = { x: -2800, y: -1450, radius: 560, angle: 0.66, blockX: 128, blockY: 70, street: 5, plot: 25 };
const BUCKET = 150;

/** Roads, a town, villages strung along the roads of the communal land, farmsteads on the commercial. */
export class Settlements {
  private readonly main = new Strokes([curve(MAIN_ROAD, 40)], 14);
  private readonly gravel = new Strokes(
    GRAVEL_ROADS.map((knots) => curve(knots, 40)),
    8,
  );
  private readonly outline = new CoarseField(SEED + 9, 900, 3);
  private readonly buckets = new Map<number, Yard[]>();
  private readonly found: BuiltPlace = { kind: 'yard', strength: 0, group: 0 };
  private groups = 1;

  /** @param communal tells smallholders' land; @param free tells where one may build (no water, not steep) */
  constructor(
    private readonly communal: (x: number, y: number) => boolean,
    private readonly free: (x: number, y: number) => boolean,
  ) {
    this.stringVillages();
    this.scatterHomesteads();
    this.placeFarms();
  }

  get groupCount(): number {
    return this.groups;
  }

  /** What is built here, or null; the answer is valid until the next call. */
  at(x: number, y: number): BuiltPlace | null {
    const main = this.main.nearest(x, y).distance;
    if (main < MAIN_HALF_WIDTH) return this.answer('road', 0, 1);
    if (main < SHOULDER) return this.answer('track', 0, 1);
    if (this.gravel.nearest(x, y).distance < GRAVEL_HALF_WIDTH) return this.answer('track', 0, 1);
    return this.town(x, y) ?? this.yard(x, y);
  }

  inTown(x: number, y: number): boolean {
    const distance = Math.hypot((x - TOWN.x) / 1.25, y - TOWN.y);
    if (distance > 1.4 * TOWN.radius) return false;
    return distance < TOWN.radius * (0.86 + 0.5 * this.outline.at(x, y));
  }

  private answer(kind: BuiltPlace['kind'], strength: number, group: number): BuiltPlace {
    this.found.kind = kind;
    this.found.strength = strength;
    this.found.group = group;
    return this.found;
  }

  private town(x: number, y: number): BuiltPlace | null {
    if (!this.inTown(x, y)) return null;
    const cos = Math.cos(TOWN.angle);
    const sin = Math.sin(TOWN.angle);
    const u = cos * (x - TOWN.x) + sin * (y - TOWN.y) + 64000;
    const v = -sin * (x - TOWN.x) + cos * (y - TOWN.y) + 70000;
    const bx = Math.floor(u / TOWN.blockX);
    const by = Math.floor(v / TOWN.blockY);
    const inX = u - bx * TOWN.blockX;
    const inY = v - by * TOWN.blockY;
    const group = 100 + ((((bx * 131 + by) % 4096) + 4096) % 4096);
    if (inX < TOWN.street * 2 || inY < TOWN.street * 2) return this.answer('track', 0, group);
    const use = hashUnit(SEED, bx, by);
    if (use < 0.06) return this.answer('grass', 0.4, group);
    // Shops, a mill, a depot: few large roofs on swept ground; elsewhere plots with a house, a garden, a tree.
    const large = use > 0.86;
    const plot = large ? 44 : TOWN.plot;
    const px = Math.floor(u / plot);
    const py = Math.floor(v / plot);
    const draw = (k: number): number => hashUnit(SEED + k, px, py);
    const fx = u / plot - px - 0.5 + 0.2 * (draw(1) - 0.5);
    const fy = v / plot - py - 0.5 + 0.2 * (draw(2) - 0.5);
    const wide = 0.24 + 0.16 * draw(3);
    const deep = 0.2 + 0.14 * draw(4);
    if (draw(5) < 0.88 && Math.abs(fx) < wide && Math.abs(fy) < deep) {
      return this.answer('roof', draw(6) < 0.55 ? 0.75 + 0.25 * draw(7) : 0.25 * draw(7), group);
    }
    const tree = Math.hypot(fx - 0.36 + 0.7 * draw(8), fy - 0.33 + 0.3 * draw(9));
    if (!large && draw(10) < 0.5 && tree < 0.17) return this.answer('tree', 0.7, group);
    return this.answer('yard', large ? 0.05 : 0.35 * draw(11), group);
  }

  private yard(x: number, y: number): BuiltPlace | null {
    const yards = this.buckets.get(key(Math.floor(x / BUCKET), Math.floor(y / BUCKET)));
    if (yards === undefined) return null;
    for (const yard of yards) {
      const dx = x - yard.x;
      const dy = y - yard.y;
      // Between a circle and a square, turned and pressed a little: as fences run.
      const u = Math.abs(yard.cos * dx + yard.sin * dy) / 1.18;
      const v = Math.abs(-yard.sin * dx + yard.cos * dy) * 1.12;
      if (u ** 3 + v ** 3 > yard.radius ** 3) continue;
      for (const roof of yard.roofs) {
        const rx = x - roof.x;
        const ry = y - roof.y;
        if (
          Math.abs(roof.cos * rx + roof.sin * ry) < roof.halfLength &&
          Math.abs(-roof.sin * rx + roof.cos * ry) < roof.halfWidth
        ) {
          return this.answer('roof', roof.strength, yard.group);
        }
      }
      return this.answer('yard', yard.green, yard.group);
    }
    return null;
  }

  private add(yard: Yard): void {
    const reach = yard.radius * 1.25;
    for (let j = Math.floor((yard.y - reach) / BUCKET); j <= Math.floor((yard.y + reach) / BUCKET); j++) {
      for (let i = Math.floor((yard.x - reach) / BUCKET); i <= Math.floor((yard.x + reach) / BUCKET); i++) {
        const bucket = this.buckets.get(key(i, j));
        if (bucket === undefined) this.buckets.set(key(i, j), [yard]);
        else bucket.push(yard);
      }
    }
  }

  private homestead(x: number, y: number, group: number, random: RandomStream): void {
    const radius = random.between(12, 24);
    const roofs = Array.from({ length: 2 + Math.floor(random.next() * 4) }, () => {
      const angle = random.between(0, Math.PI);
      const direction = random.between(0, 2 * Math.PI);
      const away = radius * random.between(0.2, 0.7);
      return {
        x: x + away * Math.cos(direction),
        y: y + away * Math.sin(direction),
        halfLength: random.between(3, 6.5),
        halfWidth: random.between(2.5, 4),
        cos: Math.cos(angle),
        sin: Math.sin(angle),
        strength: random.next() < 0.5 ? random.between(0.6, 1) : random.between(0, 0.3),
      };
    });
    const turn = random.between(0, Math.PI);
    this.add({
      x,
      y,
      radius,
      cos: Math.cos(turn),
      sin: Math.sin(turn),
      group,
      green: random.between(0, 0.5),
      roofs,
    });
  }

  /** "Lines": homesteads on both sides of the gravel roads, in villages with gaps between them. */
  private stringVillages(): void {
    const random = new RandomStream(SEED + 1);
    for (const line of this.gravel.lines) {
      let group = this.nextGroup();
      let inVillage = false;
      for (let i = 1; i < line.length - 1; i++) {
        const before = line[i - 1] as GroundPoint;
        const here = line[i] as GroundPoint;
        const after = line[i + 1] as GroundPoint;
        if (random.next() < 0.055) {
          inVillage = !inVillage;
          group = this.nextGroup();
        }
        if (!inVillage || i % 2 === 1) continue;
        const length = Math.hypot(after.x - before.x, after.y - before.y);
        for (const side of [-1, 1]) {
          const away = side * random.between(34, 60);
          const x = here.x - (away * (after.y - before.y)) / length + random.between(-9, 9);
          const y = here.y + (away * (after.x - before.x)) / length + random.between(-9, 9);
          if (random.next() < 0.85 && this.communal(x, y) && this.free(x, y)) {
            this.homestead(x, y, group, random);
          }
        }
      }
    }
  }

  private scatterHomesteads(): void {
    const step = 430;
    const cells = Math.ceil(WORLD_HALF_SIDE / step);
    for (let j = -cells; j < cells; j++) {
      for (let i = -cells; i < cells; i++) {
        const random = new RandomStream(Math.floor(hashUnit(SEED + 2, i, j) * 2 ** 31));
        if (random.next() > 0.5) continue;
        const x = (i + random.next()) * step;
        const y = (j + random.next()) * step;
        if (!this.communal(x, y) || !this.free(x, y) || this.inTown(x, y)) continue;
        const group = this.nextGroup();
        const count = 1 + Math.floor(random.next() * 4);
        for (let k = 0; k < count; k++) {
          this.homestead(x + random.between(-75, 75), y + random.between(-60, 60), group, random);
        }
      }
    }
  }

  /** Commercial farms: sheds and barns around a yard, a row of workers' houses beside it. */
  private placeFarms(): void {
    const step = 2100;
    for (let j = -4; j < 4; j++) {
      for (let i = -4; i < 4; i++) {
        const random = new RandomStream(Math.floor(hashUnit(SEED + 3, i, j) * 2 ** 31));
        const x = (i + random.between(0.2, 0.8)) * step;
        const y = (j + random.between(0.2, 0.8)) * step;
        if (this.communal(x, y) || !this.free(x, y) || this.inTown(x, y)) continue;
        const group = this.nextGroup();
        const angle = random.between(0, Math.PI);
        const cos = Math.cos(angle);
        const sin = Math.sin(angle);
        const roofs = Array.from({ length: 7 + Math.floor(random.next() * 5) }, (_, k) => {
          const u = (k % 4) * 28 - 42 + random.between(-4, 4);
          const v = Math.floor(k / 4) * 34 - 30 + random.between(-4, 4);
          return {
            x: x + cos * u - sin * v,
            y: y + sin * u + cos * v,
            halfLength: random.between(7, 13),
            halfWidth: random.between(5, 9),
            cos,
            sin,
            strength: random.next() < 0.65 ? random.between(0.7, 1) : random.between(0, 0.3),
          };
        });
        this.add({ x, y, radius: 68, cos, sin, group, green: 0.35, roofs });
        for (let k = 0; k < 14; k++) {
          const u = 125 + (k % 7) * 27;
          const v = (k < 7 ? -1 : 1) * 21;
          this.homestead(x + cos * u - sin * v, y + sin * u + cos * v, group, random);
        }
      }
    }
  }

  private nextGroup(): number {
    return 8000 + this.groups++;
  }
}

const key = (i: number, j: number): number => (i + 4096) * 8192 + (j + 4096);
