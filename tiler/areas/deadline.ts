import { GeoCropError } from '../../engine/errors.js';
import type { Clock } from '../http/clock.js';

/** Ends what takes longer than a request may. */
export class Deadline {
  constructor(
    private readonly clock: Pick<Clock, 'after'>,
    private readonly ms: number,
  ) {}

  /** @throws area-too-large where the work has to be ended; what the work throws */
  async within<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const late = new AbortController();
    const cancel = this.clock.after(this.ms, () =>
      late.abort(new DOMException('It took too long.', 'AbortError')),
    );
    try {
      return await work(AbortSignal.any([signal, late.signal]));
    } catch (error) {
      if (!late.signal.aborted || signal.aborted) throw error;
      throw new GeoCropError(
        'area-too-large',
        `The area could not be worked through in ${Math.round(this.ms / 1000)} s.`,
        { hint: 'Ask for parts of it.' },
      );
    } finally {
      cancel();
    }
  }
}
