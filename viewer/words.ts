import type { MapKey } from './api.js';
import { isPending } from './tile-status.js';
import type { TileStatus } from './tile-status.js';

/** `maize` → `Maize`, `built_up` → `Built up`. */
export function sentenceCase(name: string): string {
  const plain = name.replaceAll('_', ' ').trim();
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

/** Seasons that cross the new year are named by both years, as farmers do: `summer 2024/25`; others `winter 2024`. */
export function seasonName(map: Pick<MapKey, 'season' | 'year'>, period?: readonly [string, string]): string {
  return `${map.season} ${yearName(map.year, map.season, period)}`;
}

export function yearName(year: number, season: string, period?: readonly [string, string]): string {
  const crosses =
    period === undefined ? season === 'summer' : period[0].slice(0, 4) !== period[1].slice(0, 4);
  return crosses ? `${year}/${String((year + 1) % 100).padStart(2, '0')}` : String(year);
}

/** `12 of 16 tiles · computing 3 · from archive 9`. Empty where the view holds no tile. */
export function statusLine(statuses: readonly TileStatus[]): string {
  if (statuses.length === 0) return 'Nothing of this map here';
  const count = (test: (status: TileStatus) => boolean): number => statuses.filter(test).length;
  const ready = count((status) => status.phase === 'ready');
  const parts = [
    ready === statuses.length
      ? ready === 1
        ? 'The tile in view is there'
        : `All ${ready} tiles`
      : `${ready} of ${statuses.length} ${statuses.length === 1 ? 'tile' : 'tiles'}`,
  ];
  const add = (label: string, number: number): void => {
    if (number > 0) parts.push(`${label} ${number}`);
  };
  add(
    'computing',
    count((status) => status.phase === 'computing'),
  );
  add(
    'reading scenes',
    count((status) => status.phase === 'reading'),
  );
  add(
    'waiting',
    count((status) => status.phase === 'queued' || status.phase === 'waiting'),
  );
  add(
    'failed',
    count((status) => status.phase === 'failed'),
  );
  add(
    'not computed yet',
    count((status) => status.phase === 'absent'),
  );
  add(
    'from archive',
    count((status) => status.phase === 'ready' && status.tier === 'archive'),
  );
  add(
    'just computed',
    count((status) => status.phase === 'ready' && status.tier === 'computed'),
  );
  return parts.join(' · ');
}

export const anyPending = (statuses: readonly TileStatus[]): boolean =>
  statuses.some((status) => isPending(status.phase));

/** What a person reads on a tile that is not there. */
export function phaseName(status: TileStatus): string {
  const percent = status.progress === null ? '' : ` ${Math.round(status.progress * 100)} %`;
  switch (status.phase) {
    case 'waiting':
    case 'queued':
      return 'waiting';
    case 'reading':
      return `reading scenes${percent}`;
    case 'computing':
      return 'computing';
    case 'failed':
      return 'failed';
    case 'absent':
      return 'not computed';
    case 'ready':
      return '';
  }
}

/** Words for codes whose server text speaks to operators; others are shown as the server says them. */
const ADVICE: Readonly<Record<string, string>> = {
  'no-scenes': 'Try another season or year, or move to another place.',
  'stac-unavailable':
    'The catalogue of satellite scenes does not answer. Tiles that are kept still show; try again later.',
  'queue-unavailable': 'Maps cannot be computed just now. This page asks again by itself.',
  'queue-full': 'Many people compute maps now. This page asks again by itself.',
  'not-computed': 'This server only shows what is already computed.',
  'unknown-model': 'The link names a model that this server does not have.',
  'unknown-year': 'The link names a year that this server does not have.',
  'unknown-season': 'The link names a season that this server does not have.',
  'unknown-layer': 'The link names a layer that this map does not have.',
};

export function adviceFor(code: string, hint: string | null): string {
  return hint ?? ADVICE[code] ?? 'Try again; if it stays, tell whoever runs this server.';
}

/** True where the model's card says that its scenes were simulated. */
export function isSimulated(card: Readonly<Record<string, unknown>> | undefined): boolean {
  return (
    card !== undefined &&
    (card['simulated'] === true || /\bsimulated\b/i.test(JSON.stringify(Object.values(card))))
  );
}
