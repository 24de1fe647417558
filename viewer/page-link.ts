import { formatUrl } from './url-state.js';
import type { UrlState } from './url-state.js';

const DELAY_MS = 250;

/** The state that a link to this page holds, and the address that follows it once it has come to rest. */
export class PageLink {
  #state: UrlState;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(state: UrlState) {
    this.#state = state;
  }

  get state(): UrlState {
    return this.#state;
  }

  change(change: Partial<UrlState>): void {
    this.#state = { ...this.#state, ...change };
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => history.replaceState(null, '', this.#path()), DELAY_MS);
  }

  /** What a panel keeps. */
  other(name: string): string | null {
    return this.#state.others[name] ?? null;
  }

  setOther(name: string, value: string | null): void {
    const { [name]: _, ...others } = this.#state.others;
    this.change({ others: value === null ? others : { ...others, [name]: value } });
  }

  /** The whole address of what shows now. */
  link(): string {
    return new URL(this.#path(), location.href).href;
  }

  #path(): string {
    return formatUrl(this.#state).replace(/^(?=#|$)/, location.pathname);
  }
}
