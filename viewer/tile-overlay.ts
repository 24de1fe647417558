import type { TileAddress } from './api.js';
import { h } from './dom.js';
import { strings } from './strings.js';
import { tileBounds, tileKey } from './tile-math.js';
import type { TileStatus } from './tile-status.js';
import { adviceFor, phaseName } from './words.js';

/** Screen pixels of a place. */
export type Project = (lon: number, lat: number) => readonly [number, number];

const FADE_MS = 420;
/** CSS pixels, as in style.css. */
const NARROW_WINDOW = 720;
const CARD_WIDTH = 300;
/** Smaller cells have no room for words. */
const LEAST_LABELLED_PIXELS = 110;

interface Cell {
  readonly element: HTMLElement;
  readonly label: HTMLElement;
  readonly bar: HTMLElement;
  status: TileStatus;
}

/**
 * Draws the state of tiles that have no picture yet, above the map, in the page itself: hatching and pulses are the
 * browser's own animations, cost the GPU no frame of the map, stop for people who asked for less motion, and a failed tile is a real button.
 */
export class TileOverlay {
  readonly #cells = new Map<string, Cell>();
  #project: Project = () => [0, 0];
  #popover: { readonly element: HTMLElement; readonly tile: TileAddress } | null = null;

  constructor(
    readonly root: HTMLElement,
    /** The person wants what failed to be tried again. */
    readonly retry: () => void,
  ) {}

  update(statuses: readonly TileStatus[], project: Project): void {
    const wanted = new Set<string>();
    for (const status of statuses) {
      const key = tileKey(status.tile);
      const badge =
        status.phase === 'ready' && (status.quality === 'incomplete' || status.quality === 'stale');
      if (status.phase === 'ready' && !badge && !this.#cells.has(key)) continue;
      wanted.add(key);
      const cell = this.#cells.get(key) ?? this.#make(key, status);
      this.#paint(cell, status, badge);
    }
    for (const [key, cell] of this.#cells) if (!wanted.has(key)) this.#remove(key, cell);
    this.place(project);
  }

  /** Follows the map: called after each of its frames. */
  place(project: Project = this.#project): void {
    this.#project = project;
    for (const cell of this.#cells.values()) {
      const [west, south, east, north] = tileBounds(cell.status.tile);
      const [left, top] = project(west, north);
      const [right, bottom] = project(east, south);
      const { style } = cell.element;
      style.transform = `translate(${left}px, ${top}px)`;
      style.width = `${right - left}px`;
      style.height = `${bottom - top}px`;
      cell.element.classList.toggle('tiny', right - left < LEAST_LABELLED_PIXELS);
    }
    if (this.#popover !== null) {
      const [west, south, east, north] = tileBounds(this.#popover.tile);
      const [x, y] = project((west + east) / 2, (south + north) / 2);
      this.#placePopover(this.#popover.element, x, y);
    }
  }

  clear(): void {
    for (const [key, cell] of this.#cells) this.#remove(key, cell);
    this.#closePopover();
  }

  #make(key: string, status: TileStatus): Cell {
    const label = h('span', { class: 'cell-label' });
    const bar = h('span', { class: 'cell-bar' });
    const element = h('div', { class: 'cell', 'data-tile': key }, label, bar);
    this.root.append(element);
    const cell: Cell = { element, label, bar, status };
    this.#cells.set(key, cell);
    return cell;
  }

  #paint(cell: Cell, status: TileStatus, badge: boolean): void {
    const same = cell.status === status && cell.element.dataset['phase'] !== undefined;
    cell.status = status;
    if (same) return;
    cell.element.dataset['phase'] = status.phase;
    cell.element.dataset['quality'] = status.quality;
    cell.bar.style.transform = `scaleX(${status.progress ?? 0})`;
    if (status.phase === 'failed') {
      const reason = status.problem?.detail ?? strings.tiles.couldNotBeMade;
      cell.label.replaceChildren(
        h(
          'button',
          {
            type: 'button',
            class: 'cell-failed',
            title: reason,
            'aria-label': strings.tiles.failedButton(reason),
            onclick: () => this.#openPopover(status),
          },
          strings.tiles.failed,
        ),
      );
      return;
    }
    cell.label.textContent = badge ? strings.tiles.quality[status.quality] : phaseName(status);
    if (status.phase === 'ready' && !badge) {
      setTimeout(() => {
        if (cell.status.phase === 'ready') this.#remove(tileKey(status.tile), cell);
      }, FADE_MS);
    }
  }

  #remove(key: string, cell: Cell): void {
    if (this.#cells.get(key) !== cell) return;
    cell.element.remove();
    this.#cells.delete(key);
    if (this.#popover !== null && tileKey(this.#popover.tile) === key) this.#closePopover();
  }

  #openPopover(status: TileStatus): void {
    this.#closePopover();
    const { problem, tile } = status;
    const again = h('button', { type: 'button', class: 'plain' }, strings.problems.tryAgain);
    const close = h('button', { type: 'button', class: 'icon', 'aria-label': strings.page.close }, '×');
    const element = h(
      'div',
      { class: 'popover', role: 'dialog', 'aria-label': strings.tiles.whyFailed },
      close,
      h('strong', {}, problem?.detail ?? strings.tiles.couldNotBeMade),
      h('p', {}, adviceFor(problem?.code ?? 'failed', problem?.hint ?? null)),
      again,
      h('small', {}, strings.tiles.address(tileKey(tile))),
    );
    close.addEventListener('click', () => this.#closePopover());
    again.addEventListener('click', () => {
      this.#closePopover();
      this.retry();
    });
    element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.#closePopover();
    });
    this.root.append(element);
    this.#popover = { element, tile };
    this.place();
    again.focus({ preventScroll: true });
  }

  /** Beside the card of choices and inside the window, wherever the tile is. */
  #placePopover(element: HTMLElement, x: number, y: number): void {
    const { clientWidth, clientHeight } = this.root;
    const [halfWidth, halfHeight] = [element.offsetWidth / 2 + 8, element.offsetHeight / 2 + 8];
    const card = clientWidth > NARROW_WINDOW ? CARD_WIDTH : 0;
    const left = Math.min(clientWidth - halfWidth, Math.max(card + halfWidth, x)) - element.offsetWidth / 2;
    const top = Math.min(clientHeight - halfHeight, Math.max(halfHeight, y)) - element.offsetHeight / 2;
    element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  #closePopover(): void {
    this.#popover?.element.remove();
    this.#popover = null;
  }
}
