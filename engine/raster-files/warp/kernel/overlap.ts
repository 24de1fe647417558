/** Corners of what is left of a polygon: a cut adds one at most to four. */
const MOST_CORNERS = 16;
const from = { x: new Float64Array(MOST_CORNERS), y: new Float64Array(MOST_CORNERS) };
const to = { x: new Float64Array(MOST_CORNERS), y: new Float64Array(MOST_CORNERS) };

/** Of a polygon of four corners in order; NaN where one has no place. */
export function quadArea(x: Float64Array, y: Float64Array): number {
  return areaOf(x, y, 4);
}

/** Area that a polygon of four corners has in common with the pixel at a column and row (Sutherland and Hodgman's cuts). */
export function overlap(quadX: Float64Array, quadY: Float64Array, column: number, row: number): number {
  from.x.set(quadX);
  from.y.set(quadY);
  let count = 4;
  count = cut(from.x, from.y, count, column, 1, to.x, to.y);
  count = cut(to.x, to.y, count, column + 1, -1, from.x, from.y);
  // The same with the axes swapped.
  count = cut(from.y, from.x, count, row, 1, to.y, to.x);
  count = cut(to.y, to.x, count, row + 1, -1, from.y, from.x);
  return count < 3 ? 0 : areaOf(from.x, from.y, count);
}

/** Keeps what lies above (side 1) or below (−1) an edge along the first axis. @returns how many corners it has */
function cut(
  a: Float64Array,
  b: Float64Array,
  count: number,
  edge: number,
  side: 1 | -1,
  outA: Float64Array,
  outB: Float64Array,
): number {
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const before = i === 0 ? count - 1 : i - 1;
    const [a0, b0, a1, b1] = [a[before] as number, b[before] as number, a[i] as number, b[i] as number];
    const inside = side * (a1 - edge) >= 0;
    if (inside !== side * (a0 - edge) >= 0) {
      outA[kept] = edge;
      outB[kept] = b0 + ((edge - a0) / (a1 - a0)) * (b1 - b0);
      kept += 1;
    }
    if (inside) {
      outA[kept] = a1;
      outB[kept] = b1;
      kept += 1;
    }
  }
  return kept;
}

function areaOf(x: Float64Array, y: Float64Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const next = i + 1 === count ? 0 : i + 1;
    sum += (x[i] as number) * (y[next] as number) - (x[next] as number) * (y[i] as number);
  }
  return Math.abs(sum) / 2;
}
