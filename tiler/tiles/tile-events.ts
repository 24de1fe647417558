import type { TileEvent } from './tile-service.js';

/** Changes of tiles' states, told to whoever listens. A listener that throws harms nobody else. */
export class TileEvents {
  readonly #listeners = new Set<(event: TileEvent) => void>();

  subscribe(listener: (event: TileEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: TileEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch {
        this.#listeners.delete(listener);
      }
    }
  }
}
