import { SharedWork } from '../windows/shared-work.js';

/** Something loaded once and kept, for all who ask. A failed or given-up load leaves no trace: the next call tries again. */
export class SharedLoad<T> {
  readonly #work = new SharedWork<T>();
  #loaded: { readonly value: T } | undefined;

  constructor(private readonly load: (signal: AbortSignal) => Promise<T>) {}

  /** Each waiter owns only its own patience; the load's signal fires when the last has left. */
  async get(signal?: AbortSignal): Promise<T> {
    if (this.#loaded !== undefined) return this.#loaded.value;
    return this.#work.run('', signal, async (shared) => {
      const value = await this.load(shared);
      if (!shared.aborted) this.#loaded = { value };
      return value;
    });
  }
}
