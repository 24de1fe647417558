/**
 * Thrown by a {@link WorkHandler}: it is not done and shall wait again, first of its class, for this process or another. No attempt is
 * counted and nobody is told. So a worker yields work that fills the map to somebody who waits.
 */
export class GiveBack extends Error {
  override readonly name = 'GiveBack';

  constructor(message = 'given back for work of a better class') {
    super(message);
  }
}
