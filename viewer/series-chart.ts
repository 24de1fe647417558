import { chartGeometry, chartPeriod, dayName, ndviRange, nearestPoint } from './chart.js';
import type { ChartFrame, DatedValue } from './chart.js';
import { h, s } from './dom.js';

const FRAME: ChartFrame = { width: 340, height: 176, left: 30, right: 10, top: 12, bottom: 34 };

/** The dated NDVI of one pixel. Hover, touch or the arrow keys read a value; a screen reader hears it. */
export function seriesChart(
  values: readonly DatedValue[],
  period: readonly [string, string] | undefined,
): HTMLElement {
  const geometry = chartGeometry(values, chartPeriod(values, period), ndviRange(values), FRAME);
  const { points } = geometry;
  const reading = h('output', { class: 'reading', 'aria-live': 'polite' });
  const cursor = s('line', {
    class: 'cursor',
    y1: FRAME.top,
    y2: FRAME.height - FRAME.bottom,
    visibility: 'hidden',
  });
  const dots = points.map((point) =>
    s('circle', { class: 'dot', cx: point.x.toFixed(1), cy: point.y.toFixed(1), r: 2.6 }),
  );
  const bottom = FRAME.height - FRAME.bottom;

  const svg = s(
    'svg',
    {
      viewBox: `0 0 ${FRAME.width} ${FRAME.height}`,
      class: 'chart',
      role: 'img',
      tabindex: 0,
      'aria-label': describe(values),
    },
    ...geometry.levels.flatMap((level) => [
      s('line', { class: 'rule', x1: FRAME.left, x2: FRAME.width - FRAME.right, y1: level.y, y2: level.y }),
      s('text', { class: 'tick', x: FRAME.left - 6, y: level.y + 3.5, 'text-anchor': 'end' }, level.label),
    ]),
    ...geometry.months.flatMap((month, index) => [
      s('line', { class: 'tickmark', x1: month.x, x2: month.x, y1: bottom, y2: bottom + 4 }),
      // The last day of a season may leave no room for its month's name.
      month.x < FRAME.width - FRAME.right - 12 || index === 0
        ? s('text', { class: 'tick', x: month.x + 2, y: bottom + 14 }, month.label)
        : null,
      month.newYear === null
        ? null
        : s('text', { class: 'tick year', x: month.x + 2, y: bottom + 26 }, month.newYear),
    ]),
    s('path', { class: 'area', d: geometry.area }),
    s('path', { class: 'line', d: geometry.line }),
    cursor,
    ...dots,
  );

  let current = -1;
  const show = (index: number): void => {
    dots[current]?.classList.remove('on');
    current = index;
    const point = points[index];
    cursor.setAttribute('visibility', point === undefined ? 'hidden' : 'visible');
    reading.textContent =
      point === undefined ? summary(values) : `${dayName(point.at.date)}: ${valueText(point.at.value)}`;
    if (point === undefined) return;
    dots[index]?.classList.add('on');
    cursor.setAttribute('x1', point.x.toFixed(1));
    cursor.setAttribute('x2', point.x.toFixed(1));
  };
  svg.addEventListener('pointermove', (event) => {
    const box = svg.getBoundingClientRect();
    show(nearestPoint(points, ((event.clientX - box.left) / box.width) * FRAME.width));
  });
  svg.addEventListener('pointerleave', () => show(-1));
  svg.addEventListener('keydown', (event) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    show(
      Math.min(
        points.length - 1,
        Math.max(0, current < 0 ? (step > 0 ? 0 : points.length - 1) : current + step),
      ),
    );
  });
  svg.addEventListener('blur', () => show(-1));
  show(-1);
  return h(
    'figure',
    { class: 'series' },
    h('figcaption', {}, h('span', {}, 'NDVI through the season'), reading),
    svg,
  );
}

const valueText = (value: number): string => value.toFixed(2).replace('-', '−');

function summary(values: readonly DatedValue[]): string {
  const peak = highest(values);
  return peak === null ? '' : `peak ${valueText(peak.value)}, ${dayName(peak.date)}`;
}

function highest(values: readonly DatedValue[]): DatedValue | null {
  return values.reduce<DatedValue | null>(
    (best, value) => (best === null || value.value > best.value ? value : best),
    null,
  );
}

function describe(values: readonly DatedValue[]): string {
  const peak = highest(values);
  if (peak === null) return 'No valid observations.';
  return `NDVI at ${values.length} dates; highest ${valueText(peak.value)} on ${dayName(peak.date)}. Arrow keys read each date.`;
}
