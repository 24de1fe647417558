import type { GeoCropInfo, LayerInfo } from '../api.js';
import { layersOf } from '../choices.js';
import { byId, h } from '../dom.js';
import { featureName } from '../feature-names.js';
import { strings } from '../strings.js';

/** Which layer shows: a button each, and a list of the features. */
export class LayerChoice {
  readonly #select = byId<HTMLSelectElement>('feature');
  #shown = '';

  constructor(readonly onLayer: (name: string) => void) {
    this.#select.addEventListener('change', () => onLayer(this.#select.value));
  }

  show(info: GeoCropInfo, current: LayerInfo): void {
    const layers = layersOf(info);
    const key = layers.map(({ name }) => name).join();
    if (key !== this.#shown) {
      this.#shown = key;
      this.#make(layers);
    }
    for (const input of document.querySelectorAll<HTMLInputElement>('#layer-buttons input'))
      input.checked = input.value === current.name || (input.value === '' && current.kind === 'feature');
    byId('feature-row').hidden = current.kind !== 'feature';
    if (current.kind === 'feature') this.#select.value = current.name;
  }

  #make(layers: readonly LayerInfo[]): void {
    const features = layers.filter(({ kind }) => kind === 'feature');
    const buttons = layers
      .filter(({ kind }) => kind !== 'feature')
      .map(({ name, title }) => this.#button(name, title));
    if (features.length > 0) buttons.push(this.#button('', strings.controls.features));
    byId('layer-buttons').replaceChildren(...buttons);
    const groups = new Map<string, HTMLOptGroupElement>();
    for (const layer of features) {
      const { group, title } = featureName(layer);
      const element = groups.get(group) ?? h('optgroup', { label: group });
      groups.set(group, element);
      element.append(h('option', { value: layer.name }, title));
    }
    this.#select.replaceChildren(...groups.values());
  }

  #button(value: string, title: string): HTMLElement {
    const input = h('input', { type: 'radio', name: 'layer', value });
    input.addEventListener('change', () => this.onLayer(value === '' ? this.#select.value : value));
    return h('label', {}, input, h('span', {}, title));
  }
}
