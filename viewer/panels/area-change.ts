import { h } from '../dom.js';
import { strings } from '../strings.js';
import { sentenceCase } from '../words.js';
import { areaResult, decimalsFor, hectares } from './area-result.js';
import { bothComplete, classChanges } from './class-changes.js';
import type { ClassChange } from './class-changes.js';
import type { AreaStatistics } from './statistics.js';

/** One of two maps with what was counted on it. */
export interface CountedSide {
  /** In words: what tells it from the other. */
  readonly name: string;
  readonly statistics: AreaStatistics;
}

type Pair = readonly [first: CountedSide, second: CountedSide];

/** Hectares on two maps: what changed by class where both tell the same classes apart, then each map by itself. */
export function areaChange(sides: Pair): (Node | null)[] {
  const [first, second] = sides;
  const changes = classChanges(first.statistics, second.statistics);
  if (changes === null || changes.length === 0) {
    return sides.flatMap(({ name, statistics }) => [
      h('h3', { class: 'of-map' }, name),
      ...areaResult(statistics, name),
    ]);
  }
  const complete = bothComplete(first.statistics, second.statistics);
  return [
    h('h3', { class: 'of-map' }, strings.area.chart),
    bars(changes, sides),
    table(changes, sides, complete),
    h('p', { class: 'quiet' }, complete ? strings.area.changeNote : strings.area.noChangeYet),
    ...sides.map(({ name, statistics }) =>
      h(
        'details',
        { class: 'in-full' },
        h('summary', {}, strings.area.inFull(name)),
        ...areaResult(statistics, name),
      ),
    ),
  ];
}

/** Two bars a class, the first map's paler: their lengths are hectares. */
function bars(changes: readonly ClassChange[], [first, second]: Pair): HTMLElement {
  const most = Math.max(...changes.flatMap((change) => change.hectares));
  const bar = (kind: string, value: number, color: string): HTMLElement =>
    h(
      'span',
      { class: `track ${kind}` },
      value === 0
        ? null
        : h('span', { style: `width:${((100 * value) / most).toFixed(2)}%;background:${color}` }),
    );
  const row = ({ name, color, hectares: [before, after] }: ClassChange): HTMLElement =>
    h(
      'li',
      { class: 'bar' },
      h('span', {}, sentenceCase(name)),
      h(
        'span',
        { class: 'pair', 'aria-hidden': 'true' },
        bar('first', before, color),
        bar('second', after, color),
      ),
      h(
        'span',
        { class: 'unseen' },
        strings.area.pairOf(sentenceCase(name), hectares(before), hectares(after)),
      ),
    );
  return h(
    'figure',
    { class: 'bars hectares change', 'aria-label': strings.area.changeChart(first.name, second.name) },
    h('ul', {}, ...changes.map(row)),
    h(
      'p',
      { class: 'key', 'aria-hidden': 'true' },
      h('span', {}, h('b', { class: 'sample mapped first' }), first.name),
      h('span', {}, h('b', { class: 'sample mapped second' }), second.name),
    ),
  );
}

function table(changes: readonly ClassChange[], [first, second]: Pair, complete: boolean): HTMLElement {
  const totals = [first, second].map(({ statistics }) => statistics.completeness.classified.hectares);
  const decimals = decimalsFor(Math.max(...totals));
  const size = (value: number): string => hectares(value, decimals);
  const cell = (text: string): HTMLElement => h('td', { class: 'number' }, text);
  const cells = (before: number, after: number): HTMLElement[] => [
    cell(size(before)),
    cell(size(after)),
    cell(complete ? signed(after - before, decimals) : strings.format.none),
  ];
  const head = (title: string, help?: string): HTMLElement =>
    h('th', { scope: 'col', ...(help === undefined ? {} : { title: help }) }, title);
  return h(
    'table',
    { class: 'hectares change' },
    h('caption', { class: 'unseen' }, strings.area.changeCaption(first.name, second.name)),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        head(strings.area.class),
        head(first.name),
        head(second.name),
        head(strings.area.change, strings.area.changeHelp(first.name, second.name)),
      ),
    ),
    h(
      'tbody',
      {},
      ...changes.map(({ name, color, hectares: both }) =>
        h(
          'tr',
          {},
          h(
            'th',
            { scope: 'row' },
            h('span', { class: 'swatch', style: `background:${color}`, 'aria-hidden': 'true' }),
            sentenceCase(name),
          ),
          ...cells(...both),
        ),
      ),
    ),
    h(
      'tfoot',
      {},
      h('tr', {}, h('th', { scope: 'row' }, strings.area.total), ...cells(totals[0] ?? 0, totals[1] ?? 0)),
    ),
  );
}

/** `+12.5`, `−3.0`; nothing before what rounds to nothing. */
export function signed(value: number, decimals: number): string {
  const text = hectares(Math.abs(value), decimals);
  if (Math.abs(value) < 0.5 * 10 ** -decimals) return text;
  return value > 0 ? strings.format.more(text) : strings.format.less(text);
}
