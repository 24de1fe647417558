import { ApiError, getJson, mapQuery, unreachable } from '../api.js';
import type { PointAnswer, Problem } from '../api.js';
import { h } from '../dom.js';
import type { LonLat, PanelHost, ShownMap } from '../panel-host.js';
import { strings } from '../strings.js';
import { adviceFor } from '../words.js';
import { headline, placeRow, pointView } from './point-view.js';
import { Sheet } from './sheet.js';

const LONGEST_WAIT_SECONDS = 20;
/** Asked for while the point is computed and the server does not say when. */
const WAIT_SECONDS = 3;

/** The panel about one pixel. */
export class PointPanel {
  readonly #sheet: Sheet;
  #asked: AbortController | null = null;
  #shown: { readonly place: LonLat; readonly map: ShownMap } | null = null;

  /** @param onPlace told which pixel is shown; null when the panel closes */
  constructor(
    private readonly host: PanelHost,
    onPlace: (place: LonLat | null) => void,
  ) {
    const closed = (): void => {
      this.#asked?.abort();
      this.#shown = null;
      host.showMarker(null);
      onPlace(null);
    };
    // Whoever shares the page shares the pixel too.
    this.#sheet = new Sheet('point', strings.point.title, closed, true);
    this.onPlace = onPlace;
    // Another year, another model: the same pixel, seen anew.
    host.on('maps', (maps) => {
      const { place, map } = this.#shown ?? {};
      const now = maps.find(({ key }) => JSON.stringify(key) === JSON.stringify(map?.key));
      if (place === undefined || now !== undefined) return;
      const [first] = maps;
      if (first !== undefined) void this.show(place, first, false);
    });
  }

  private readonly onPlace: (place: LonLat | null) => void;

  /** Asks until there is an answer, the panel closes, or another point is asked for. */
  async show(place: LonLat, map: ShownMap, focus = true): Promise<void> {
    this.#asked?.abort();
    const asked = new AbortController();
    this.#asked = asked;
    if (focus || !this.#sheet.isBeneath) this.#sheet.open(focus);
    this.#shown = { place, map };
    this.host.showMarker(place);
    this.host.uncover(place);
    this.onPlace(place);
    const { body } = this.#sheet;
    body.setAttribute('aria-busy', 'true');
    const [lon, lat] = place;
    const announce = (text: string): void => this.host.announce(text);
    const row = (): HTMLElement => placeRow(lon, lat, announce);
    this.#sheet.fill(row(), waiting());
    const url = `point/${lon.toFixed(6)},${lat.toFixed(6)}?${mapQuery(map.key).toString()}`;
    for (;;) {
      try {
        const answer = await getJson<PointAnswer>(url, asked.signal);
        if (asked.signal.aborted) return;
        this.#sheet.fill(
          headline(answer, map.classes),
          ...pointView(answer, map, new URL(url, document.baseURI).href, announce),
        );
        break;
      } catch (error) {
        if (asked.signal.aborted) return;
        const problem = error instanceof ApiError ? error.problem : unreachable().problem;
        if (problem.code !== 'not-ready' && problem.code !== 'queue-full') {
          this.#sheet.fill(
            row(),
            failed(problem, () => void this.show(place, map)),
          );
          break;
        }
        const seconds = Math.min(LONGEST_WAIT_SECONDS, problem.retryAfter ?? WAIT_SECONDS);
        await new Promise((done) => setTimeout(done, seconds * 1000));
        if (asked.signal.aborted) return;
      }
    }
    body.removeAttribute('aria-busy');
    body.scrollTop = 0;
  }
}

const waiting = (): HTMLElement =>
  h(
    'p',
    { class: 'quiet waiting', role: 'status' },
    h('span', { class: 'spinner', 'aria-hidden': 'true' }),
    strings.point.reading,
  );

/** What went wrong, what to do, and the way to try again. @param map in words, where there are two */
export const failed = (problem: Problem, again: () => void, map: string | null = null): HTMLElement =>
  h(
    'div',
    { class: 'problem', role: 'alert' },
    map === null ? null : h('p', {}, map),
    h('strong', {}, problem.detail),
    h('p', {}, adviceFor(problem.code, problem.hint)),
    h('button', { type: 'button', class: 'plain', onclick: again }, strings.problems.tryAgain),
  );
