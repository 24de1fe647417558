import { h } from '../dom.js';
import { strings } from '../strings.js';

/** Why a sheet closed: the person closed it, or another took its place. */
export type Closing = 'person' | 'other';

/** A panel at the map's side, on a phone a sheet over its lower part. One at a time is open. */
export class Sheet {
  static #current: Sheet | null = null;
  /** Hidden while another lies over it for a moment: it comes back when the person closes that one. */
  static #beneath: Sheet | null = null;
  readonly root: HTMLElement;
  readonly body: HTMLElement;
  #opener: Element | null = null;

  /** @param id of its element; @param label for screen readers */
  constructor(
    id: string,
    label: string,
    readonly onClose: (why: Closing) => void,
    /** Whether it stays as it is while another lies over it. */
    readonly canWait = false,
  ) {
    this.body = h('div', { class: 'sheet-body' });
    const close = h(
      'button',
      {
        type: 'button',
        class: 'icon sheet-close',
        'aria-label': strings.page.close,
        onclick: () => this.close(),
      },
      '×',
    );
    this.root = h(
      'aside',
      { id, class: 'card sheet', 'aria-label': label, tabindex: -1, hidden: true },
      close,
      this.body,
    );
    this.root.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      event.preventDefault();
      this.close();
    });
    document.body.append(this.root);
  }

  get isOpen(): boolean {
    return Sheet.#current === this;
  }

  get isBeneath(): boolean {
    return Sheet.#beneath === this;
  }

  /**
   * @param focus moves the keyboard's focus here, and back where it was when the person closes it
   * @param over what is open and can wait does so beneath
   */
  open(focus = true, over = false): void {
    if (Sheet.#current !== this) {
      this.#opener = focus ? document.activeElement : null;
      const before = Sheet.#current;
      if (this.isBeneath) Sheet.#beneath = null;
      if (over && before?.canWait === true) {
        before.root.hidden = true;
        Sheet.#beneath = before;
      } else before?.close('other');
      this.#show();
    }
    if (focus) this.root.focus({ preventScroll: true });
  }

  #show(): void {
    Sheet.#current = this;
    this.root.hidden = false;
    document.body.classList.add('panel-open');
  }

  close(why: Closing = 'person'): void {
    if (Sheet.#current !== this) return;
    const hadFocus = this.root.contains(document.activeElement);
    Sheet.#current = null;
    this.root.hidden = true;
    document.body.classList.remove('panel-open');
    this.onClose(why);
    const beneath = Sheet.#beneath;
    Sheet.#beneath = null;
    if (beneath !== null) {
      if (why === 'person') beneath.#show();
      else beneath.onClose(why);
    }
    if (why !== 'person' || !hadFocus) return;
    const back = this.#opener instanceof HTMLElement && this.#opener.isConnected ? this.#opener : null;
    const target = back === null || back === document.body ? document.getElementById('canvas') : back;
    target?.focus({ preventScroll: true });
  }

  /** The keyboard's focus stays where it was, by the element's id, or goes to the sheet. */
  fill(...content: readonly (Node | null)[]): void {
    const focused = this.body.contains(document.activeElement) ? document.activeElement : null;
    this.body.replaceChildren(...content.filter((node) => node !== null));
    if (focused === null) return;
    const again = focused.id === '' ? null : document.getElementById(focused.id);
    (again ?? this.root).focus({ preventScroll: true });
  }
}
