/** polylabel 2.1 ships no types. */
declare module 'polylabel' {
  /** [x, y] in the rings' units, and how far the nearest ring is from it. */
  export default function polylabel(
    rings: readonly (readonly number[][])[],
    precision?: number,
  ): [number, number] & { distance: number };
}
