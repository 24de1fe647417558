import type { MapKey } from './api.js';
import { strings } from './strings.js';
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
  if (statuses.length === 0) return strings.tiles.nothingHere;
  const count = (test: (status: TileStatus) => boolean): number => statuses.filter(test).length;
  const ready = count((status) => status.phase === 'ready');
  const parts = [
    ready === statuses.length
      ? ready === 1
        ? strings.tiles.oneReady
        : strings.tiles.allReady(ready)
      : strings.tiles.someReady(ready, statuses.length),
  ];
  const add = (label: string, number: number): void => {
    if (number > 0) parts.push(strings.tiles.counted(label, number));
  };
  add(
    strings.tiles.computing,
    count((status) => status.phase === 'computing'),
  );
  add(
    strings.tiles.readingScenes,
    count((status) => status.phase === 'reading'),
  );
  add(
    strings.tiles.waiting,
    count((status) => status.phase === 'queued' || status.phase === 'waiting'),
  );
  add(
    strings.tiles.failed,
    count((status) => status.phase === 'failed'),
  );
  add(
    strings.tiles.notComputedYet,
    count((status) => status.phase === 'absent'),
  );
  add(
    strings.tiles.fromArchive,
    count((status) => status.phase === 'ready' && status.tier === 'archive'),
  );
  add(
    strings.tiles.justComputed,
    count((status) => status.phase === 'ready' && status.tier === 'computed'),
  );
  return parts.join(' · ');
}

export const anyPending = (statuses: readonly TileStatus[]): boolean =>
  statuses.some((status) => isPending(status.phase));

/** What a person reads on a tile that is not there. */
export function phaseName(status: TileStatus): string {
  const percent = status.progress === null ? '' : strings.format.percent(Math.round(status.progress * 100));
  switch (status.phase) {
    case 'waiting':
    case 'queued':
      return strings.tiles.waiting;
    case 'reading':
      return strings.tiles.reading(percent);
    case 'computing':
      return strings.tiles.computing;
    case 'failed':
      return strings.tiles.failed;
    case 'absent':
      return strings.tiles.notComputed;
    case 'ready':
      return '';
  }
}

export function adviceFor(code: string, hint: string | null): string {
  return hint ?? strings.problems.advice[code] ?? strings.problems.otherAdvice;
}

/** True where the model's card says that its scenes were simulated. */
export function isSimulated(card: Readonly<Record<string, unknown>> | undefined): boolean {
  return (
    card !== undefined &&
    (card['simulated'] === true || /\bsimulated\b/i.test(JSON.stringify(Object.values(card))))
  );
}
