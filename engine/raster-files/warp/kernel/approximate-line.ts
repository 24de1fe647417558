import type { PixelTransform } from './pixel-transform.js';

/** Source pixels: how far a straight line may be from the true curve. rasterio's `tolerance`. */
export const TOLERANCE = 0.125;
/** So few points are not worth approximating. */
const FEW = 5;

/**
 * GDALApproxTransform along one row of the target: exact at the ends and in the middle, straight between where the middle is within
 * the tolerance, else in halves. Which lines are drawn depends on where the row begins and ends, so that all of it must be
 * known, but only the asked-for columns are worked out.
 */
export class LineApproximation {
  readonly #x = new Float64Array(3);
  readonly #y = new Float64Array(3);
  #start = 0;
  #row = 0;
  #columns: Int32Array = new Int32Array();
  #outX: Float64Array = new Float64Array();
  #outY: Float64Array = new Float64Array();
  #outAt = 0;

  constructor(private readonly transform: PixelTransform) {}

  /**
   * @param start of the row's first point, in target pixels (0.5: a pixel's centre)
   * @param count points of the row, one apart
   * @param row the y of all of them
   * @param columns which of the points are wanted, ascending, from 0; [from, to) of this list
   * @param outX source columns, from `outAt`, one for each wanted point; NaN where there is none
   */
  run(
    start: number,
    count: number,
    row: number,
    columns: Int32Array,
    from: number,
    to: number,
    outX: Float64Array,
    outY: Float64Array,
    outAt: number,
  ): void {
    this.#start = start;
    this.#row = row;
    this.#columns = columns;
    this.#outX = outX;
    this.#outY = outY;
    this.#outAt = outAt - from;
    const middle = (count - 1) >> 1;
    if (count <= FEW) {
      this.#exact(from, to);
      return;
    }
    const x = this.#x;
    const y = this.#y;
    x[0] = start;
    x[1] = start + middle;
    x[2] = start + count - 1;
    y.fill(row);
    this.transform(x, y, 3);
    if (!isWhole(x, y, 3)) {
      this.#exact(from, to);
      return;
    }
    this.#split(0, count, from, to, x[0], y[0] as number, x[1], y[1] as number, x[2], y[2] as number);
  }

  /** Points [first, first + count), wanted ones [from, to), with first, middle and last point transformed. */
  #split(
    first: number,
    count: number,
    from: number,
    to: number,
    startX: number,
    startY: number,
    middleX: number,
    middleY: number,
    endX: number,
    endY: number,
  ): void {
    if (from >= to) return;
    const origin = this.#start + first;
    const middle = (count - 1) >> 1;
    const span = origin + count - 1 - origin;
    const stepX = (endX - startX) / span;
    const stepY = (endY - startY) / span;
    const error = Math.abs(startX + stepX * middle - middleX) + Math.abs(startY + stepY * middle - middleY);
    if (error > TOLERANCE) {
      this.#halve(first, count, middle, from, to, startX, startY, middleX, middleY, endX, endY);
      return;
    }
    const columns = this.#columns;
    const outX = this.#outX;
    const outY = this.#outY;
    const outAt = this.#outAt;
    for (let i = from; i < to; i++) {
      const distance = (columns[i] as number) - first;
      outX[outAt + i] = startX + stepX * distance;
      outY[outAt + i] = startY + stepY * distance;
    }
  }

  #halve(
    first: number,
    count: number,
    middle: number,
    from: number,
    to: number,
    startX: number,
    startY: number,
    middleX: number,
    middleY: number,
    endX: number,
    endY: number,
  ): void {
    const rest = count - middle;
    const boundary = first + middle;
    let cut = from;
    while (cut < to && (this.#columns[cut] as number) < boundary) cut += 1;
    const x = this.#x;
    const y = this.#y;
    x[0] = this.#start + first + ((middle - 1) >> 1);
    x[1] = this.#start + first + middle - 1;
    x[2] = this.#start + boundary + ((rest - 1) >> 1);
    y.fill(this.#row);
    this.transform(x, y, 3);
    const [ax, ay, bx, by, cx, cy] = [x[0], y[0] as number, x[1], y[1] as number, x[2], y[2] as number];
    const whole = isWhole(x, y, 3);
    if (middle <= FEW || !whole) this.#exact(from, cut);
    else this.#split(first, middle, from, cut, startX, startY, ax, ay, bx, by);
    if (rest <= FEW || !whole) this.#exact(cut, to);
    else this.#split(boundary, rest, cut, to, middleX, middleY, cx, cy, endX, endY);
  }

  #exact(from: number, to: number): void {
    const count = to - from;
    if (count <= 0) return;
    const x = this.#outX.subarray(this.#outAt + from, this.#outAt + to);
    const y = this.#outY.subarray(this.#outAt + from, this.#outAt + to);
    for (let i = 0; i < count; i++) x[i] = this.#start + (this.#columns[from + i] as number);
    y.fill(this.#row);
    this.transform(x, y, count);
  }
}

function isWhole(x: Float64Array, y: Float64Array, count: number): boolean {
  for (let i = 0; i < count; i++) {
    if (!Number.isFinite(x[i]) || !Number.isFinite(y[i])) return false;
  }
  return true;
}
