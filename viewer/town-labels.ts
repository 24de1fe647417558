import { h } from './dom.js';
import type { Project } from './tile-overlay.js';

/** Towns that people know Zimbabwe by: [name, longitude, latitude, from which zoom], to a hundredth of a degree. */
const TOWNS: readonly (readonly [string, number, number, number])[] = [
  ['Harare', 31.05, -17.83, 6],
  ['Bulawayo', 28.58, -20.15, 6],
  ['Mutare', 32.65, -18.97, 6.5],
  ['Gweru', 29.82, -19.45, 6.5],
  ['Masvingo', 30.83, -20.07, 6.5],
  ['Victoria Falls', 25.83, -17.93, 6],
  ['Beitbridge', 30.0, -22.22, 6.5],
  ['Chinhoyi', 30.2, -17.37, 7],
  ['Kariba', 28.8, -16.52, 6.5],
  ['Hwange', 26.5, -18.36, 7.5],
  ['Kwekwe', 29.81, -18.93, 7.5],
  ['Marondera', 31.55, -18.18, 8],
  ['Bindura', 31.33, -17.3, 8],
];
/** Nearer, a hundredth of a degree is not where the town is. */
const MAX_ZOOM = 11;

/** Names on the zoomed-out map, so that a person knows where they are. */
export class TownLabels {
  readonly #labels = TOWNS.map(([name, lon, lat, from]) => ({
    lon,
    lat,
    from,
    element: h('span', { class: 'town' }, name),
  }));

  constructor(root: HTMLElement) {
    root.append(...this.#labels.map(({ element }) => element));
  }

  place(project: Project, zoom: number): void {
    for (const { lon, lat, from, element } of this.#labels) {
      const shown = zoom >= from && zoom <= MAX_ZOOM;
      element.hidden = !shown;
      if (!shown) continue;
      const [x, y] = project(lon, lat);
      element.style.transform = `translate(${x}px, ${y}px)`;
    }
  }
}
