import type { LegendClass, LegendJson } from './api.js';
import { h } from './dom.js';
import { strings } from './strings.js';
import { sentenceCase } from './words.js';

/** Dynamic World's classes and colours, as its catalogue entry gives them (GOOGLE/DYNAMICWORLD/V1). */
export const BASELINE_CLASSES: readonly LegendClass[] = [
  ['water', '#419BDF'],
  ['trees', '#397D49'],
  ['grass', '#88B053'],
  ['flooded_vegetation', '#7A87C6'],
  ['crops', '#E49635'],
  ['shrub_and_scrub', '#DFC35A'],
  ['built', '#C4281B'],
  ['bare', '#A59B8F'],
  ['snow_and_ice', '#B39FE1'],
].map(([name = '', color = ''], id) => ({ id, name, color }));

export const shareText = (share: number): string =>
  share < 0.005 ? strings.format.lessThanOnePercent : strings.format.percent(Math.round(share * 100));

/** Names and colours, to be read only. */
export function classLegend(classes: readonly LegendClass[]): HTMLElement {
  return h(
    'ul',
    { class: 'classes' },
    ...classes.map((entry) =>
      h('li', {}, swatch(entry), h('span', { class: 'name' }, sentenceCase(entry.name))),
    ),
  );
}

export const swatch = ({ color }: LegendClass): HTMLElement =>
  h('span', { class: 'swatch', style: `background:${color}`, 'aria-hidden': 'true' });

const plainNumber = (value: number): string => Number(value.toPrecision(3)).toString().replace('-', '−');

/** A ramp with its ends and middle named. */
export function rampLegend(legend: LegendJson): HTMLElement {
  const stops = legend.stops ?? [];
  const [first, last] = [stops[0], stops.at(-1)];
  if (first === undefined || last === undefined || last.value <= first.value)
    return h('p', { class: 'quiet' }, strings.controls.noLegend);
  const span = last.value - first.value;
  const colors = stops.map(
    (stop) => `${stop.color} ${(((stop.value - first.value) / span) * 100).toFixed(1)}%`,
  );
  const unit = legend.unit === undefined || legend.unit === null ? '' : ` ${legend.unit}`;
  return h(
    'div',
    { class: 'ramp' },
    h('span', {
      class: 'ramp-colors',
      style: `background:linear-gradient(to right, ${colors.join(', ')})`,
      'aria-hidden': 'true',
    }),
    h(
      'span',
      { class: 'ramp-ends' },
      h('span', {}, plainNumber(first.value)),
      h('span', {}, plainNumber(first.value + span / 2)),
      h('span', {}, `${plainNumber(last.value)}${unit}`),
    ),
  );
}
