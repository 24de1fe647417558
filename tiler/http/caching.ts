import type { TileState } from '../tiles/tile-service.js';

/** Content under an address that names its version: one year, the longest that RFC 9111 caches keep sensibly. */
export const IMMUTABLE = 'public, max-age=31536000, immutable';
/** The current map under an address without a version. */
export const SHORT = 'public, max-age=300, must-revalidate';
/** May be kept, must be asked for each time. */
export const REVALIDATE = 'no-cache';
export const NO_STORE = 'no-store';

/**
 * How long a tile may be kept.
 * @param versioned the request named the current version
 * @param closed no further scene can belong to the season
 */
export function tileCacheControl(state: TileState, versioned: boolean, closed: boolean): string {
  switch (state) {
    case 'final':
      return versioned && closed ? IMMUTABLE : SHORT;
    // Both change when work elsewhere ends, which nobody can foresee.
    case 'partial':
    case 'stale':
      return REVALIDATE;
    case 'incomplete':
      return NO_STORE;
  }
}
