/** Numbered places, 0 to size − 1, for the things that are in use: what was not in use for the longest gives way. */
export class Slots<T> {
  /** What was not in use for the longest comes first. */
  readonly #slots = new Map<T, number>();

  constructor(readonly size: number) {}

  /**
   * Each of these is in use now, and has a place of its own; who had one keeps it.
   * @throws RangeError where there are more of them than places
   */
  use(things: readonly T[]): void {
    if (things.length > this.size) throw new RangeError(`${things.length} things for ${this.size} slots`);
    for (const thing of things) {
      const slot = this.#slots.get(thing);
      if (slot === undefined) continue;
      this.#slots.delete(thing);
      this.#slots.set(thing, slot);
    }
    for (const thing of things) if (!this.#slots.has(thing)) this.#slots.set(thing, this.#free());
  }

  /** undefined where it has none (any more). */
  of(thing: T): number | undefined {
    return this.#slots.get(thing);
  }

  #free(): number {
    if (this.#slots.size < this.size) return this.#slots.size;
    for (const [oldest, slot] of this.#slots) {
      this.#slots.delete(oldest);
      return slot;
    }
    throw new RangeError('no slots');
  }
}
