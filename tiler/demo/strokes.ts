import type { GroundPoint } from './ground.js';

/** What {@link Strokes.nearest} found; reused from call to call. */
export interface NearestStroke {
  /** Metres to the line; Infinity where none is within reach. */
  distance: number;
  /** Metres along the line from its first point. */
  along: number;
  /** Length of that line, metres. */
  length: number;
  line: number;
}

interface Segment {
  readonly ax: number;
  readonly ay: number;
  readonly bx: number;
  readonly by: number;
  readonly start: number;
  readonly line: number;
}

const BUCKET = 120;

/** Polylines that answer how far a place is from them, quickly, up to a reach. */
export class Strokes {
  readonly found: NearestStroke = { distance: Infinity, along: 0, length: 0, line: -1 };
  private readonly buckets = new Map<number, Segment[]>();
  private readonly lengths: number[] = [];

  constructor(
    readonly lines: readonly (readonly GroundPoint[])[],
    readonly reach: number,
  ) {
    lines.forEach((points, line) => {
      let start = 0;
      for (let i = 1; i < points.length; i++) {
        const a = points[i - 1] as GroundPoint;
        const b = points[i] as GroundPoint;
        this.add({ ax: a.x, ay: a.y, bx: b.x, by: b.y, start, line });
        start += Math.hypot(b.x - a.x, b.y - a.y);
      }
      this.lengths.push(start);
    });
  }

  private add(segment: Segment): void {
    const low = (a: number, b: number): number => Math.floor((Math.min(a, b) - this.reach) / BUCKET);
    const high = (a: number, b: number): number => Math.floor((Math.max(a, b) + this.reach) / BUCKET);
    for (let j = low(segment.ay, segment.by); j <= high(segment.ay, segment.by); j++) {
      for (let i = low(segment.ax, segment.bx); i <= high(segment.ax, segment.bx); i++) {
        const key = bucketKey(i, j);
        const bucket = this.buckets.get(key);
        if (bucket === undefined) this.buckets.set(key, [segment]);
        else bucket.push(segment);
      }
    }
  }

  /** The nearest line within reach; the answer is valid until the next call. */
  nearest(x: number, y: number): NearestStroke {
    const found = this.found;
    found.distance = Infinity;
    found.line = -1;
    const bucket = this.buckets.get(bucketKey(Math.floor(x / BUCKET), Math.floor(y / BUCKET)));
    if (bucket === undefined) return found;
    let best = this.reach * this.reach;
    for (const segment of bucket) {
      const dx = segment.bx - segment.ax;
      const dy = segment.by - segment.ay;
      const length2 = dx * dx + dy * dy;
      let t = length2 === 0 ? 0 : ((x - segment.ax) * dx + (y - segment.ay) * dy) / length2;
      t = t < 0 ? 0 : t > 1 ? 1 : t;
      const ex = x - segment.ax - t * dx;
      const ey = y - segment.ay - t * dy;
      const d2 = ex * ex + ey * ey;
      if (d2 < best) {
        best = d2;
        found.distance = Math.sqrt(d2);
        found.along = segment.start + t * Math.sqrt(length2);
        found.line = segment.line;
      }
    }
    if (found.line >= 0) found.length = this.lengths[found.line] as number;
    return found;
  }
}

const bucketKey = (i: number, j: number): number => (i + 4096) * 8192 + (j + 4096);

/** A smooth curve through the knots (Catmull-Rom), a point every `step` metres or so. */
export function curve(knots: readonly (readonly [number, number])[], step: number): GroundPoint[] {
  const points: GroundPoint[] = [];
  const knot = (i: number): readonly [number, number] =>
    knots[Math.min(knots.length - 1, Math.max(0, i))] as readonly [number, number];
  for (let i = 0; i < knots.length - 1; i++) {
    const [p0, p1, p2, p3] = [knot(i - 1), knot(i), knot(i + 1), knot(i + 2)];
    const pieces = Math.max(2, Math.round(Math.hypot(p2[0] - p1[0], p2[1] - p1[1]) / step));
    for (let k = 0; k < pieces; k++) {
      const t = k / pieces;
      const blend = (a: number, b: number, c: number, d: number): number =>
        0.5 * (2 * b + t * (c - a) + t * t * (2 * a - 5 * b + 4 * c - d) + t * t * t * (3 * (b - c) + d - a));
      points.push({ x: blend(p0[0], p1[0], p2[0], p3[0]), y: blend(p0[1], p1[1], p2[1], p3[1]) });
    }
  }
  const last = knot(knots.length - 1);
  points.push({ x: last[0], y: last[1] });
  return points;
}

/** The curve pushed sideways by `bend(metres along it)` metres, less near an end that must stay in place. */
export function meander(
  points: readonly GroundPoint[],
  bend: (along: number) => number,
  fixedEnd: boolean,
): GroundPoint[] {
  let along = 0;
  const total = points
    .slice(1)
    .reduce((sum, p, i) => sum + Math.hypot(p.x - at(points, i).x, p.y - at(points, i).y), 0);
  return points.map((point, i) => {
    const before = at(points, Math.max(0, i - 1));
    const after = at(points, Math.min(points.length - 1, i + 1));
    if (i > 0) along += Math.hypot(point.x - before.x, point.y - before.y);
    const length = Math.hypot(after.x - before.x, after.y - before.y) || 1;
    const push = bend(along) * (fixedEnd ? Math.min(1, (total - along) / 400) : 1);
    return {
      x: point.x - (push * (after.y - before.y)) / length,
      y: point.y + (push * (after.x - before.x)) / length,
    };
  });
}

const at = (points: readonly GroundPoint[], i: number): GroundPoint => points[i] as GroundPoint;
