import type { GeoCropInfo } from '../api.js';
import { byId, h } from '../dom.js';
import { seasonName, sentenceCase, yearName } from '../words.js';

/** So that sliding through the years opens the one where it stops. */
const SETTLE_MS = 180;

/** The years that there are, oldest to the left. Hidden where there is one only. */
export class YearSlider {
  readonly #input = byId<HTMLInputElement>('year');
  readonly #output = byId('year-value');
  readonly #buttons = [
    [byId<HTMLButtonElement>('year-earlier'), -1],
    [byId<HTMLButtonElement>('year-later'), 1],
  ] as const;
  #info: GeoCropInfo | null = null;
  #years: readonly number[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(readonly onYear: (year: number) => void) {
    this.#input.addEventListener('input', () => this.#chosen(SETTLE_MS));
    for (const [button, step] of this.#buttons)
      button.addEventListener('click', () => {
        this.#input.value = String(Number(this.#input.value) + step);
        this.#chosen(0);
      });
  }

  show(info: GeoCropInfo): void {
    this.#info = info;
    this.#years = [...info.years].sort((a, b) => a - b);
    byId('year-row').hidden = this.#years.length < 2;
    this.#input.max = String(this.#years.length - 1);
    this.#input.value = String(Math.max(0, this.#years.indexOf(info.map.year)));
    const { season } = info.map;
    byId('year-ticks').replaceChildren(
      ...[this.#years[0], this.#years.at(-1)].map((year) =>
        h('span', {}, year === undefined ? '' : yearName(year, season, info.period)),
      ),
    );
    this.#label();
  }

  #chosen(ms: number): void {
    this.#label();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const year = this.#years[Number(this.#input.value)];
      if (year !== undefined) this.onYear(year);
    }, ms);
  }

  #label(): void {
    const at = Number(this.#input.value);
    const year = this.#years[at];
    if (year === undefined || this.#info === null) return;
    const { map, period } = this.#info;
    this.#output.textContent = yearName(year, map.season, period);
    this.#input.setAttribute('aria-valuetext', sentenceCase(seasonName({ ...map, year }, period)));
    for (const [button, step] of this.#buttons) button.disabled = this.#years[at + step] === undefined;
  }
}
