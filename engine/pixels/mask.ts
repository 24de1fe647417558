/** Scene classes with usable ground: dark (2), vegetation (4), bare (5), water (6), unclassified (7), snow (11). Sen2Cor's SCL. */
export const VALID_CLASSES: ReadonlySet<number> = new Set([2, 4, 5, 6, 7, 11]);
/** Classes that spoil their surroundings: cloud shadow (3), cloud of medium (8) and high (9) probability, thin cirrus (10). */
export const CLOUD_CLASSES: ReadonlySet<number> = new Set([3, 8, 9, 10]);

/**
 * Which pixels of an SCL raster are valid: 1 where the class is and no cloud or shadow lies within `buffer` rows and columns
 * (a square of 2 · buffer + 1), else 0. Beyond the raster there is no cloud.
 * @param scl classes, row-major, length width · height; @param buffer pixels of the SCL's own grid, 0 or more
 */
export function sclValid(scl: Uint8Array, width: number, height: number, buffer: number): Uint8Array {
  const isCloud = (x: number, y: number) => CLOUD_CLASSES.has(scl[y * width + x]!);
  const isNearCloud = (x: number, y: number) => {
    for (let row = Math.max(y - buffer, 0); row <= Math.min(y + buffer, height - 1); row += 1) {
      for (let column = Math.max(x - buffer, 0); column <= Math.min(x + buffer, width - 1); column += 1) {
        if (isCloud(column, row)) return true;
      }
    }
    return false;
  };
  return Uint8Array.from(scl, (value, i) =>
    VALID_CLASSES.has(value) && !isNearCloud(i % width, Math.floor(i / width)) ? 1 : 0,
  );
}
