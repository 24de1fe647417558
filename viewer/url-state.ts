/** Degrees, and a zoom of 256-pixel tiles, with fraction. */
export interface Place {
  readonly zoom: number;
  readonly lat: number;
  readonly lon: number;
}

/** What shows right of the divider: the same layer of another season or model, or Dynamic World. */
export type Comparison =
  | { readonly with: 'year'; readonly year: number }
  | { readonly with: 'model'; readonly model: string }
  | { readonly with: 'baseline' };

/** What a link to this page holds: place in the hash (`#zoom/lat/lon`), the rest in the query. */
export interface UrlState {
  /** null: open where the server says. */
  readonly place: Place | null;
  readonly season: string | null;
  readonly year: number | null;
  readonly model: string | null;
  readonly layer: string | null;
  /** 0 to 1. */
  readonly opacity: number;
  readonly baseline: boolean;
  /** Names of classes that are switched off. */
  readonly hidden: readonly string[];
  /** Percent; less confident pixels are hatched. 0: none. */
  readonly hatchBelow: number;
  readonly compare: Comparison | null;
  /** Where the divider is: 0 to 1 of the map's width. */
  readonly swipe: number;
  /** What panels keep, by their own names. */
  readonly others: Readonly<Record<string, string>>;
}

export const MIN_ZOOM = 6;
export const MAX_ZOOM = 18;
const MAX_LAT = 85;
const OPACITY = 0.85;
const SWIPE = 0.5;
const OWN = new Set([
  'season',
  'year',
  'model',
  'layer',
  'opacity',
  'baseline',
  'off',
  'hatch',
  'compare',
  'swipe',
]);

const finite = (value: string | undefined | null): number | null =>
  value === undefined || value === null || value.trim() === '' || !Number.isFinite(Number(value))
    ? null
    : Number(value);

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Never throws: what is malformed in a link counts as not given. */
export function parseUrl(search: string, hash: string): UrlState {
  const query = new URLSearchParams(search);
  const year = finite(query.get('year'));
  return {
    place: parsePlace(hash),
    season: query.get('season'),
    year: year !== null && Number.isInteger(year) ? year : null,
    model: query.get('model'),
    layer: query.get('layer'),
    opacity: clamp(finite(query.get('opacity')) ?? 100 * OPACITY, 0, 100) / 100,
    baseline: query.get('baseline') !== '0',
    hidden: [...new Set(query.getAll('off'))],
    hatchBelow: Math.round(clamp(finite(query.get('hatch')) ?? 0, 0, 100)),
    compare: parseComparison(query.get('compare')),
    swipe: clamp(finite(query.get('swipe')) ?? 100 * SWIPE, 0, 100) / 100,
    others: Object.fromEntries([...query].filter(([name]) => !OWN.has(name))),
  };
}

function parsePlace(hash: string): Place | null {
  const [zoom, lat, lon] = hash.replace(/^#/, '').split('/').map(finite);
  const whole = typeof zoom === 'number' && typeof lat === 'number' && typeof lon === 'number';
  if (!whole || Math.abs(lat) > MAX_LAT || Math.abs(lon) > 180) return null;
  return { zoom: clamp(zoom, MIN_ZOOM, MAX_ZOOM), lat, lon };
}

/** `year:2023`, `model:Ensemble`, `baseline`. */
export function parseComparison(text: string | null): Comparison | null {
  if (text === 'baseline') return { with: 'baseline' };
  const [kind, ...rest] = (text ?? '').split(':');
  const value = rest.join(':');
  if (kind === 'model' && value !== '') return { with: 'model', model: value };
  const year = finite(value);
  return kind === 'year' && year !== null && Number.isInteger(year) ? { with: 'year', year } : null;
}

export function formatComparison(compare: Comparison): string {
  switch (compare.with) {
    case 'year':
      return `year:${compare.year}`;
    case 'model':
      return `model:${compare.model}`;
    case 'baseline':
      return 'baseline';
  }
}

/** The shortest link with the same state: what is the default is left out. */
export function formatUrl(state: UrlState): string {
  const query = new URLSearchParams();
  if (state.season !== null) query.set('season', state.season);
  if (state.year !== null) query.set('year', String(state.year));
  if (state.model !== null) query.set('model', state.model);
  if (state.layer !== null) query.set('layer', state.layer);
  if (state.opacity !== OPACITY) query.set('opacity', String(Math.round(state.opacity * 100)));
  if (!state.baseline) query.set('baseline', '0');
  for (const name of state.hidden) query.append('off', name);
  if (state.hatchBelow > 0) query.set('hatch', String(state.hatchBelow));
  if (state.compare !== null) {
    query.set('compare', formatComparison(state.compare));
    if (state.swipe !== SWIPE) query.set('swipe', String(Number((state.swipe * 100).toFixed(1))));
  }
  for (const [name, value] of Object.entries(state.others)) query.set(name, value);
  const search = query.toString();
  const { place } = state;
  const hash =
    place === null ? '' : `#${Number(place.zoom.toFixed(2))}/${place.lat.toFixed(5)}/${place.lon.toFixed(5)}`;
  return `${search === '' ? '' : `?${search}`}${hash}`;
}
