import type { GeoCropInfo, LayerInfo, LegendJson } from './api.js';
import { byId, h } from './dom.js';
import { featureName } from './feature-names.js';
import { BASELINE_CLASSES, classLegend, rampLegend } from './legend-view.js';
import { modelCard } from './model-card.js';
import { strings } from './strings.js';
import type { TileStatus } from './tile-status.js';
import type { UrlState } from './url-state.js';
import { isSimulated, seasonName, sentenceCase, yearName } from './words.js';

export interface ControlEvents {
  readonly onMap: (change: Partial<Pick<UrlState, 'season' | 'year' | 'model'>>) => void;
  readonly onLayer: (name: string) => void;
  readonly onOpacity: (opacity: number) => void;
  readonly onBaseline: (shown: boolean) => void;
}

const titleOf = (layer: LayerInfo): string =>
  layer.kind === 'feature' ? featureName(layer).title : layer.title;

/** The card with all that a person can choose, and the legend. */
export class Controls {
  readonly #features: readonly LayerInfo[];

  constructor(
    readonly info: GeoCropInfo,
    readonly events: ControlEvents,
  ) {
    this.#features = info.layers.filter((layer) => layer.kind === 'feature');
    byId('subtitle').textContent = strings.controls.subtitle(seasonName(info.map, info.period));
    document.title = strings.controls.title(seasonName(info.map, info.period));
    byId('badge').hidden = !isSimulated(info.card);
    this.#makeSelects();
    this.#makeLayers();
    byId<HTMLInputElement>('opacity').addEventListener('input', (event) => {
      const percent = Number((event.target as HTMLInputElement).value);
      byId('opacity-value').textContent = strings.format.percent(percent);
      events.onOpacity(percent / 100);
    });
    byId<HTMLInputElement>('baseline').addEventListener('change', (event) => {
      events.onBaseline((event.target as HTMLInputElement).checked);
    });
    byId('baseline-legend-body').replaceChildren(classLegend(BASELINE_CLASSES, null));
    const card = info.card === undefined ? null : modelCard(info.map.model, info.card);
    if (card !== null) byId('legend').append(card);
    const toggle = byId('controls-toggle');
    toggle.addEventListener('click', () => {
      const open = byId('controls').classList.toggle('open');
      toggle.setAttribute('aria-expanded', String(open));
      toggle.textContent = open ? strings.controls.close : strings.controls.open;
    });
  }

  show(url: UrlState, layer: LayerInfo): void {
    const percent = Math.round(url.opacity * 100);
    byId<HTMLInputElement>('opacity').value = String(percent);
    byId('opacity-value').textContent = strings.format.percent(percent);
    for (const input of document.querySelectorAll<HTMLInputElement>('#layer-buttons input')) {
      input.checked = input.value === layer.name || (input.value === '' && layer.kind === 'feature');
    }
    byId('feature-row').hidden = layer.kind !== 'feature';
    if (layer.kind === 'feature') byId<HTMLSelectElement>('feature').value = layer.name;
    byId('legend-title').textContent = titleOf(layer);
  }

  showBaseline(year: number | null, shown: boolean): void {
    byId('baseline-row').hidden = year === null;
    byId('baseline-legend').hidden = year === null || !shown;
    byId<HTMLInputElement>('baseline').checked = shown;
    if (year !== null) byId('baseline-label').textContent = strings.controls.baseline(year);
  }

  showLegend(layer: LayerInfo, legend: LegendJson | null, shares: ReadonlyMap<number, number> | null): void {
    byId('legend-title').textContent =
      layer.kind === 'classes' && shares !== null && shares.size > 0
        ? strings.controls.inView(layer.title)
        : titleOf(layer);
    const body = byId('legend-body');
    if (legend?.classes !== undefined && legend.classes.length > 0)
      body.replaceChildren(classLegend(legend.classes, shares));
    else if (legend?.stops !== undefined) body.replaceChildren(rampLegend(legend));
    else if (layer.kind === 'rgb')
      body.replaceChildren(h('p', { class: 'quiet' }, strings.controls.trueColour));
    else body.replaceChildren();
  }

  /** What the tiles in view are not: said once, below the legend. */
  showNotes(statuses: readonly TileStatus[]): void {
    const present = (['partial', 'incomplete', 'stale'] as const).filter((quality) =>
      statuses.some((status) => status.phase === 'ready' && status.quality === quality),
    );
    const notes = byId('legend-notes');
    const key = present.join();
    if (notes.dataset['key'] === key) return;
    notes.dataset['key'] = key;
    notes.replaceChildren(
      ...present.map((quality) => h('li', { 'data-quality': quality }, strings.controls.notes[quality])),
    );
  }

  #makeSelects(): void {
    const { map, seasons, years, models, period } = this.info;
    const add = <T extends string | number>(
      label: string,
      values: readonly T[],
      current: T,
      name: (value: T) => string,
      onChange: (value: T) => void,
    ): void => {
      if (values.length < 2) return;
      const select = h('select', {}, ...values.map((value) => h('option', { value }, name(value))));
      select.value = String(current);
      select.addEventListener('change', () => {
        const chosen = values.find((value) => String(value) === select.value);
        if (chosen !== undefined) onChange(chosen);
      });
      byId('selects').append(h('label', {}, h('span', {}, label), select));
    };
    add(strings.controls.season, seasons, map.season, sentenceCase, (season) =>
      this.events.onMap({ season, year: null }),
    );
    add(
      strings.controls.year,
      years,
      map.year,
      (year) => yearName(year, map.season, period),
      (year) => this.events.onMap({ year }),
    );
    add(
      strings.controls.model,
      models,
      map.model,
      (model) => model,
      (model) => this.events.onMap({ model }),
    );
  }

  #makeLayers(): void {
    const choose = (value: string, title: string): HTMLElement => {
      const input = h('input', { type: 'radio', name: 'layer', value });
      input.addEventListener('change', () =>
        this.events.onLayer(value === '' ? byId<HTMLSelectElement>('feature').value : value),
      );
      return h('label', {}, input, h('span', {}, title));
    };
    const buttons = this.info.layers
      .filter((layer) => layer.kind !== 'feature' && layer.name !== 'probabilities')
      .map((layer) => choose(layer.name, layer.title));
    if (this.#features.length > 0) buttons.push(choose('', strings.controls.features));
    byId('layer-buttons').replaceChildren(...buttons);
    const select = byId<HTMLSelectElement>('feature');
    const groups = new Map<string, HTMLOptGroupElement>();
    for (const layer of this.#features) {
      const { group, title } = featureName(layer);
      const element = groups.get(group) ?? h('optgroup', { label: group });
      groups.set(group, element);
      element.append(h('option', { value: layer.name }, title));
    }
    select.replaceChildren(...groups.values());
    select.addEventListener('change', () => this.events.onLayer(select.value));
  }
}
