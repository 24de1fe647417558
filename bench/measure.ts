/** Times of one thing in milliseconds. */
export interface Times {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
  /** In the order in which they were taken. */
  readonly samples: readonly number[];
}

export function timesOf(samples: readonly number[]): Times {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
  return { median: at(0.5), min: at(0), max: at(1), runs: sorted.length, samples };
}

/** Runs once to warm up for each of `warmUp`, then `runs` times on the clock. */
export async function measure(
  run: () => unknown,
  { warmUp, runs }: { readonly warmUp: number; readonly runs: number },
): Promise<Times> {
  for (let i = 0; i < warmUp; i += 1) await run();
  const samples: number[] = [];
  for (let i = 0; i < runs; i += 1) {
    const begun = performance.now();
    await run();
    samples.push(performance.now() - begun);
  }
  return timesOf(samples);
}

/**
 * Several things turn by turn, so that whatever else the machine does falls on all of them alike: their ratios are worth
 * more than their times.
 */
export async function measureTogether<Name extends string>(
  contenders: Readonly<Record<Name, () => unknown>>,
  { warmUp, runs }: { readonly warmUp: number; readonly runs: number },
): Promise<Record<Name, Times>> {
  const names = Object.keys(contenders) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let i = 0; i < warmUp + runs; i += 1) {
    for (const name of names) {
      const begun = performance.now();
      await contenders[name]();
      if (i >= warmUp) samples[name].push(performance.now() - begun);
    }
  }
  return Object.fromEntries(names.map((name) => [name, timesOf(samples[name])])) as Record<Name, Times>;
}

/** How many times longer `a` takes than `b`, both of one {@link measureTogether}: the median over its rounds. */
export function ratioOf(a: Times, b: Times): number {
  return timesOf(a.samples.map((time, round) => time / (b.samples[round] ?? NaN))).median;
}
