import type { WorkClass } from './work.js';

/**
 * Thrown by a {@link WorkHandler}: it is not done and shall wait again, for this process or another, first of its class or of the one named
 * here. No attempt is counted and nobody is told. So a worker yields work that nobody waits for to somebody who waits.
 */
export class GiveBack extends Error {
  override readonly name = 'GiveBack';

  constructor(
    message = 'given back for work of a better class',
    readonly workClass?: WorkClass,
  ) {
    super(message);
  }
}
