/** A rate that was tried. */
export interface Trial {
  readonly rate: number;
  readonly holds: boolean;
}

export interface Sustained {
  /** The highest that held; 0 where none did. */
  readonly rate: number;
  readonly trials: readonly Trial[];
}

/** Doublings or halvings before it is given up: from 100 a second to 100,000, or to none. */
const MOST_STEPS = 10;

/**
 * The highest rate a second that `holds`, within a factor of 2^(1 / 2^bisections): from a guess by doubling or halving to a
 * rate that holds and one that does not, then by the geometric mean of the two.
 */
export async function sustainedRate(
  guess: number,
  bisections: number,
  holds: (rate: number) => Promise<boolean>,
): Promise<Sustained> {
  const trials: Trial[] = [];
  const trial = async (rate: number): Promise<boolean> => {
    const held = await holds(rate);
    trials.push({ rate, holds: held });
    return held;
  };
  let good = 0;
  let bad = Infinity;
  for (let rate = guess; trials.length < MOST_STEPS; rate = good > 0 ? good * 2 : bad / 2) {
    if (await trial(rate)) good = rate;
    else bad = rate;
    if (good > 0 && bad < Infinity) break;
  }
  if (good === 0 || bad === Infinity) return { rate: good, trials };
  for (let step = 0; step < bisections; step += 1) {
    const rate = Math.sqrt(good * bad);
    if (await trial(rate)) good = rate;
    else bad = rate;
  }
  return { rate: good, trials };
}
