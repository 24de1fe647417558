import { DN_STEP } from '../../tiler/demo/render-scene.js';

/** A square of `side` pixels filled with a raster and its mirror images: as busy everywhere as the raster is. */
export function mirrored<T extends Uint8Array | Uint16Array>(
  data: T,
  width: number,
  height: number,
  side: number,
): T {
  const out = new (data.constructor as new (length: number) => T)(side * side);
  const fold = (at: number, size: number): number => {
    const place = at % (2 * size);
    return place < size ? place : 2 * size - 1 - place;
  };
  for (let row = 0; row < side; row += 1) {
    const from = fold(row, height) * width;
    for (let col = 0; col < side; col += 1) out[row * side + col] = data[from + fold(col, width)] ?? 0;
  }
  return out;
}

/**
 * The simulated DN come in steps, to be small on disk. Noise fills the steps again, so that blocks weigh, and inflate, like
 * real ones.
 */
export function unstepped(dn: Uint16Array): Uint16Array {
  let state = 1;
  return dn.map((value) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return value === 0 ? 0 : Math.max(1, value + ((state >>> 16) % DN_STEP) - DN_STEP / 2);
  });
}
