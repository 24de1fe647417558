/** Texts as Python and pydantic take them; each gives undefined for what they refuse. */

/** `int()`: blanks around it are fine. */
export function wholeNumber(text: string): number | undefined {
  const value = /^[+-]?\d{1,15}$/.test(text.trim()) ? Number(text) : NaN;
  return Number.isNaN(value) ? undefined : value;
}

export function positiveNumber(text: string): number | undefined {
  const value = wholeNumber(text);
  return value !== undefined && value > 0 ? value : undefined;
}

/** `float()`: with `nan` and infinities. */
export function anyNumber(text: string): number | undefined {
  const plain = text.trim();
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return Number(plain);
  if (/^[+-]?nan$/i.test(plain)) return NaN;
  const infinite = /^([+-]?)inf(inity)?$/i.exec(plain);
  if (infinite === null) return undefined;
  return infinite[1] === '-' ? -Infinity : Infinity;
}

export function finiteNumber(text: string): number | undefined {
  const value = anyNumber(text);
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

export function truth(text: string): boolean | undefined {
  const plain = text.toLowerCase();
  if (['true', '1', 'yes', 'y', 'on', 't'].includes(plain)) return true;
  if (['false', '0', 'no', 'n', 'off', 'f'].includes(plain)) return false;
  return undefined;
}

/** `min,max`; brackets do not count. */
export function pair(text: string): readonly [number, number] | undefined {
  const [min, max, ...more] = text.split(',').map((part) => finiteNumber(part.replace(/[[\]|]/g, '')));
  return min === undefined || max === undefined || more.length > 0 ? undefined : [min, max];
}

export function oneOf<const T extends string>(names: readonly T[]): (text: string) => T | undefined {
  return (text) => names.find((name) => name === text);
}
