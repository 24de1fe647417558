import type { LegendClass, PointAnswer } from '../api.js';
import { h } from '../dom.js';
import { featureName } from '../feature-names.js';
import type { ShownMap } from '../panel-host.js';
import { strings } from '../strings.js';
import { placeName } from '../tile-math.js';
import { seasonName, sentenceCase } from '../words.js';
import { copyButton } from './copy-button.js';
import { phenologyOf, phenologyView } from './phenology.js';
import { leftOutList, sceneTable } from './point-scenes.js';
import { seriesChart } from './series-chart.js';

const LEAST_SHOWN_PROBABILITY = 0.005;
/** Fewer clear views and the pixel has no features, so no class. */
const LEAST_VIEWS = 3;
/** Of a class that the legend does not have. */
const OTHER_COLOR = '#888888';

type Announce = (text: string) => void;

export function placeRow(lon: number, lat: number, announce: Announce): HTMLElement {
  return h(
    'p',
    { class: 'place' },
    h('span', {}, placeName(lon, lat)),
    copyButton(
      strings.point.copy,
      strings.point.coordinates,
      () => `${lat.toFixed(6)}, ${lon.toFixed(6)}`,
      announce,
    ),
  );
}

/** The class that the map shows, and how sure it is. */
export function headline(answer: PointAnswer, classes: readonly LegendClass[]): HTMLElement {
  const found = answer.class;
  if (found === null) {
    return h('h2', {}, answer.observations < LEAST_VIEWS ? strings.point.tooFew : strings.point.noClass);
  }
  const color = classes.find((entry) => entry.id === found.id)?.color ?? 'transparent';
  return h(
    'h2',
    {},
    h('span', { class: 'swatch large', style: `background:${color}`, 'aria-hidden': 'true' }),
    h('span', {}, sentenceCase(found.name)),
    h(
      'span',
      { class: 'confidence' },
      strings.format.percent(found.confidence),
      h('small', {}, strings.point.confidence),
    ),
  );
}

/** All below the headline. @param url of the answer */
export function pointView(
  answer: PointAnswer,
  { key, tileJson, classes }: ShownMap,
  url: string,
  announce: Announce,
): (Node | null)[] {
  const { period } = tileJson.geocrop;
  const values = answer.series.flatMap(({ date, ndvi }) => (ndvi === null ? [] : [{ date, value: ndvi }]));
  const masked = answer.masked
    .filter(({ reason }) => reason !== 'outside')
    .map(({ date, reason }) => ({ date, reason: strings.point.masked[reason] ?? reason }));
  const found = phenologyOf(answer.features, period);
  return [
    h('p', { class: 'quiet of' }, `${sentenceCase(seasonName(key, period))} · ${key.model}`),
    placeRow(answer.lon, answer.lat, announce),
    values.length === 0
      ? h('p', { class: 'quiet' }, strings.point.noClearView)
      : seriesChart(values, masked, found === 'flat' ? null : found, period),
    phenologyView(found),
    answer.probabilities === null ? null : probabilityBars(answer.probabilities, classes),
    figures(answer, masked.length),
    sceneTable(answer),
    leftOutList(answer),
    featureTable(answer),
    h(
      'p',
      { class: 'actions' },
      copyButton(strings.point.copySeries, strings.point.series, () => seriesCsv(answer), announce),
      h(
        'a',
        { href: url, target: '_blank', rel: 'noopener', class: 'plain small' },
        strings.point.openJson,
        h('span', { class: 'unseen' }, ` ${strings.point.newTab}`),
      ),
    ),
  ];
}

function figures({ observations, scenes }: PointAnswer, masked: number): HTMLElement {
  const figure = (label: string, count: number): HTMLElement =>
    h('div', {}, h('dt', {}, label), h('dd', {}, String(count)));
  return h(
    'dl',
    { class: 'figures' },
    figure(strings.point.clearViews, observations),
    figure(strings.point.maskedViews, masked),
    figure(strings.point.scenesSearched, scenes.scenes.length + scenes.leftOut.length),
  );
}

function probabilityBars(
  probabilities: Readonly<Record<string, number>>,
  classes: readonly LegendClass[],
): HTMLElement {
  const rows = Object.entries(probabilities)
    .sort((a, b) => b[1] - a[1])
    .filter(([, value], index) => index === 0 || value >= LEAST_SHOWN_PROBABILITY);
  return h(
    'section',
    { class: 'bars', 'aria-label': strings.point.probabilitiesLabel },
    h('h3', {}, strings.point.probabilities),
    h(
      'ul',
      {},
      ...rows.map(([name, value]) => {
        const color = classes.find((entry) => entry.name === name)?.color ?? OTHER_COLOR;
        return h(
          'li',
          { class: 'bar' },
          h('span', {}, sentenceCase(name)),
          h(
            'span',
            { class: 'track', 'aria-hidden': 'true' },
            h('span', { style: `width:${(value * 100).toFixed(1)}%;background:${color}` }),
          ),
          h('span', { class: 'number' }, share(value)),
        );
      }),
    ),
  );
}

const share = (value: number): string => {
  const percent = Math.round(value * 100);
  return percent === 0 ? strings.format.lessThanOnePercent : strings.format.percent(percent);
};

function featureTable({ features }: PointAnswer): HTMLElement | null {
  const rows = Object.entries(features);
  if (rows.length === 0) return null;
  return h(
    'details',
    {},
    h('summary', {}, strings.point.features(rows.length)),
    h(
      'table',
      { 'aria-label': strings.point.featuresOf },
      h(
        'tbody',
        {},
        ...rows.map(([name, value]) =>
          h(
            'tr',
            { title: name },
            h('th', { scope: 'row' }, featureName({ name, title: name }).title),
            h(
              'td',
              { class: 'number' },
              value === null
                ? strings.format.none
                : Number(value.toPrecision(4)).toString().replace('-', '−'),
            ),
          ),
        ),
      ),
    ),
  );
}

/** All dates, those without a value with the reason why. RFC 4180. */
export function seriesCsv({ series, masked }: Pick<PointAnswer, 'series' | 'masked'>): string {
  const rows = [
    ...series.map(({ date, scene, ndvi, ndre }) => [date, scene, ndvi ?? '', ndre ?? '', '']),
    ...masked.map(({ date, scene, reason }) => [date, scene, '', '', reason]),
  ].sort((a, b) => String(a[0]).localeCompare(String(b[0])));
  return [['date', 'scene', 'ndvi', 'ndre', 'masked'], ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}
