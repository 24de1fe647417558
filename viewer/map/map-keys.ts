import type { MapKey } from '../api.js';
import type { Comparison, UrlState } from '../url-state.js';

/** The map right of the divider. */
export function comparedKey(key: MapKey, compare: Comparison): MapKey {
  switch (compare.with) {
    case 'year':
      return { ...key, year: compare.year };
    case 'model':
      return { ...key, model: compare.model };
    case 'baseline':
      return key;
  }
}

/** The map that a link names: without what it leaves to the server. */
export function askedKey({ season, year, model }: UrlState): Partial<MapKey> {
  return {
    ...(season === null ? {} : { season }),
    ...(year === null ? {} : { year }),
    ...(model === null ? {} : { model }),
  };
}
