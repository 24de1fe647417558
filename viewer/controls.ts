import type { GeoCropInfo, LegendJson } from './api.js';
import { DYNAMIC_WORLD } from './choices.js';
import { Choice } from './controls/choice.js';
import { ClassSwitches } from './controls/class-switches.js';
import { comparisons } from './controls/comparisons.js';
import { LayerChoice } from './controls/layer-choice.js';
import { YearSlider } from './controls/year-slider.js';
import { byId, h } from './dom.js';
import { featureName } from './feature-names.js';
import { BASELINE_CLASSES, classLegend, rampLegend } from './legend-view.js';
import { modelCard } from './model-card.js';
import type { ShownMap } from './panel-host.js';
import { strings } from './strings.js';
import type { TileStatus } from './tile-status.js';
import { formatComparison, parseComparison } from './url-state.js';
import type { UrlState } from './url-state.js';
import { isSimulated, seasonName, sentenceCase } from './words.js';

/** What a person chose: the part of the page's state that changes. */
export type ControlChange = Partial<Omit<UrlState, 'place' | 'others'>>;

/** The card with all that a person can choose, and the legend. */
export class Controls {
  readonly #season = new Choice(strings.controls.season, 'season', (season) =>
    this.onChange({ season, year: null }),
  );
  readonly #model = new Choice(strings.controls.model, 'model', (model) => this.onChange({ model }));
  readonly #compare = new Choice(strings.layers.compare, 'compare', (value) =>
    this.onChange({ compare: parseComparison(value) }),
  );
  readonly #years = new YearSlider((year) => this.onChange({ year }));
  readonly #layers = new LayerChoice((layer) => this.onChange({ layer }));
  readonly #classes = new ClassSwitches((hidden) => this.onChange({ hidden }));
  #card = '';

  constructor(readonly onChange: (change: ControlChange) => void) {
    byId('selects').append(this.#season.element, this.#model.element, this.#compare.element);
    onInput('opacity', (percent) => onChange({ opacity: percent / 100 }));
    onInput('hatch', (hatchBelow) => onChange({ hatchBelow }));
    byId<HTMLInputElement>('baseline').addEventListener('change', (event) => {
      onChange({ baseline: (event.target as HTMLInputElement).checked });
    });
    byId('baseline-legend-body').replaceChildren(classLegend(BASELINE_CLASSES));
    const toggle = byId('controls-toggle');
    toggle.addEventListener('click', () => {
      const open = byId('controls').classList.toggle('open');
      toggle.setAttribute('aria-expanded', String(open));
      toggle.textContent = open ? strings.controls.close : strings.controls.open;
    });
  }

  /** Another map or layer shows. */
  showMap({ tileJson: { geocrop: info }, layer }: ShownMap, baselineYear: number | null): void {
    const season = seasonName(info.map, info.period);
    byId('subtitle').textContent = strings.controls.subtitle(season);
    document.title = strings.controls.title(season);
    byId('badge').hidden = !isSimulated(info.card);
    const options = (names: readonly string[], label = (name: string) => name) =>
      names.map((value) => ({ value, label: label(value) }));
    this.#season.show(options(info.seasons, sentenceCase), info.map.season);
    this.#model.show(options(info.models), info.map.model);
    this.#years.show(info);
    this.#layers.show(info, layer);
    byId('baseline-row').hidden = baselineYear === null || layer.name === DYNAMIC_WORLD;
    if (baselineYear !== null) byId('baseline-label').textContent = strings.controls.baseline(baselineYear);
    byId('hatch-row').hidden =
      layer.kind !== 'classes' || layer.name === DYNAMIC_WORLD || !info.layers.some(isConfidence);
    this.#showCard(info);
  }

  showState(url: UrlState, { tileJson, layer }: ShownMap): void {
    const percent = Math.round(url.opacity * 100);
    byId<HTMLInputElement>('opacity').value = String(percent);
    byId('opacity-value').textContent = strings.format.percent(percent);
    const { hatched, noHatching, hatchingOff } = strings.layers;
    const hatch = byId<HTMLInputElement>('hatch');
    const below = strings.format.percent(url.hatchBelow);
    hatch.value = String(url.hatchBelow);
    hatch.setAttribute('aria-valuetext', url.hatchBelow === 0 ? noHatching : hatched(below));
    byId('hatch-value').textContent = url.hatchBelow === 0 ? hatchingOff : below;
    byId<HTMLInputElement>('baseline').checked = url.baseline;
    const comparesBaseline = url.compare?.with === 'baseline';
    byId('baseline-legend').hidden = !comparesBaseline && (byId('baseline-row').hidden || !url.baseline);
    document.body.classList.toggle('compares-baseline', comparesBaseline);
    const compared = url.compare === null ? '' : formatComparison(url.compare);
    this.#compare.show(comparisons(tileJson.geocrop), compared);
    if (layer.kind === 'classes') this.#classes.mark(new Set(url.hidden));
  }

  showLegend({ layer }: ShownMap, legend: LegendJson | null, url: UrlState): void {
    byId('legend-title').textContent = layer.kind === 'feature' ? featureName(layer).title : layer.title;
    const body = byId('legend-body');
    if (legend?.classes !== undefined && legend.classes.length > 0) {
      this.#classes.show(legend.classes, new Set(url.hidden));
      this.#classes.setShares(null);
      body.replaceChildren(this.#classes.element);
    } else if (legend?.stops !== undefined) body.replaceChildren(rampLegend(legend));
    else if (layer.kind === 'rgb')
      body.replaceChildren(h('p', { class: 'quiet' }, strings.controls.trueColour));
    else body.replaceChildren();
  }

  /** @param shares 0 to 1 by class id of what is in view; null where not known */
  showShares(title: string, shares: ReadonlyMap<number, number> | null): void {
    byId('legend-title').textContent =
      shares !== null && shares.size > 0 ? strings.controls.inView(title) : title;
    this.#classes.setShares(shares);
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

  #showCard(info: GeoCropInfo): void {
    const key = JSON.stringify([info.map.model, info.card]);
    if (key === this.#card) return;
    this.#card = key;
    document.getElementById('model-card')?.remove();
    const card = info.card === undefined ? null : modelCard(info.map.model, info.card);
    if (card !== null) byId('legend').append(card);
  }
}

const isConfidence = ({ kind }: { readonly kind: string }): boolean => kind === 'percent';

function onInput(id: string, callback: (value: number) => void): void {
  byId<HTMLInputElement>(id).addEventListener('input', (event) =>
    callback(Number((event.target as HTMLInputElement).value)),
  );
}
