import type { PointAnswer } from '../api.js';
import { h } from '../dom.js';
import { strings } from '../strings.js';
import { dayName } from './days.js';

/** The scenes that were used, by date: how cloudy each is, and what it shows of the pixel. */
export function sceneTable({ scenes, series, masked }: PointAnswer): HTMLElement {
  const clear = new Set(series.map(({ scene }) => scene));
  const shown = new Set(series.map(({ date }) => date));
  const reasons = new Map(masked.map(({ date, reason }) => [date, strings.point.masked[reason] ?? reason]));
  const here = (id: string, date: string): string => {
    if (clear.has(id)) return strings.point.clear;
    return shown.has(date) ? strings.point.covered : (reasons.get(date) ?? strings.point.notClear);
  };
  const head = [strings.point.date, strings.point.cloud, strings.point.here];
  return h(
    'details',
    {},
    h('summary', {}, strings.point.scenes(scenes.scenes.length)),
    h(
      'table',
      { class: 'scenes', 'aria-label': strings.point.scenesOf },
      h('thead', {}, h('tr', {}, ...head.map((title) => h('th', { scope: 'col' }, title)))),
      h(
        'tbody',
        {},
        ...scenes.scenes.map(({ id, date, cloudCover }) =>
          h(
            'tr',
            { title: id },
            h('td', {}, dayName(date)),
            h('td', {}, strings.format.percent(Math.round(cloudCover))),
            h('td', { class: clear.has(id) ? 'clear' : 'quiet' }, here(id, date)),
          ),
        ),
      ),
    ),
  );
}

/** The date in a scene's id, which names it for people: `…_20250117…`. */
const dateIn = (id: string): string | null => {
  const [, year, month, day] = /(20\d\d)(\d\d)(\d\d)/.exec(id) ?? [];
  return year === undefined ? null : dayName(`${year}-${month}-${day}`);
};

/** The scenes that were not used, each with the reason. */
export function leftOutList({ scenes: { leftOut } }: PointAnswer): HTMLElement | null {
  if (leftOut.length === 0) return null;
  return h(
    'details',
    {},
    h('summary', {}, strings.point.leftOut(leftOut.length)),
    h(
      'ul',
      { class: 'quiet left-out' },
      ...leftOut.map(({ id, reason }) =>
        h('li', { title: id }, strings.point.leftOutScene(dateIn(id) ?? id, reason)),
      ),
    ),
  );
}
