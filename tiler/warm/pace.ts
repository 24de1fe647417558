/** Of how many of the last steps the pace is made. */
const STEPS = 30;

/** How fast something goes: by what it is now, not by what it was in the beginning. */
export class Pace {
  readonly #marks: { readonly at: number; readonly count: number }[];

  /** @param now milliseconds @param guess seconds that one takes, until one has been done */
  constructor(
    private readonly now: () => number,
    private readonly guess: number,
  ) {
    this.#marks = [{ at: now(), count: 0 }];
  }

  /** @param count done so far */
  mark(count: number): void {
    if (count === this.#marks.at(-1)?.count) return;
    this.#marks.push({ at: this.now(), count });
    if (this.#marks.length > STEPS + 1) this.#marks.shift();
  }

  /** Seconds that one takes. */
  get each(): number {
    const [first, last] = [this.#marks[0], this.#marks.at(-1)];
    if (first === undefined || last === undefined || last.count === first.count) return this.guess;
    return (last.at - first.at) / 1000 / (last.count - first.count);
  }

  /** False: it is the guess. */
  get measured(): boolean {
    return this.#marks.length > 1;
  }
}
