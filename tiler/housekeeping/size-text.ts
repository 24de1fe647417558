const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** `0 B`, `812 KB`, `1.2 MB`, `30 GB`: decimal units, two digits or whole numbers. */
export function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && value < 9.95 && !Number.isInteger(value) ? 1 : 0;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}
