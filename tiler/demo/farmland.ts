import type { Crop } from './classes.js';
import { cropCalendar } from './crop-calendar.js';
import type { Farming } from './crop-calendar.js';
import type { GroundUnit } from './ground-unit.js';
import { hashUnit, RandomStream } from './random.js';
import { Parcels, type Parcel } from './parcels.js';

const SEED = 9201;

/** What is sown where, by weight: smallholders feed themselves and grow cotton, farms grow tobacco, maize and soya. */
const CROP_SHARES: Readonly<Record<Farming, Readonly<Partial<Record<Crop, number>>>>> = {
  commercial: { maize: 26, soybean: 25, tobacco: 23, cotton: 8, groundnut: 7, fallow: 11 },
  communal: { maize: 45, groundnut: 19, cotton: 16, fallow: 15, tobacco: 4, soybean: 1 },
  irrigated: { maize: 35, soybean: 50, tobacco: 15 },
};

/** Metres of bare ground around a pivot. */
const PIVOT_MARGIN = 7;
interface Pivot {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly sectors: readonly number[];
}

/** Centre pivots near the dam: metres, and the directions in degrees where one crop ends and the next begins. */
const PIVOTS: readonly Pivot[] = [
  { x: 420, y: -2350, radius: 410, sectors: [20, 200] },
  { x: -560, y: -2050, radius: 340, sectors: [] },
  { x: 620, y: 420, radius: 330, sectors: [] },
  { x: 1480, y: 560, radius: 400, sectors: [75, 255] },
  { x: 4300, y: -4100, radius: 430, sectors: [10, 130, 250] },
  { x: 3350, y: -3500, radius: 360, sectors: [] },
];

/** What farming makes of a place. */
export interface FarmPlace {
  kind: 'field' | 'margin' | 'track' | 'trees';
  /** Of a field: its unit; its key is its place in `units`. */
  unit: GroundUnit | null;
  soil: number;
  group: number;
}

/** Fields of the commercial farms, of the communal land, and the pivots. */
export class Farmland {
  private readonly commercial = new Parcels({
    seed: SEED,
    angle: -17,
    wander: { by: 170, over: 3400 },
    hectares: [17, 60],
    landWidth: [120, 330],
    whole: 0.22,
  });
  private readonly communal = new Parcels({
    seed: SEED + 10,
    angle: 31,
    wander: { by: 210, over: 2300 },
    hectares: [5, 15],
    landWidth: [38, 85],
    whole: 0.04,
  });
  private readonly fields = new Map<number, GroundUnit>();
  private readonly natural = new Map<number, boolean>();
  private readonly found: FarmPlace = { kind: 'field', unit: null, soil: 0, group: 0 };

  constructor(
    private readonly soilAt: (x: number, y: number) => number,
    /** How likely a parcel around this place was never cleared, 0 to 1. */
    private readonly wildness: (x: number, y: number) => number,
  ) {}

  /** A pivot's answer, or null; before streams and bush, which a pivot has cleared. */
  pivotAt(x: number, y: number): FarmPlace | null {
    for (let index = 0; index < PIVOTS.length; index++) {
      const pivot = PIVOTS[index] as Pivot;
      const dx = x - pivot.x;
      const dy = y - pivot.y;
      // Nearly every place is far from nearly every pivot.
      const reach = pivot.radius + PIVOT_MARGIN;
      if (Math.abs(dx) > reach || Math.abs(dy) > reach) continue;
      const distance = Math.hypot(dx, dy);
      if (distance > reach) continue;
      if (distance > pivot.radius) return this.answer('margin', null, pivot.x, pivot.y, 60 + index);
      const turn = ((Math.atan2(dy, dx) * 180) / Math.PI + 360) % 360;
      const first = pivot.sectors.findIndex((start) => turn < start);
      const sector = pivot.sectors.length === 0 ? 0 : first < 0 ? 0 : first;
      const unit = this.field(1_000_000 + index * 8 + sector, 'irrigated', pivot.x, pivot.y);
      return this.answer('field', unit, x, y, unit.group);
    }
    return null;
  }

  /** Null where the parcel was never cleared. */
  at(x: number, y: number, communal: boolean): FarmPlace | null {
    const parcels = communal ? this.communal : this.commercial;
    const place = parcels.locate(x, y);
    const key = (communal ? 500_000 : 0) + place.parcel.id * 24;
    if (this.isNatural(key, parcels, place.parcel, communal)) return null;
    const group = key + place.land + 1;
    if (!communal) {
      // Farm tracks run where the land was cut first; some have a line of gum trees along them.
      if (place.edge < (place.depth <= 6 ? 3.5 : 2.2)) return this.answer('track', null, x, y, group);
      if (place.edge < 13 && hashUnit(SEED + 5, place.parcel.id, place.depth) < 0.13) {
        return this.answer('trees', null, x, y, group);
      }
      if (place.edge < 8 || place.landEdge < 3) return this.answer('margin', null, x, y, group);
    } else if (place.edge < 4.5 || place.landEdge < 2.2) return this.answer('margin', null, x, y, group);
    const unit = this.parcelField(key, place.parcel, place.land, communal ? 'communal' : 'commercial', x, y);
    return this.answer('field', unit, x, y, group);
  }

  private answer(
    kind: FarmPlace['kind'],
    unit: GroundUnit | null,
    x: number,
    y: number,
    group: number,
  ): FarmPlace {
    this.found.kind = kind;
    this.found.unit = unit;
    this.found.soil = unit?.soil ?? this.soilAt(x, y);
    this.found.group = group;
    return this.found;
  }

  private isNatural(key: number, parcels: Parcels, parcel: Parcel, communal: boolean): boolean {
    const known = this.natural.get(key);
    if (known !== undefined) return known;
    const middle = parcels.middle(parcel, (parcel.lands - 1) / 2);
    const natural = hashUnit(SEED + 6, parcel.id, communal ? 1 : 0) < this.wildness(middle.x, middle.y);
    this.natural.set(key, natural);
    return natural;
  }

  private parcelField(
    key: number,
    parcel: Parcel,
    land: number,
    farming: Farming,
    x: number,
    y: number,
  ): GroundUnit {
    const known = this.fields.get(key + land);
    if (known !== undefined) return known;
    // A farm mostly sows a parcel with one crop; a household's strips differ.
    const main = new RandomStream(parcel.seed).pick(CROP_SHARES[farming]);
    const same = hashUnit(SEED + 7, parcel.id, land) < (farming === 'commercial' ? 0.62 : 0.25);
    return this.field(key + land, farming, x, y, same ? main : undefined);
  }

  private field(key: number, farming: Farming, x: number, y: number, sown?: Crop): GroundUnit {
    const known = this.fields.get(key);
    if (known !== undefined) return known;
    const random = new RandomStream(Math.floor(hashUnit(SEED + 8, key, 0) * 2 ** 31));
    const crop = sown ?? random.pick(CROP_SHARES[farming]);
    const calendar = cropCalendar(crop, farming, random);
    const unit: GroundUnit = {
      kind: 'crop',
      class: crop,
      group: key + 1,
      soil: Math.min(1, Math.max(0, this.soilAt(x, y) + random.between(-0.12, 0.12))),
      strength: calendar.canopy,
      texture: 0.1 + 0.22 * calendar.uneven,
      calendar,
    };
    this.fields.set(key, unit);
    return unit;
  }
}
