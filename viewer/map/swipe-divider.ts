import { byId } from '../dom.js';
import { strings } from '../strings.js';

const STEP = 0.02;
const LARGE_STEP = 0.1;

/** The line between two maps: dragged, or moved with the arrow keys. Its place is a share of the map's width, 0 to 1. */
export class SwipeDivider {
  readonly #root = byId('swipe');
  readonly #handle = byId('swipe-handle');
  #at = 0.5;

  constructor(readonly onMove: (at: number) => void) {
    this.#handle.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      this.#handle.setPointerCapture(event.pointerId);
      this.#handle.focus({ preventScroll: true });
      this.#root.classList.add('dragged');
    });
    this.#handle.addEventListener('pointermove', (event) => {
      if (this.#handle.hasPointerCapture(event.pointerId)) this.#move(event.clientX / innerWidth);
    });
    const end = (): void => this.#root.classList.remove('dragged');
    this.#handle.addEventListener('pointerup', end);
    this.#handle.addEventListener('pointercancel', end);
    this.#handle.addEventListener('keydown', (event) => this.#onKey(event));
  }

  /** @param names of the maps on its sides; null: there is one map only */
  show(names: readonly [left: string, right: string] | null, at: number): void {
    this.#root.hidden = names === null;
    document.body.classList.toggle('compares', names !== null);
    if (names !== null) {
      byId('swipe-left').textContent = names[0];
      byId('swipe-right').textContent = names[1];
      this.#handle.setAttribute('aria-label', strings.layers.divider(...names));
    }
    this.#place(at);
  }

  #onKey(event: KeyboardEvent): void {
    const step = event.shiftKey ? LARGE_STEP : STEP;
    const to = {
      ArrowLeft: this.#at - step,
      ArrowRight: this.#at + step,
      PageUp: this.#at + LARGE_STEP,
      PageDown: this.#at - LARGE_STEP,
      Home: 0,
      End: 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#move(to);
  }

  #move(to: number): void {
    this.#place(Math.min(1, Math.max(0, to)));
    this.onMove(this.#at);
  }

  #place(at: number): void {
    this.#at = at;
    const percent = Math.round(at * 100);
    document.body.style.setProperty('--swipe', at.toFixed(4));
    this.#handle.setAttribute('aria-valuenow', String(percent));
    this.#handle.setAttribute('aria-valuetext', strings.layers.dividerAt(strings.format.percent(percent)));
  }
}
