import { h } from '../dom.js';
import { strings } from '../strings.js';
import { dateOfDay, dayName, dayNumber } from './days.js';

/** The growing season of one pixel, from the features that name it (docs/features.md, section 5). */
export interface Phenology {
  /** `YYYY-MM-DD`. */
  readonly start: string;
  readonly peak: string;
  readonly end: string;
  /** From start to end. */
  readonly days: number;
  /** Lowest and highest of the smoothed NDVI, and what lies between. */
  readonly base: number;
  readonly top: number;
  readonly amplitude: number;
  /** NDVI a day, where steepest. */
  readonly greenup: number | null;
  readonly senescence: number | null;
  /** True where the rise begins or the fall ends at the edge of what is observed: that date is not the crop's. */
  readonly cut: boolean;
}

/** Less is within what clouds and haze do to clear-looking observations. */
const LEAST_AMPLITUDE = 0.1;
/** The nodes of the regular series are ten days apart: nearer to the season's last day there is none. */
const NODE_DAYS = 10;

/**
 * @param features FEATURE_ORDER_V1 by name: days count from the season's first
 * @returns `flat` where the pixel hardly greens up; null where the features or the season's days are not known
 */
export function phenologyOf(
  features: Readonly<Record<string, number | null>>,
  period: readonly [string, string] | undefined,
): Phenology | 'flat' | null {
  const of = (name: string): number | null => features[`ndvi_${name}`] ?? null;
  const [sos, pos, eos, base, amplitude] = [of('sos'), of('pos'), of('eos'), of('base'), of('amplitude')];
  if (period === undefined || sos === null || pos === null || eos === null) return null;
  if (base === null || amplitude === null) return null;
  if (amplitude < LEAST_AMPLITUDE) return 'flat';
  const first = dayNumber(period[0]);
  const last = dayNumber(period[1]) - first;
  const date = (t: number): string => dateOfDay(first + Math.round(t));
  return {
    start: date(sos),
    peak: date(pos),
    end: date(eos),
    days: Math.round(eos - sos),
    base,
    top: base + amplitude,
    amplitude,
    greenup: of('greenup_rate'),
    senescence: of('senescence_rate'),
    cut: sos <= 0 || eos > last - NODE_DAYS,
  };
}

const ndvi = (value: number): string => value.toFixed(2).replace('-', '−');

/** The season in a sentence and in figures. */
export function phenologyView(found: Phenology | 'flat' | null): HTMLElement | null {
  if (found === null) return null;
  const words = strings.phenology;
  if (found === 'flat') {
    return h('section', { class: 'phenology' }, h('h3', {}, words.title), h('p', {}, words.flat));
  }
  const figure = (label: string, value: string): HTMLElement =>
    h('div', {}, h('dt', {}, label), h('dd', {}, value));
  const rate = (label: string, value: number | null): HTMLElement | null =>
    value === null ? null : figure(label, words.perWeek(ndvi(7 * value)));
  const { start, peak, end, days, base, top, amplitude, greenup, senescence, cut } = found;
  return h(
    'section',
    { class: 'phenology' },
    h('h3', {}, words.title),
    h('p', {}, words.sentence(dayName(start), dayName(peak), ndvi(top), dayName(end), days)),
    cut ? h('p', { class: 'note' }, words.open) : null,
    h(
      'dl',
      { class: 'figures small' },
      figure(words.start, dayName(start)),
      figure(words.peak, dayName(peak)),
      figure(words.end, dayName(end)),
      figure(words.length, words.days(days)),
      figure(words.amplitude, ndvi(amplitude)),
      figure(words.base, ndvi(base)),
      rate(words.greenup, greenup),
      rate(words.senescence, senescence),
    ),
  );
}
