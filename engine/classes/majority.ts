import { NODATA_CLASS } from './bundle.js';

export interface MajorityInput {
  /** Class ids with their halo, row-major, length width · height; 255: nodata. */
  readonly classes: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Side of the square window in pixels; 0: no smoothing. */
  readonly kernel: 0 | 3 | 5 | 7;
  /** Pixels on each side that vote but are not given back. At least (kernel − 1) / 2 makes tiles meet without a seam. */
  readonly halo: number;
}

/**
 * Each inner pixel's most frequent class in the window around it (docs/architecture.md, "Classes"). Nodata neither votes nor is voted
 * on; ties go to the class that the pixel already has, else to the lowest id. At the array's edge the window is cut.
 * @returns the inner class ids, (width − 2 · halo) × (height − 2 · halo), row-major
 */
export function majorityFilter(input: MajorityInput): Uint8Array {
  const { classes, width, height, kernel, halo } = input;
  if (classes.length !== width * height) {
    throw new RangeError(`classes: got ${classes.length} values, expected ${width * height}`);
  }
  const innerWidth = width - 2 * halo;
  const innerHeight = height - 2 * halo;
  if (halo < 0 || innerWidth < 0 || innerHeight < 0) {
    throw new RangeError(`halo: got ${halo}, which does not fit ${width} × ${height}`);
  }
  const radius = kernel === 0 ? 0 : (kernel - 1) / 2;
  const out = new Uint8Array(innerWidth * innerHeight);
  // Counts by class, nodata among them at 255, where nothing reads it. Always below 50.
  const counts = new Uint8Array(NODATA_CLASS + 1);
  const ids = idsIn(classes);

  for (let y = halo; y < height - halo; y++) {
    const top = Math.max(0, y - radius);
    const bottom = Math.min(height - 1, y + radius);
    counts.fill(0);
    for (let x = Math.max(0, halo - radius); x < Math.min(width, halo + radius); x++)
      addColumn(x, top, bottom, 1);
    for (let x = halo; x < width - halo; x++) {
      if (x + radius < width) addColumn(x + radius, top, bottom, 1);
      out[(y - halo) * innerWidth + x - halo] = winner(x, y, top, bottom);
      if (x - radius >= 0) addColumn(x - radius, top, bottom, -1);
    }
  }
  return out;

  function addColumn(x: number, top: number, bottom: number, by: number): void {
    for (let i = top * width + x; i <= bottom * width + x; i += width) counts[classes[i]!]! += by;
  }

  function winner(x: number, y: number, top: number, bottom: number): number {
    const own = classes[y * width + x]!;
    if (own === NODATA_CLASS) return own;
    const across = Math.min(width - 1, x + radius) - Math.max(0, x - radius) + 1;
    let best = own;
    let most = counts[own]!;
    // Half of the window cannot be beaten; inside fields that is nearly always so.
    if (2 * most >= across * (bottom - top + 1)) return own;
    // Rising ids and "more than": of several with the same count, what the pixel has stays, else the lowest wins.
    for (let k = 0; k < ids.length; k++) {
      const id = ids[k]!;
      if (counts[id]! > most) {
        best = id;
        most = counts[id]!;
      }
    }
    return best;
  }
}

/** The class ids that occur, rising, without nodata. */
function idsIn(classes: Uint8Array): Uint8Array {
  const seen = new Uint8Array(NODATA_CLASS + 1);
  for (let i = 0; i < classes.length; i++) seen[classes[i]!] = 1;
  return Uint8Array.from(seen.subarray(0, NODATA_CLASS).keys()).filter((id) => seen[id] === 1);
}
