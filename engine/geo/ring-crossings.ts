import type { Position } from 'geojson';

/** A place where two edges of one polygon cross, degrees. */
export interface Crossing {
  readonly lon: number;
  readonly lat: number;
}

/**
 * A place where edges of a polygon's rings cross each other, or null. To touch is no crossing: at a corner, or along an edge, as rings that
 * were drawn by hand or cut by a raster do; the even-odd rule gives those one inside.
 *
 * A sweep along the axis on which the edges are short (Shamos and Hoey 1976, with a list in place of their tree): usual outlines take
 * time by the number of edges times the few that lie beside each other.
 */
export function findCrossing(rings: readonly (readonly Position[])[]): Crossing | null {
  const { edges, count } = edgesOf(rings);
  const [wide, high] = extents(edges, count);
  // Along longitude: an edge's place is 4·i and 4·i + 2; along latitude one more.
  const axis = wide <= high ? 0 : 1;
  const low = (at: number): number =>
    Math.min(edges[4 * at + axis] as number, edges[4 * at + 2 + axis] as number);
  const end = (at: number): number =>
    Math.max(edges[4 * at + axis] as number, edges[4 * at + 2 + axis] as number);
  const lows = Float64Array.from({ length: count }, (_, at) => low(at));
  const order = Uint32Array.from({ length: count }, (_, at) => at).sort(
    (a, b) => (lows[a] as number) - (lows[b] as number),
  );
  const near = new Uint32Array(count);
  let length = 0;
  for (const edge of order) {
    const from = lows[edge] as number;
    let kept = 0;
    for (let i = 0; i < length; i += 1) {
      const other = near[i] as number;
      if (end(other) < from) continue;
      near[kept] = other;
      kept += 1;
      const crossing = cross(edges, edge, other);
      if (crossing !== null) return crossing;
    }
    near[kept] = edge;
    length = kept + 1;
  }
  return null;
}

/** x1, y1, x2, y2 of each edge; those without length are left out. */
function edgesOf(rings: readonly (readonly Position[])[]): { edges: Float64Array; count: number } {
  const most = rings.reduce((sum, ring) => sum + Math.max(0, ring.length - 1), 0);
  const edges = new Float64Array(4 * most);
  let count = 0;
  for (const ring of rings) {
    for (let at = 1; at < ring.length; at += 1) {
      const [x1 = NaN, y1 = NaN] = ring[at - 1] ?? [];
      const [x2 = NaN, y2 = NaN] = ring[at] ?? [];
      if (x1 === x2 && y1 === y2) continue;
      edges.set([x1, y1, x2, y2], 4 * count);
      count += 1;
    }
  }
  return { edges, count };
}

function extents(edges: Float64Array, count: number): [wide: number, high: number] {
  let [wide, high] = [0, 0];
  for (let at = 0; at < 4 * count; at += 4) {
    wide += Math.abs((edges[at + 2] as number) - (edges[at] as number));
    high += Math.abs((edges[at + 3] as number) - (edges[at + 1] as number));
  }
  return [wide, high];
}

/** Where two edges cross in the middle of both. */
function cross(edges: Float64Array, a: number, b: number): Crossing | null {
  const [ax, ay, bx, by] = ends(edges, a);
  const [cx, cy, dx, dy] = ends(edges, b);
  if (Math.max(ax, bx) < Math.min(cx, dx) || Math.max(cx, dx) < Math.min(ax, bx)) return null;
  if (Math.max(ay, by) < Math.min(cy, dy) || Math.max(cy, dy) < Math.min(ay, by)) return null;
  const c = side(ax, ay, bx, by, cx, cy);
  const d = side(ax, ay, bx, by, dx, dy);
  if (c === 0 || d === 0 || c > 0 === d > 0) return null;
  const p = side(cx, cy, dx, dy, ax, ay);
  const q = side(cx, cy, dx, dy, bx, by);
  if (p === 0 || q === 0 || p > 0 === q > 0) return null;
  const share = p / (p - q);
  return { lon: ax + share * (bx - ax), lat: ay + share * (by - ay) };
}

/** Twice the triangle's area: positive left of the line, 0 where rounding does not let it be told (a billionth of a degree). */
function side(x1: number, y1: number, x2: number, y2: number, x: number, y: number): number {
  const product = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1);
  return Math.abs(product) <= 1e-9 * Math.hypot(x2 - x1, y2 - y1) ? 0 : product;
}

function ends(edges: Float64Array, at: number): [number, number, number, number] {
  return [
    edges[4 * at] as number,
    edges[4 * at + 1] as number,
    edges[4 * at + 2] as number,
    edges[4 * at + 3] as number,
  ];
}
