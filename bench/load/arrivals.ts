/** When requests are due, in milliseconds from the beginning: a rate a second, evenly spaced or as if by chance. */
export type Arrivals = 'even' | 'poisson';

/** Due times in order, for ever. @param perSecond more than 0 */
export function* dueTimes(
  arrivals: Arrivals,
  perSecond: number,
  random: () => number,
): Generator<number, never> {
  const mean = 1000 / perSecond;
  // Clients that know nothing of each other: the gaps between them are exponential.
  const gap = arrivals === 'even' ? () => mean : () => -mean * Math.log(1 - random());
  for (let due = arrivals === 'even' ? 0 : gap(); ; due += gap()) yield due;
}

/** From 0 up to 1, the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
