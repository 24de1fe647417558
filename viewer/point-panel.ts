import { ApiError, getJson, mapQuery, unreachable } from './api.js';
import type { LegendClass, MapKey, PointAnswer, Problem } from './api.js';
import { dayName } from './chart.js';
import { byId, copyText, h } from './dom.js';
import { seriesChart } from './series-chart.js';
import { placeName } from './tile-math.js';
import { adviceFor, sentenceCase } from './words.js';

export interface PointContext {
  readonly map: MapKey;
  readonly classes: readonly LegendClass[];
  readonly period: readonly [string, string] | undefined;
}

const LEAST_SHOWN_PROBABILITY = 0.005;
const LONGEST_WAIT_SECONDS = 20;

/** The panel about one pixel: opens on `show`, gives the focus back on `hide`. */
export class PointPanel {
  readonly #root = byId('point');
  readonly #body = byId('point-body');
  #asked: AbortController | null = null;

  constructor(readonly onClose: () => void) {
    byId('point-close').addEventListener('click', () => this.hide());
    this.#root.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.hide();
    });
  }

  get isOpen(): boolean {
    return !this.#root.hidden;
  }

  hide(): void {
    if (this.#root.hidden) return;
    this.#asked?.abort();
    this.#root.hidden = true;
    document.body.classList.remove('panel-open');
    this.onClose();
  }

  /** Asks until there is an answer, the panel closes, or another point is asked for. */
  async show(lon: number, lat: number, context: PointContext): Promise<void> {
    this.#asked?.abort();
    const asked = new AbortController();
    this.#asked = asked;
    this.#root.hidden = false;
    document.body.classList.add('panel-open');
    this.#body.setAttribute('aria-busy', 'true');
    this.#body.replaceChildren(placeRow(lon, lat), waiting());
    this.#root.focus({ preventScroll: true });
    const url = `point/${lon.toFixed(6)},${lat.toFixed(6)}?${mapQuery(context.map).toString()}`;
    for (;;) {
      try {
        const answer = await getJson<PointAnswer>(url, asked.signal);
        if (!asked.signal.aborted) this.#fill(pointView(answer, context, url));
        return;
      } catch (error) {
        if (asked.signal.aborted) return;
        const problem = error instanceof ApiError ? error.problem : unreachable().problem;
        if (problem.code !== 'not-ready' && problem.code !== 'queue-full') {
          this.#fill([placeRow(lon, lat), failed(problem, () => void this.show(lon, lat, context))]);
          return;
        }
        const seconds = Math.min(LONGEST_WAIT_SECONDS, problem.retryAfter ?? 3);
        await new Promise((done) => setTimeout(done, seconds * 1000));
        if (asked.signal.aborted) return;
      }
    }
  }

  #fill(content: readonly Node[]): void {
    this.#body.removeAttribute('aria-busy');
    this.#body.replaceChildren(...content);
    this.#body.scrollTop = 0;
  }
}

const waiting = (): HTMLElement =>
  h(
    'p',
    { class: 'quiet waiting' },
    h('span', { class: 'spinner', 'aria-hidden': 'true' }),
    'Reading this pixel’s season …',
  );

const failed = (problem: Problem, again: () => void): HTMLElement =>
  h(
    'div',
    { class: 'problem', role: 'alert' },
    h('strong', {}, problem.detail),
    h('p', {}, adviceFor(problem.code, problem.hint)),
    h('button', { type: 'button', class: 'plain', onclick: again }, 'Try again'),
  );

function placeRow(lon: number, lat: number): HTMLElement {
  return h(
    'p',
    { class: 'place' },
    h('span', {}, placeName(lon, lat)),
    copyButton('Copy', 'Copy the coordinates', () => `${lat.toFixed(6)}, ${lon.toFixed(6)}`),
  );
}

function copyButton(label: string, title: string, text: () => string): HTMLElement {
  const button = h('button', { type: 'button', class: 'plain small', title, 'aria-label': title }, label);
  button.addEventListener('click', () => {
    void copyText(text()).then((copied) => {
      button.textContent = copied ? 'Copied' : 'Not allowed';
      setTimeout(() => (button.textContent = label), 1600);
    });
  });
  return button;
}

function pointView(answer: PointAnswer, context: PointContext, url: string): Node[] {
  const values = answer.series.flatMap((entry) =>
    entry.ndvi === null ? [] : [{ date: entry.date, value: entry.ndvi }],
  );
  const used = answer.scenes.scenes;
  return [
    headline(answer, context.classes),
    placeRow(answer.lon, answer.lat),
    values.length === 0
      ? h('p', { class: 'quiet' }, 'No cloud-free observation of this pixel in the season.')
      : seriesChart(values, context.period),
    answer.probabilities === null ? h('span') : probabilityBars(answer.probabilities, context.classes),
    h(
      'dl',
      { class: 'figures' },
      h('div', {}, h('dt', {}, 'Clear observations'), h('dd', {}, String(answer.observations))),
      h(
        'div',
        {},
        h('dt', {}, 'Scenes searched'),
        h('dd', {}, String(used.length + answer.scenes.leftOut.length)),
      ),
    ),
    sceneList(answer),
    featureTable(answer),
    h(
      'p',
      { class: 'actions' },
      copyButton('Copy series as CSV', 'Copy the dated series as CSV', () => seriesCsv(answer)),
      h('a', { href: url, target: '_blank', rel: 'noopener', class: 'plain small' }, 'Open as JSON'),
    ),
  ];
}

function headline(answer: PointAnswer, classes: readonly LegendClass[]): HTMLElement {
  const found = answer.class;
  if (found === null) {
    return h(
      'h2',
      {},
      answer.probabilities === null && answer.observations < 3 ? 'Too few clear views' : 'No class here',
    );
  }
  const color = classes.find((entry) => entry.id === found.id)?.color ?? 'transparent';
  return h(
    'h2',
    {},
    h('span', { class: 'swatch large', style: `background:${color}`, 'aria-hidden': 'true' }),
    h('span', {}, sentenceCase(found.name)),
    h('span', { class: 'confidence' }, `${found.confidence} %`, h('small', {}, ' confidence')),
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
    { class: 'bars', 'aria-label': 'Class probabilities' },
    h('h3', {}, 'What the model sees'),
    ...rows.map(([name, value]) => {
      const color = classes.find((entry) => entry.name === name)?.color ?? '#888888';
      const percent = Math.round(value * 100);
      return h(
        'div',
        { class: 'bar' },
        h('span', {}, sentenceCase(name)),
        h(
          'span',
          { class: 'track', 'aria-hidden': 'true' },
          h('span', { style: `width:${(value * 100).toFixed(1)}%;background:${color}` }),
        ),
        h('span', { class: 'number' }, percent === 0 ? '< 1 %' : `${percent} %`),
      );
    }),
  );
}

function sceneList(answer: PointAnswer): HTMLElement {
  const clear = new Set(answer.series.map((entry) => entry.scene));
  return h(
    'details',
    {},
    h('summary', {}, 'Scenes'),
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('th', { scope: 'col' }, 'Date'),
          h('th', { scope: 'col' }, 'Cloud'),
          h('th', { scope: 'col' }, 'Here'),
        ),
      ),
      h(
        'tbody',
        {},
        ...answer.scenes.scenes.map((scene) =>
          h(
            'tr',
            { title: scene.id },
            h('td', {}, dayName(scene.date)),
            h('td', {}, `${Math.round(scene.cloudCover)} %`),
            h('td', {}, clear.has(scene.id) ? 'clear' : 'not clear'),
          ),
        ),
      ),
    ),
    answer.scenes.leftOut.length === 0
      ? null
      : h(
          'ul',
          { class: 'quiet' },
          ...answer.scenes.leftOut.map((scene) => h('li', {}, `Left out: ${scene.id}: ${scene.reason}`)),
        ),
  );
}

function featureTable(answer: PointAnswer): HTMLElement {
  const rows = Object.entries(answer.features);
  if (rows.length === 0) return h('span');
  return h(
    'details',
    {},
    h('summary', {}, `Features (${rows.length})`),
    h(
      'table',
      {},
      h(
        'tbody',
        {},
        ...rows.map(([name, value]) =>
          h(
            'tr',
            {},
            h('th', { scope: 'row' }, name),
            h('td', { class: 'number' }, value === null ? '–' : Number(value.toPrecision(5)).toString()),
          ),
        ),
      ),
    ),
  );
}

export function seriesCsv(answer: Pick<PointAnswer, 'series'>): string {
  const rows = answer.series.map((entry) =>
    [entry.date, entry.scene, entry.ndvi ?? '', entry.ndre ?? ''].join(','),
  );
  return ['date,scene,ndvi,ndre', ...rows].join('\n');
}
