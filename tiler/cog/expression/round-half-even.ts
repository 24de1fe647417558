/** To the nearest whole number, halves to the even one: C's `rint`, numpy's `round`. */
export function roundHalfEven(value: number): number {
  const down = Math.floor(value);
  const over = value - down;
  if (over > 0.5 || (over === 0.5 && down % 2 !== 0)) return down + 1;
  return down;
}
