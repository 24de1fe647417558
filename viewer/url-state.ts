/** What a link to this page holds: place in the hash (`#zoom/lat/lon`), the rest in the query. */
export interface UrlState {
  /** null: open where the server says. */
  readonly place: { readonly zoom: number; readonly lat: number; readonly lon: number } | null;
  readonly season: string | null;
  readonly year: number | null;
  readonly model: string | null;
  readonly layer: string | null;
  /** 0 to 1. */
  readonly opacity: number;
  readonly baseline: boolean;
}

export const MIN_ZOOM = 6;
export const MAX_ZOOM = 18;
const MAX_LAT = 85;

const finite = (value: string | undefined | null): number | null =>
  value === undefined || value === null || value.trim() === '' || !Number.isFinite(Number(value))
    ? null
    : Number(value);

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Never throws: what is malformed in a link counts as not given. */
export function parseUrl(search: string, hash: string): UrlState {
  const query = new URLSearchParams(search);
  const [zoom, lat, lon] = hash.replace(/^#/, '').split('/').map(finite);
  const year = finite(query.get('year'));
  return {
    place:
      typeof zoom === 'number' &&
      typeof lat === 'number' &&
      typeof lon === 'number' &&
      Math.abs(lat) <= MAX_LAT &&
      Math.abs(lon) <= 180
        ? { zoom: clamp(zoom, MIN_ZOOM, MAX_ZOOM), lat, lon }
        : null,
    season: query.get('season'),
    year: year !== null && Number.isInteger(year) ? year : null,
    model: query.get('model'),
    layer: query.get('layer'),
    opacity: clamp(finite(query.get('opacity')) ?? 85, 0, 100) / 100,
    baseline: query.get('baseline') !== '0',
  };
}

/** The shortest link with the same state: what is the default is left out. */
export function formatUrl(state: UrlState): string {
  const query = new URLSearchParams();
  if (state.season !== null) query.set('season', state.season);
  if (state.year !== null) query.set('year', String(state.year));
  if (state.model !== null) query.set('model', state.model);
  if (state.layer !== null) query.set('layer', state.layer);
  if (state.opacity !== 0.85) query.set('opacity', String(Math.round(state.opacity * 100)));
  if (!state.baseline) query.set('baseline', '0');
  const search = query.toString();
  const hash =
    state.place === null
      ? ''
      : `#${Number(state.place.zoom.toFixed(2))}/${state.place.lat.toFixed(5)}/${state.place.lon.toFixed(5)}`;
  return `${search === '' ? '' : `?${search}`}${hash}`;
}
