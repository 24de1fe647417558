import type { PanelEvents } from '../panel-host.js';

type Listeners = { [K in keyof PanelEvents]: Set<(what: PanelEvents[K]) => void> };

/** Who listens to what. A listener that throws does not keep others from hearing. */
export class PanelEmitter {
  readonly #listeners: Listeners = {
    maps: new Set(),
    click: new Set(),
    drawing: new Set(),
    area: new Set(),
  };

  on<K extends keyof PanelEvents>(name: K, listener: (what: PanelEvents[K]) => void): () => void {
    this.#listeners[name].add(listener);
    return () => this.#listeners[name].delete(listener);
  }

  tell<K extends keyof PanelEvents>(name: K, what: PanelEvents[K]): void {
    for (const listener of [...this.#listeners[name]]) {
      try {
        listener(what);
      } catch (error) {
        reportError(error);
      }
    }
  }
}
