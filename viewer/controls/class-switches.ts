import type { LegendClass } from '../api.js';
import { h } from '../dom.js';
import { shareText, swatch } from '../legend-view.js';
import { strings } from '../strings.js';
import { sentenceCase } from '../words.js';

interface Row {
  readonly entry: LegendClass;
  readonly element: HTMLElement;
  readonly box: HTMLInputElement;
  readonly number: HTMLElement;
}

/** The legend of classes, each a switch. Rows stay while shares change: the focus is not lost. */
export class ClassSwitches {
  readonly element = h('div', { class: 'class-switches' });
  #rows: readonly Row[] = [];
  #names = '';

  /** @param onHidden names of the classes that are off now */
  constructor(readonly onHidden: (hidden: readonly string[]) => void) {}

  show(classes: readonly LegendClass[], hidden: ReadonlySet<string>): void {
    const names = classes.map(({ name, color }) => `${name}${color}`).join();
    if (names !== this.#names) {
      this.#names = names;
      this.#rows = classes.map((entry) => this.#row(entry));
      const { all, allLabel, none, noneLabel, classes: label } = strings.layers;
      this.element.replaceChildren(
        h('ul', { class: 'classes', 'aria-label': label }, ...this.#rows.map(({ element }) => element)),
        h(
          'p',
          { class: 'class-all' },
          h(
            'button',
            { type: 'button', class: 'link', 'aria-label': allLabel, onclick: () => this.#setAll(true) },
            all,
          ),
          h(
            'button',
            { type: 'button', class: 'link', 'aria-label': noneLabel, onclick: () => this.#setAll(false) },
            none,
          ),
        ),
      );
    }
    this.mark(hidden);
  }

  /** @param hidden names of the classes that are off */
  mark(hidden: ReadonlySet<string>): void {
    for (const { entry, box } of this.#rows) box.checked = !hidden.has(entry.name);
  }

  /** @param shares 0 to 1 by class id of what is in view; null where not known (yet) */
  setShares(shares: ReadonlyMap<number, number> | null): void {
    const known = shares !== null && shares.size > 0;
    for (const { entry, element, number } of this.#rows) {
      const share = shares?.get(entry.id) ?? 0;
      element.classList.toggle('none', known && share === 0);
      number.textContent = known && share > 0 ? shareText(share) : '';
    }
  }

  #row(entry: LegendClass): Row {
    const box = h('input', { type: 'checkbox', class: 'unseen' });
    const number = h('span', { class: 'number' });
    box.addEventListener('change', () => this.#tell());
    const name = h('span', { class: 'name' }, sentenceCase(entry.name));
    const element = h('li', {}, h('label', {}, box, swatch(entry), name, number));
    return { entry, element, box, number };
  }

  #setAll(on: boolean): void {
    for (const { box } of this.#rows) box.checked = on;
    this.#tell();
  }

  #tell(): void {
    this.onHidden(this.#rows.filter(({ box }) => !box.checked).map(({ entry }) => entry.name));
  }
}
