import { h } from '../dom.js';
import { strings } from '../strings.js';
import { sentenceCase } from '../words.js';
import type { AreaStatistics, ClassStatistics, Progress } from './statistics.js';

/** What was counted: bars, the table, and what a reader must know. @param map in words */
export function areaResult(statistics: AreaStatistics, map: string): (Node | null)[] {
  const { classes, completeness, estimate, notes } = statistics;
  const found = classes.filter(({ pixels, adjusted }) => pixels > 0 || (adjusted?.hectares ?? 0) > 0);
  const adjusted = estimate.possible && found.some((entry) => entry.adjusted !== null);
  if (found.length === 0) return [h('p', { class: 'quiet' }, strings.area.nothing), ...notesOf(notes)];
  const sorted = [...found].sort((a, b) => b.hectares - a.hectares);
  return [
    bars(sorted, adjusted),
    table(sorted, statistics, adjusted, map),
    completeness.noData.pixels > 0
      ? h('p', { class: 'quiet' }, strings.area.noData(hectares(completeness.noData.hectares)))
      : null,
    h(
      'p',
      { class: 'quiet' },
      adjusted ? strings.area.adjustedNote : estimate.possible ? null : estimate.reason,
    ),
    ...notesOf(notes),
    estimate.possible && adjusted ? assumptions(estimate.assumptions) : null,
  ];
}

/** What is still being computed, or cannot be; null where all is there. @param map in words, where there are two */
export function progressView(
  { statistics, state, problem }: Progress,
  map: string | null = null,
): HTMLElement | null {
  const of = map === null ? null : h('p', {}, h('strong', {}, map));
  const { notComputed, metatiles } = statistics?.completeness ?? {};
  if (statistics !== null && (notComputed?.pixels ?? 0) === 0) return null;
  if (state === 'ended') {
    if (notComputed === undefined) return null;
    return h(
      'div',
      { class: 'note' },
      of,
      h('p', {}, strings.area.missingForGood(percent(notComputed.share))),
      problem === null ? null : h('p', {}, problem.detail),
    );
  }
  const all = metatiles?.all ?? 0;
  const done = all - (metatiles?.missing ?? 0);
  return h(
    'div',
    { class: 'note computing' },
    of,
    notComputed === undefined ? null : h('p', {}, strings.area.missing(percent(notComputed.share))),
    all === 0 ? null : h('progress', { max: all, value: done, 'aria-label': strings.area.computingLabel }),
    all === 0 ? null : h('p', { class: 'quiet' }, strings.area.computing(done, all)),
  );
}

/** Decimals that tell something of an area this large: `1,234`, `56.7`, `0.38`. */
export const decimalsFor = (value: number): number => (value >= 1000 ? 0 : value >= 10 ? 1 : 2);

/** @param decimals those of a table, so that its numbers stand in line */
export function hectares(value: number, decimals = decimalsFor(value)): string {
  return strings.format.number(value, decimals);
}

const percent = (share: number): string =>
  share > 0 && share < 0.005
    ? strings.format.lessThanOnePercent
    : strings.format.percent(Math.round(share * 100));

/** The length of each bar is its hectares; over it the adjusted area with its interval. */
function bars(classes: readonly ClassStatistics[], adjusted: boolean): HTMLElement {
  const most = Math.max(
    ...classes.map((entry) => Math.max(entry.hectares, entry.adjusted?.interval[1] ?? 0)),
  );
  const at = (value: number): string => `${((100 * value) / most).toFixed(2)}%`;
  const row = ({ name, color, hectares: size, share, adjusted: area }: ClassStatistics): HTMLElement =>
    h(
      'li',
      { class: 'bar' },
      h('span', {}, sentenceCase(name)),
      h(
        'span',
        { class: 'track', 'aria-hidden': 'true' },
        h('span', { style: `width:${at(size)};background:${color}` }),
        area === null
          ? null
          : h('i', {
              class: 'interval',
              style: `left:${at(area.interval[0])};width:${at(area.interval[1] - area.interval[0])}`,
            }),
        area === null ? null : h('i', { class: 'estimate', style: `left:${at(area.hectares)}` }),
      ),
      h('span', { class: 'number' }, percent(share)),
      h(
        'span',
        { class: 'unseen' },
        strings.area.chartOf(sentenceCase(name), hectares(size), percent(share)),
      ),
    );
  return h(
    'figure',
    { class: 'bars hectares', 'aria-label': strings.area.chart },
    h('ul', {}, ...classes.map(row)),
    adjusted
      ? h(
          'p',
          { class: 'key', 'aria-hidden': 'true' },
          h('span', {}, h('b', { class: 'sample mapped' }), strings.area.keyMapped),
          h(
            'span',
            {},
            h(
              'b',
              { class: 'sample adjusted' },
              h('i', { class: 'interval' }),
              h('i', { class: 'estimate' }),
            ),
            strings.area.keyAdjusted,
          ),
        )
      : null,
  );
}

/** Standard errors to either side that hold 95 % of a normal distribution. The server's interval is cut at 0 and at the whole area. */
const NORMAL_95 = 1.96;

function table(
  classes: readonly ClassStatistics[],
  { completeness }: AreaStatistics,
  adjusted: boolean,
  map: string,
): HTMLElement {
  const decimals = decimalsFor(completeness.classified.hectares);
  const size = (value: number): string => hectares(value, decimals);
  const head = (title: string, help?: string): HTMLElement =>
    h('th', { scope: 'col', ...(help === undefined ? {} : { title: help }) }, title);
  const cell = (text: string): HTMLElement => h('td', { class: 'number' }, text);
  const interval = ({ adjusted: area }: ClassStatistics): HTMLElement => {
    if (area === null) return cell(strings.format.none);
    const [low, high] = area.interval;
    return h(
      'td',
      {
        class: 'number',
        title: strings.area.interval(size(area.hectares), size(low), size(high)),
      },
      strings.area.plusMinus(size(area.hectares), size(NORMAL_95 * area.standardError)),
    );
  };
  return h(
    'table',
    { class: 'hectares' },
    h('caption', { class: 'unseen' }, strings.area.caption(map)),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        head(strings.area.class),
        head(strings.area.hectares),
        head(strings.area.confidence, strings.area.confidenceHelp),
        adjusted ? head(strings.area.adjusted, strings.area.adjustedHelp) : null,
      ),
    ),
    h(
      'tbody',
      {},
      ...classes.map((entry) =>
        h(
          'tr',
          {},
          h(
            'th',
            { scope: 'row' },
            h('span', { class: 'swatch', style: `background:${entry.color}`, 'aria-hidden': 'true' }),
            sentenceCase(entry.name),
          ),
          cell(size(entry.hectares)),
          cell(
            entry.meanConfidence === null
              ? strings.format.none
              : strings.format.percent(Math.round(entry.meanConfidence)),
          ),
          adjusted ? interval(entry) : null,
        ),
      ),
    ),
    h(
      'tfoot',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'row' }, strings.area.total),
        cell(size(completeness.classified.hectares)),
        cell(''),
        adjusted ? cell('') : null,
      ),
    ),
  );
}

const notesOf = (notes: readonly string[]): HTMLElement[] =>
  notes.map((note) => h('p', { class: 'quiet' }, note));

function assumptions(lines: readonly string[]): HTMLElement | null {
  if (lines.length === 0) return null;
  return h(
    'details',
    {},
    h('summary', {}, strings.area.assumptions),
    h('ul', { class: 'quiet' }, ...lines.map((line) => h('li', {}, line))),
  );
}
