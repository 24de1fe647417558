/** For tests only: expressions that numexpr and we both take, written by chance. */

type Random = () => number;

const pick = <T>(random: Random, of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;

/**
 * Numbers: bands and what is made of them. Every `//`, `&` and `|` has a band on its left side, since numexpr has no such operation
 * with a constant there.
 * @param bands how many there are
 */
export function randomNumber(random: Random, bands: number, depth: number): string {
  const band = (): string => `b${1 + Math.floor(random() * bands)}`;
  const constant = (): string =>
    pick(random, ['1', '2', '3', '7', '10', '0.5', '1.5', '100.', '1e-1', '4.0']);
  if (depth <= 0) return random() < 0.75 ? band() : constant();
  const number = (): string => randomNumber(random, bands, depth - 1);
  const grown = `(${band()} + ${number()})`;
  switch (Math.floor(random() * 12)) {
    case 0:
      return `(${number()} + ${number()})`;
    case 1:
      return `${grown} - ${number()}`;
    case 2:
      return `${grown} * ${number()}`;
    case 3:
      return `(${number()}) / ${grown}`;
    case 4:
      return `${grown} // ${pick(random, ['2', '3', '1.5', '-7'])}`;
    case 5:
      return `${grown} % ${pick(random, ['2', '3', '1.5', '11'])}`;
    case 6:
      return `-${grown}`;
    case 7:
      return `${grown} ** ${pick(random, ['2', '3', '0.5', '-1.0', '2.0', '0', '1'])}`;
    case 8:
      return `where(${randomTruth(random, bands, depth - 1)}, ${number()}, ${number()})`;
    case 9:
      return `${pick(random, ['abs', 'floor', 'ceil', 'round', 'sign', 'trunc', 'sqrt'])}(${grown})`;
    case 10:
      return `${pick(random, ['minimum', 'maximum', 'fmod', 'copysign'])}(${grown}, ${number()})`;
    default:
      return `${band()} - ${band()}`;
  }
}

/** Comparisons and what is made of them. */
export function randomTruth(random: Random, bands: number, depth: number): string {
  const band = `b${1 + Math.floor(random() * bands)}`;
  const comparison = `((${band} * 2) ${pick(random, ['<', '<=', '>', '>=', '==', '!='])} (${randomNumber(random, bands, depth - 1)}))`;
  if (depth <= 0) return comparison;
  switch (Math.floor(random() * 5)) {
    case 0:
      return `(${comparison} & ${randomTruth(random, bands, depth - 1)})`;
    case 1:
      return `(${comparison} | ${randomTruth(random, bands, depth - 1)})`;
    case 2:
      return `(${comparison} ^ ${randomTruth(random, bands, depth - 1)})`;
    case 3:
      return `~${comparison}`;
    default:
      return comparison;
  }
}
