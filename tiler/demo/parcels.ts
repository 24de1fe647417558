import { CoarseField } from './coarse-field.js';
import { RandomStream } from './random.js';
import { WORLD_HALF_SIDE } from './ground.js';

/** How a kind of farming cuts its land. Lengths in metres, areas in hectares. */
export interface ParcelStyle {
  readonly seed: number;
  /** Direction of the long boundaries, degrees from east. */
  readonly angle: number;
  /** Boundaries wander this far, over about `wander.over` metres, as if they followed contours. */
  readonly wander: { readonly by: number; readonly over: number };
  readonly hectares: readonly [min: number, max: number];
  /** A parcel is cut into lands about this wide. */
  readonly landWidth: readonly [min: number, max: number];
  /** How often a parcel stays whole. */
  readonly whole: number;
}

export interface Parcel {
  readonly id: number;
  readonly u0: number;
  readonly v0: number;
  readonly u1: number;
  readonly v1: number;
  readonly lands: number;
  /** Lands lie side by side along this axis. */
  readonly landsAlong: 'u' | 'v';
  readonly seed: number;
}

type Node = { axis: 'u' | 'v'; at: number; depth: number; low: Node; high: Node } | { parcel: Parcel };

/** What {@link Parcels.locate} found; reused from call to call. */
export interface ParcelPlace {
  parcel: Parcel;
  /** 0 … lands − 1. */
  land: number;
  /** Metres to the parcel's nearest boundary, and how early that boundary was cut (0: the whole country's first cut). */
  edge: number;
  depth: number;
  /** Metres to the nearest boundary between lands; Infinity in a whole parcel. */
  landEdge: number;
}

/** A country cut again and again into parcels, in coordinates that wander, so that boundaries curve as contours do. */
export class Parcels {
  readonly parcels: Parcel[] = [];
  readonly place: ParcelPlace;
  private readonly root: Node;
  private readonly wanderU: CoarseField;
  private readonly wanderV: CoarseField;
  private readonly cos: number;
  private readonly sin: number;
  private u = 0;
  private v = 0;

  constructor(private readonly style: ParcelStyle) {
    this.cos = Math.cos((style.angle * Math.PI) / 180);
    this.sin = Math.sin((style.angle * Math.PI) / 180);
    this.wanderU = new CoarseField(style.seed + 1, style.wander.over, 2);
    this.wanderV = new CoarseField(style.seed + 2, style.wander.over, 2);
    const half = WORLD_HALF_SIDE * 1.5;
    this.root = this.cut(new RandomStream(style.seed), -half, -half, half, half, 0);
    this.place = { parcel: this.parcels[0] as Parcel, land: 0, edge: 0, depth: 0, landEdge: Infinity };
  }

  private cut(random: RandomStream, u0: number, v0: number, u1: number, v1: number, depth: number): Node {
    const du = u1 - u0;
    const dv = v1 - v0;
    const target = random.between(...this.style.hectares) * 10_000;
    if (du * dv < target * 1.5) return { parcel: this.leaf(random, u0, v0, u1, v1) };
    const axis = du > 1.2 * dv ? 'u' : dv > 1.2 * du ? 'v' : random.next() < 0.5 ? 'u' : 'v';
    const share = random.between(0.36, 0.64);
    const at = axis === 'u' ? u0 + share * du : v0 + share * dv;
    return axis === 'u'
      ? {
          axis,
          at,
          depth,
          low: this.cut(random, u0, v0, at, v1, depth + 1),
          high: this.cut(random, at, v0, u1, v1, depth + 1),
        }
      : {
          axis,
          at,
          depth,
          low: this.cut(random, u0, v0, u1, at, depth + 1),
          high: this.cut(random, u0, at, u1, v1, depth + 1),
        };
  }

  private leaf(random: RandomStream, u0: number, v0: number, u1: number, v1: number): Parcel {
    const landsAlong = u1 - u0 > v1 - v0 ? 'u' : 'v';
    const across = landsAlong === 'u' ? u1 - u0 : v1 - v0;
    const lands =
      random.next() < this.style.whole
        ? 1
        : Math.max(1, Math.round(across / random.between(...this.style.landWidth)));
    const seed = Math.floor(random.next() * 2 ** 31);
    const parcel = { id: this.parcels.length, u0, v0, u1, v1, lands, landsAlong, seed } as const;
    this.parcels.push(parcel);
    return parcel;
  }

  /** Where a place lies; the answer is valid until the next call. */
  locate(x: number, y: number): ParcelPlace {
    const { by } = this.style.wander;
    const u = (this.u = this.cos * x + this.sin * y + by * this.wanderU.at(x, y));
    const v = (this.v = -this.sin * x + this.cos * y + by * this.wanderV.at(x, y));
    const place = this.place;
    place.edge = Infinity;
    let node = this.root;
    while (!('parcel' in node)) {
      const offset = (node.axis === 'u' ? u : v) - node.at;
      const distance = Math.abs(offset);
      if (distance < place.edge) {
        place.edge = distance;
        place.depth = node.depth;
      }
      node = offset < 0 ? node.low : node.high;
    }
    place.parcel = node.parcel;
    this.locateLand(node.parcel);
    return place;
  }

  private locateLand(parcel: Parcel): void {
    const place = this.place;
    place.land = 0;
    place.landEdge = Infinity;
    if (parcel.lands === 1) return;
    const [from, to, value] =
      parcel.landsAlong === 'u' ? [parcel.u0, parcel.u1, this.u] : [parcel.v0, parcel.v1, this.v];
    const width = (to - from) / parcel.lands;
    const position = (value - from) / width;
    place.land = Math.min(parcel.lands - 1, Math.max(0, Math.floor(position)));
    const nearest = Math.round(position);
    if (nearest > 0 && nearest < parcel.lands) place.landEdge = Math.abs(position - nearest) * width;
  }

  /** The middle of a land on the ground, to about the boundaries' wandering. */
  middle(parcel: Parcel, land: number): { x: number; y: number } {
    const share = (land + 0.5) / parcel.lands;
    const u =
      parcel.landsAlong === 'u' ? parcel.u0 + share * (parcel.u1 - parcel.u0) : (parcel.u0 + parcel.u1) / 2;
    const v =
      parcel.landsAlong === 'v' ? parcel.v0 + share * (parcel.v1 - parcel.v0) : (parcel.v0 + parcel.v1) / 2;
    return { x: this.cos * u - this.sin * v, y: this.sin * u + this.cos * v };
  }
}
