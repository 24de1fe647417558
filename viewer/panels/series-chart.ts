import { h, s } from '../dom.js';
import { strings } from '../strings.js';
import { chartGeometry, chartPeriod, ndviRange, nearestPoint } from './chart.js';
import type { ChartFrame, ChartGeometry, DatedValue } from './chart.js';
import { dayName } from './days.js';
import type { Phenology } from './phenology.js';

const FRAME: ChartFrame = { width: 344, height: 200, left: 30, right: 10, top: 26, bottom: 44 };
const AXIS = FRAME.height - FRAME.bottom;
/** Clouded dates have a row of their own between the values and the months. */
const MASKED_Y = AXIS + 8;
const MONTHS_Y = AXIS + 28;
const CROSS = 2.6;
/** Nearer to each other than this, names above the chart would touch. */
const NAME_ROOM = 30;

export interface MaskedDay {
  readonly date: string;
  /** In words. */
  readonly reason: string;
}

/**
 * The dated NDVI of one pixel, the dates that show nothing of it, and its growing season. Hover, touch or the arrow keys read a date;
 * a screen reader hears it.
 */
export function seriesChart(
  values: readonly DatedValue[],
  masked: readonly MaskedDay[],
  phenology: Phenology | null,
  period: readonly [string, string] | undefined,
): HTMLElement {
  const geometry = chartGeometry(values, chartPeriod(values, period), ndviRange(values), FRAME);
  const reading = h('output', { class: 'reading', 'aria-live': 'polite' });
  const cursor = s('line', { class: 'cursor', y1: FRAME.top, y2: AXIS + 14, visibility: 'hidden' });
  const marks = datesOf(geometry, masked);
  const svg = s(
    'svg',
    {
      viewBox: `0 0 ${FRAME.width} ${FRAME.height}`,
      class: 'chart',
      role: 'img',
      tabindex: 0,
      'aria-label': describe(values, masked),
    },
    ...(phenology === null ? [] : season(phenology, geometry)),
    ...axes(geometry),
    s('path', { class: 'area', d: geometry.area }),
    s('path', { class: 'line', d: geometry.line }),
    ...(phenology === null ? [] : moments(phenology, geometry)),
    cursor,
    ...marks.map(({ element }) => element),
  );

  let current = -1;
  const show = (index: number): void => {
    marks[current]?.element.classList.remove('on');
    current = index;
    const mark = marks[index];
    cursor.setAttribute('visibility', mark === undefined ? 'hidden' : 'visible');
    reading.textContent = mark === undefined ? summary(values) : mark.words;
    if (mark === undefined) return;
    mark.element.classList.add('on');
    cursor.setAttribute('x1', mark.x.toFixed(1));
    cursor.setAttribute('x2', mark.x.toFixed(1));
  };
  svg.addEventListener('pointermove', (event) => {
    const box = svg.getBoundingClientRect();
    show(nearestPoint(marks, ((event.clientX - box.left) / box.width) * FRAME.width));
  });
  svg.addEventListener('pointerleave', () => show(-1));
  svg.addEventListener('keydown', (event) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const from = current < 0 ? (step > 0 ? -1 : marks.length) : current;
    show(Math.min(marks.length - 1, Math.max(0, from + step)));
  });
  svg.addEventListener('blur', () => show(-1));
  show(-1);
  return h(
    'figure',
    { class: 'series' },
    h('figcaption', {}, h('span', {}, strings.series.title), reading),
    svg,
    key(masked.length > 0, phenology !== null),
  );
}

interface DateMark {
  readonly x: number;
  readonly words: string;
  readonly element: SVGElement;
}

/** A dot for each value and a cross for each masked date, by date. */
function datesOf(geometry: ChartGeometry, masked: readonly MaskedDay[]): DateMark[] {
  const { reading, masked: without } = strings.series;
  return [
    ...geometry.points.map(({ x, y, at }) => ({
      x,
      words: reading(dayName(at.date), valueText(at.value)),
      element: s('circle', { class: 'dot', cx: x.toFixed(1), cy: y.toFixed(1), r: 2.6 }),
    })),
    ...masked.map(({ date, reason }) => {
      const x = geometry.xOf(date);
      return { x, words: without(dayName(date), reason), element: cross(x, MASKED_Y) };
    }),
  ].sort((a, b) => a.x - b.x);
}

const cross = (x: number, y: number): SVGElement =>
  s('path', {
    class: 'masked',
    d: [-1, 1]
      .map(
        (way) => `M${(x - CROSS).toFixed(1)} ${y - way * CROSS}L${(x + CROSS).toFixed(1)} ${y + way * CROSS}`,
      )
      .join(''),
  });

function axes(geometry: ChartGeometry): (SVGElement | null)[] {
  const right = FRAME.width - FRAME.right;
  return [
    ...geometry.levels.flatMap(({ y, label }) => [
      s('line', { class: 'rule', x1: FRAME.left, x2: right, y1: y, y2: y }),
      s('text', { class: 'tick', x: FRAME.left - 6, y: y + 3.5, 'text-anchor': 'end' }, label),
    ]),
    ...geometry.months.flatMap(({ x, label, newYear }, index) => [
      s('line', { class: 'tickmark', x1: x, x2: x, y1: AXIS + 14, y2: AXIS + 18 }),
      // The last day of a season may leave no room for its month's name.
      x < right - 12 || index === 0 ? s('text', { class: 'tick', x: x + 2, y: MONTHS_Y }, label) : null,
      newYear === null ? null : s('text', { class: 'tick year', x: x + 2, y: MONTHS_Y + 12 }, newYear),
    ]),
  ];
}

/** The days from start to end, shaded. */
function season({ start, end }: Phenology, { xOf }: ChartGeometry): SVGElement[] {
  const [from, to] = [xOf(start), xOf(end)];
  return [
    s('rect', {
      class: 'growing',
      x: from.toFixed(1),
      y: FRAME.top,
      width: Math.max(0, to - from).toFixed(1),
      height: AXIS - FRAME.top,
    }),
  ];
}

/** Start, peak and end as lines with their names; the amplitude as the span between base and top at the peak. */
function moments({ start, peak, end, base, top }: Phenology, { xOf, yOf }: ChartGeometry): SVGElement[] {
  const [from, high, to] = [xOf(start), xOf(peak), xOf(end)];
  const line = (x: number): SVGElement =>
    s('line', { class: 'moment', x1: x.toFixed(1), x2: x.toFixed(1), y1: FRAME.top - 4, y2: AXIS });
  const name = (x: number, anchor: string, text: string): SVGElement =>
    s('text', { class: 'tick moment-name', x: x.toFixed(1), y: FRAME.top - 9, 'text-anchor': anchor }, text);
  const span = s('path', {
    class: 'amplitude',
    d: `M${(high - 4).toFixed(1)} ${yOf(top)}h8M${high.toFixed(1)} ${yOf(top)}V${yOf(base)}M${(high - 4).toFixed(1)} ${yOf(base)}h8`,
  });
  return [
    line(from),
    line(to),
    span,
    name(Math.max(from, FRAME.left + 12), high - from < NAME_ROOM ? 'end' : 'middle', strings.series.start),
    name(high, 'middle', strings.series.top),
    name(
      Math.min(to, FRAME.width - FRAME.right - 8),
      to - high < NAME_ROOM ? 'start' : 'middle',
      strings.series.end,
    ),
  ];
}

function key(withMasked: boolean, withSeason: boolean): HTMLElement {
  const entry = (sample: SVGElement, text: string): HTMLElement =>
    h('span', {}, s('svg', { viewBox: '0 0 14 10', 'aria-hidden': 'true' }, sample), text);
  return h(
    'p',
    { class: 'key', 'aria-hidden': 'true' },
    entry(s('circle', { class: 'dot', cx: 7, cy: 5, r: 2.8 }), strings.series.keyClear),
    withMasked ? entry(cross(7, 5), strings.series.keyMasked) : null,
    withSeason
      ? entry(s('rect', { class: 'growing', x: 1, y: 0, width: 12, height: 10 }), strings.series.keySeason)
      : null,
  );
}

const valueText = (value: number): string => value.toFixed(2).replace('-', '−');

const highest = (values: readonly DatedValue[]): DatedValue | null =>
  values.reduce<DatedValue | null>(
    (best, value) => (best === null || value.value > best.value ? value : best),
    null,
  );

function summary(values: readonly DatedValue[]): string {
  const peak = highest(values);
  return peak === null ? '' : strings.series.peak(valueText(peak.value), dayName(peak.date));
}

function describe(values: readonly DatedValue[], masked: readonly MaskedDay[]): string {
  const peak = highest(values);
  if (peak === null) return strings.series.none;
  return strings.series.describe(values.length, valueText(peak.value), dayName(peak.date), masked.length);
}
