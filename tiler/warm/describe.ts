import type { TileId } from '../../engine/geo/tile-matrix.js';
import type { Basis, WarmingEstimate } from './estimate-warming.js';
import type { WarmingFailure, WarmingResult } from './warm-area.js';

/** Words for people: each ends with a line break. */

const HOW: Readonly<Record<Basis, string>> = {
  known: '',
  measured: 'measured',
  sampled: 'sampled',
  guessed: 'a guess',
};

/** @param threads of this process; null: others compute */
export function describeEstimate(estimate: WarmingEstimate, threads: number | null): string {
  const { metatiles, there, empty, toDo, scenes, fetchBytes, keptBytes, seconds, walk, sampled } = estimate;
  const counts = [
    ...(there > 0 ? [`${there} there already`] : []),
    ...(empty > 0 ? [`${empty} without scenes`] : []),
    `${toDo} to compute`,
  ];
  const rows: (readonly [name: string, value: string, how: string])[] = [
    ['Metatiles', String(metatiles), counts.join(', ')],
  ];
  if (toDo > 0) {
    const fromSample = `sampled: ${sampled} of ${toDo} metatiles`;
    const fetchName = estimate.remote ? 'To fetch' : 'To read';
    rows.push(
      ['Scenes', about(scenes.basis, String(scenes.value)), scenes.basis === 'sampled' ? fromSample : ''],
      [
        fetchName,
        about(fetchBytes.basis, bytesText(fetchBytes.value)),
        fetchBytes.basis === 'measured'
          ? 'measured: by the last warming of this map'
          : `${fromSample}; less for what clouds cover${estimate.remote ? ' and what is fetched already' : ', and nothing to fetch: all files lie here'}`,
      ],
      [
        'Kept',
        about(keptBytes.basis, bytesText(keptBytes.value)),
        keptBytes.basis === 'measured'
          ? 'measured: by what is archived of this map'
          : `${HOW[keptBytes.basis]}: ${bytesText(keptBytes.value / toDo)} each`,
      ],
      [
        'Time',
        about(seconds.basis, durationText(seconds.value)),
        seconds.basis === 'measured'
          ? 'measured: by the last warming of this map'
          : `a guess for ${threads === null ? 'one worker of one thread' : plural(threads, 'thread')}${estimate.remote ? ' and 100 Mbit/s' : ''}; the first metatile will tell`,
      ],
    );
    if (estimate.remote) rows.push(['Block cache', ...cacheRow(estimate)]);
  }
  const width = Math.max(...rows.map(([name]) => name.length));
  const valueWidth = Math.max(...rows.map(([, value]) => value.length));
  return rows
    .map(([name, value, how]) => `  ${name.padEnd(width)}  ${value.padEnd(valueWidth)}  ${how}`.trimEnd())
    .concat(walk.strips > 1 && estimate.remote ? [cacheAdvice(estimate)] : [], archiveAdvice(estimate))
    .map((line) => `${line}\n`)
    .join('');
}

function cacheRow({ walk, cacheBytes }: WarmingEstimate): readonly [string, string] {
  if (cacheBytes === Infinity) return ['no limit', 'no block is fetched twice'];
  if (walk.strips === 1)
    return [bytesText(cacheBytes), 'holds what is needed again: no block is fetched twice'];
  return [
    bytesText(cacheBytes),
    `walked in ${walk.strips} strips; ~${bytesText(walk.twiceBytes)} across their borders come twice`,
  ];
}

/** Twice what is needed: see plan-warming.ts, SHARE. */
function cacheAdvice({ walk }: WarmingEstimate): string {
  const gigabytes = Math.ceil((2 * walk.wholeBytes) / 1e9);
  return `  With --block-cache-bytes ${gigabytes}GB no block would be fetched twice.`;
}

/** What is thrown out again was computed for nothing. */
function archiveAdvice({ keptBytes, toDo, there, archiveBytes }: WarmingEstimate): string[] {
  const whole = toDo === 0 ? 0 : (keptBytes.value / toDo) * (toDo + there);
  if (whole <= archiveBytes) return [];
  return [
    `  The archive may hold ${bytesText(archiveBytes)} (GEOCROP_ARCHIVE_BYTES); this area alone takes ~${bytesText(whole)}: allow for more first.`,
  ];
}

export function describeResult(result: WarmingResult, fetchedBytes: number | null): string {
  const { made, there, empty, failed, left, ended, because, seconds } = result;
  const parts = [
    `${made} computed`,
    ...(there > 0 ? [`${there} there already`] : []),
    ...(empty > 0 ? [`${empty} without scenes`] : []),
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
    ...(left > 0 ? [`${left} left`] : []),
  ];
  const how = [
    ...(made > 0 && seconds > 0 ? [rateText(seconds / made)] : []),
    ...(fetchedBytes === null ? [] : [`${bytesText(fetchedBytes)} fetched`]),
  ];
  const took = `${durationText(seconds)}${how.length > 0 ? ` (${how.join(', ')})` : ''}`;
  const lines = [`In ${took}: ${parts.join(', ')}.`];
  const goOn = left > 0 ? ` ${plural(left, 'metatile')} left: the same command goes on there.` : '';
  if (ended === 'time-box') lines.push(`The time is up.${goOn}`);
  if (ended === 'interrupted') lines.push(`Interrupted.${goOn}`);
  if (ended === 'gave-up') {
    lines.push(`Given up: ${because?.message ?? ''}${because?.hint === undefined ? '' : ` ${because.hint}`}`);
    if (goOn !== '') lines.push(goOn.trim());
  }
  return `${lines.join('\n')}\n`;
}

/** Failures of one reason are told once. */
const NAMED = 8;

/** What failed and why, the most frequent reason first; nothing where nothing failed. */
export function describeFailures(failed: readonly WarmingFailure[]): string {
  const groups = new Map<string, WarmingFailure[]>();
  for (const failure of failed) {
    const group = groups.get(failure.error.code) ?? [];
    group.push(failure);
    groups.set(failure.error.code, group);
  }
  return [...groups]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([code, group]) => {
      const named = group.slice(0, NAMED).map(({ metatile }) => nameOf(metatile));
      const more = group.length > NAMED ? ` and ${group.length - NAMED} more` : '';
      const first = group[0]?.error;
      return [
        `${plural(group.length, 'metatile')} failed with ${code}: ${named.join(', ')}${more}`,
        `  ${first?.message ?? ''}`,
        ...(first?.hint === undefined ? [] : [`  ${first.hint}`]),
      ]
        .map((line) => `${line}\n`)
        .join('');
    })
    .join('');
}

export const nameOf = ({ z, x, y }: TileId): string => `${z}/${x}/${y}`;

const about = (basis: Basis, text: string): string => (basis === 'known' ? text : `~${text}`);

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const BYTE_UNITS = [
  [1e12, 'TB'],
  [1e9, 'GB'],
  [1e6, 'MB'],
  [1e3, 'kB'],
] as const;

/** Two or three digits. */
export function bytesText(bytes: number): string {
  const [size, unit] = BYTE_UNITS.find(([least]) => bytes >= 0.9995 * least) ?? [1, 'bytes'];
  const value = bytes / size;
  return `${value.toFixed(size === 1 || value >= 9.95 ? 0 : 1)} ${unit}`;
}

/** `40 s`, `12 min`, `3 h 20 min`, `2 d 4 h`. */
export function durationText(seconds: number): string {
  if (seconds < 119.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** @param each seconds that one takes */
export function rateText(each: number): string {
  const hourly = 3600 / each;
  return `${hourly >= 9.95 ? Math.round(hourly) : hourly.toFixed(1)} an hour`;
}
