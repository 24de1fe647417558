import { h } from '../dom.js';

export interface Option {
  readonly value: string;
  readonly label: string;
  /** Heading under which it stands. */
  readonly group?: string;
}

/** A labelled list to choose one of. */
export class Choice {
  readonly #select = h('select');
  readonly element: HTMLElement;
  #shown = '';

  constructor(label: string, id: string, onChange: (value: string) => void) {
    this.#select.id = id;
    this.element = h('label', {}, h('span', {}, label), this.#select);
    this.#select.addEventListener('change', () => onChange(this.#select.value));
  }

  /** Hidden where there is nothing to choose. */
  show(options: readonly Option[], current: string): void {
    const key = JSON.stringify(options);
    if (key !== this.#shown) {
      this.#shown = key;
      const groups = new Map<string, HTMLOptGroupElement>();
      const children = options.flatMap(({ value, label, group }) => {
        const option = h('option', { value }, label);
        if (group === undefined) return [option];
        const known = groups.get(group);
        const element = known ?? h('optgroup', { label: group });
        groups.set(group, element);
        element.append(option);
        return known === undefined ? [element] : [];
      });
      this.#select.replaceChildren(...children);
    }
    this.#select.value = current;
    this.element.hidden = options.length < 2;
  }
}
