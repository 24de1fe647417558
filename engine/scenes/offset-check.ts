/** The coarsest overview of a band. */
export interface CoarseBand {
  /** DN or classes, row-major, length width · height. */
  readonly data: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
  /** DN that means no data, null where there is none. */
  readonly nodata: number | null;
}

export interface OffsetCheck {
  /** Median red reflectance over vegetation, null where too few pixels have it. */
  readonly median: number | null;
  /** False: scale or offset cannot be right, and the scene is not used. True also where it could not be judged. */
  readonly plausible: boolean;
}

/** SCL class 4, vegetation: dark in the red everywhere. */
const VEGETATION = 4;
const ENOUGH_PIXELS = 1000;
/**
 * Ten real scenes: 0.023 to 0.042 when right; −0.058 and less or 0.123 and more with the offset wrong either way. On their
 * coarsest overviews, where clouds have bled into vegetation, up to 0.067 and −0.034.
 */
const PLAUSIBLE: readonly [number, number] = [0.005, 0.11];

/**
 * Holds a scene's offset against its own pixels (FEATURE_ORDER_V1, section 2). Red and SCL may have different sizes: each
 * SCL pixel takes the red pixel that contains its centre.
 */
export function checkOffset(
  red: CoarseBand,
  scl: CoarseBand,
  decision: { readonly scale: number; readonly offset: number },
): OffsetCheck {
  checkSize('red', red);
  checkSize('SCL', scl);
  const numbers = new Float64Array(scl.width * scl.height);
  let count = 0;
  for (let row = 0; row < scl.height; row++) {
    const redRow = Math.floor(((row + 0.5) * red.height) / scl.height) * red.width;
    for (let column = 0; column < scl.width; column++) {
      if (scl.data[row * scl.width + column] !== VEGETATION) continue;
      const dn = red.data[redRow + Math.floor(((column + 0.5) * red.width) / scl.width)] ?? NaN;
      if (dn === red.nodata || Number.isNaN(dn)) continue;
      numbers[count++] = dn;
    }
  }
  if (count < ENOUGH_PIXELS) return { median: null, plausible: true };
  const sorted = numbers.subarray(0, count).sort();
  const upper = sorted[count >> 1] ?? NaN;
  const lower = sorted[(count - 1) >> 1] ?? NaN;
  const median = ((lower + upper) / 2) * decision.scale + decision.offset;
  return { median, plausible: median >= PLAUSIBLE[0] && median <= PLAUSIBLE[1] };
}

function checkSize(name: string, band: CoarseBand): void {
  if (band.data.length !== band.width * band.height) {
    throw new RangeError(
      `${name} overview: got ${band.data.length} values, expected ${band.width * band.height} (${band.height} × ${band.width})`,
    );
  }
}
