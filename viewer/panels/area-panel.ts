import { h } from '../dom.js';
import type { AreaGeometry, Drawing, LonLat, PanelHost } from '../panel-host.js';
import { strings } from '../strings.js';
import { parseUrl } from '../url-state.js';
import { areaChange } from './area-change.js';
import { AreaCounter, countedOf } from './area-counter.js';
import type { AreaCount } from './area-counter.js';
import { areaCsv, csvName } from './area-csv.js';
import { areaDrawing } from './area-drawing.js';
import { AreaFileError, areaOfFile } from './area-file.js';
import { areaForm } from './area-form.js';
import { areaToWord } from './area-link.js';
import { areaResult, hectares, progressView } from './area-result.js';
import { heard, nameOfCounts } from './area-words.js';
import { confirm } from './copy-button.js';
import { countedMaps } from './counted-map.js';
import { failed } from './point-panel.js';
import { saveFile } from './save-file.js';
import { Sheet } from './sheet.js';

/** The panel about an area: says which, counts its hectares on what shows. The area stays on the map while another panel is open. */
export class AreaPanel {
  readonly #sheet: Sheet;
  readonly #counter = new AreaCounter((counts) => {
    this.#render();
    this.#announce(counts);
  });
  #note: string | null = null;
  /** The next area is drawn here, or a link's with its place: the map need not move there. */
  #stays = false;
  #said = '';

  constructor(private readonly host: PanelHost) {
    this.#sheet = new Sheet('area', strings.area.title, (why) => {
      if (host.drawing !== null) host.cancelDrawing();
      if (why === 'person') this.#forget();
    });
    host.on('drawing', (drawing) => this.#onDrawing(drawing));
    host.on('area', (area) => this.#onArea(area));
    host.on('maps', () => {
      if (host.area !== null) this.#count(host.area);
    });
  }

  /** Shows what there is: the area with its hectares, or the ways to give one. */
  open(focus = true): void {
    this.#sheet.open(focus);
    if (this.host.area === null) this.#showForm();
    else this.#count(this.host.area);
  }

  /** An area from a link. @param open false: only on the map, the panel is another's @param fit moves the map there */
  restore(area: AreaGeometry, { open, fit }: { readonly open: boolean; readonly fit: boolean }): void {
    this.#stays = !fit;
    if (open) this.#sheet.open(false);
    this.host.setArea(area);
  }

  async openFile(file: File): Promise<void> {
    this.#sheet.open();
    // Not the hectares of the area before, which it held when it was closed.
    if (this.host.area === null) this.#showForm();
    try {
      const { area, polygons } = await areaOfFile(file);
      this.#set(area, polygons > 1 ? strings.area.manyPolygons(polygons) : null);
    } catch (error) {
      if (!(error instanceof AreaFileError)) throw error;
      this.#showForm(error.message);
    }
  }

  #set(area: AreaGeometry, note: string | null): void {
    this.#stays = false;
    this.host.setArea(area);
    this.#note = note;
    this.#render();
  }

  #forget(): void {
    this.#counter.forget();
    if (this.host.area !== null) this.host.setArea(null);
  }

  #showForm(wrong: string | null = null): void {
    this.#sheet.fill(
      areaForm({
        onDraw: () => {
          this.#stays = true;
          this.host.startDrawing();
          document.getElementById('canvas')?.focus({ preventScroll: true });
        },
        onFile: (file) => void this.openFile(file),
        onArea: (area) => this.#set(area, null),
        middle: () => this.#middle(),
      }),
      wrong === null ? null : h('p', { class: 'wrong', role: 'alert' }, wrong),
    );
  }

  #middle(): LonLat | null {
    const link = new URL(this.host.url.link(), document.baseURI);
    const { place } = parseUrl(link.search, link.hash);
    return place === null ? null : [place.lon, place.lat];
  }

  #onDrawing(drawing: Drawing): void {
    document.body.classList.toggle('drawing', drawing !== null);
    if (drawing === null) {
      if (this.#sheet.isOpen && this.host.area === null) this.#showForm();
      return;
    }
    this.#sheet.fill(...areaDrawing(this.host, drawing));
    const count = drawing.corners.length;
    if (count > 0) this.host.announce(strings.area.corners(count));
  }

  #onArea(area: AreaGeometry | null): void {
    const word = area === null ? null : areaToWord(area);
    this.host.url.set('area', word);
    this.#note = area !== null && word === null ? strings.area.linkTooLong : null;
    if (area === null) {
      this.#counter.forget();
      if (this.#sheet.isOpen && this.host.drawing === null) this.#showForm();
      return;
    }
    if (!this.#stays) this.host.fit(boxOf(area));
    this.#stays = false;
    if (this.#sheet.isOpen) this.#count(area);
  }

  #count(area: AreaGeometry): void {
    const maps = countedMaps(this.host.maps);
    if (maps.length === 0) return;
    if (this.#counter.count(area, maps)) this.#said = '';
    this.#render();
  }

  /** Once at the end, and once where parts are missing yet. */
  #announce(counts: readonly AreaCount[]): void {
    const found = countedOf(counts);
    const state = counts.map(({ progress }) => progress?.state).join();
    if (found.length < counts.length || this.#said === state) return;
    this.#said = state;
    this.host.announce(heard(found.map(({ statistics }) => statistics)));
  }

  #render(): void {
    const { area } = this.host;
    if (!this.#sheet.isOpen || area === null) return;
    const { counts } = this.#counter;
    const scrolled = this.#sheet.body.scrollTop;
    const open = [...this.#sheet.body.querySelectorAll('details')].map((details) => details.open);
    const size = countedOf(counts)[0]?.statistics.area.hectares;
    this.#sheet.fill(
      h('h2', {}, size === undefined ? strings.area.title : strings.area.size(hectares(size))),
      h('p', { class: 'quiet of' }, nameOfCounts(counts)),
      ...this.#states(counts),
      ...results(counts),
      this.#note === null ? null : h('p', { class: 'note' }, this.#note),
      this.#actions(counts),
    );
    this.#sheet.body.scrollTop = scrolled;
    this.#sheet.body.querySelectorAll('details').forEach((details, at) => (details.open = open[at] ?? false));
  }

  /** What is still counted or computed, and what failed. */
  #states(counts: readonly AreaCount[]): (Node | null)[] {
    const several = counts.length > 1;
    const views = counts.map(({ map, progress }) => {
      if (progress === null) return null;
      const { statistics, state, problem } = progress;
      const name = several ? map.short : null;
      if (statistics !== null) return progressView(progress, name);
      if (state !== 'ended' || problem === null) return null;
      return failed(problem, () => this.#again(), name);
    });
    const counting = counts.some(
      ({ progress }) => progress === null || (progress.statistics === null && progress.state === 'computing'),
    );
    return [counting ? waiting() : null, ...views];
  }

  #again(): void {
    this.#counter.forget();
    if (this.host.area !== null) this.#count(this.host.area);
  }

  #actions(counts: readonly AreaCount[]): HTMLElement {
    const rows = countedOf(counts).map(({ map: { key }, statistics }) => ({ key, statistics }));
    const save = h('button', { type: 'button', class: 'plain small', id: 'area-csv' }, strings.area.download);
    save.addEventListener('click', () => {
      saveFile(new Blob([areaCsv(rows)], { type: 'text/csv' }), csvName(rows));
      confirm(save, strings.share.downloading, (text) => this.host.announce(text), strings.area.downloaded);
    });
    const remove = (): void => {
      this.#forget();
      this.host.announce(strings.area.removed);
    };
    return h(
      'p',
      { class: 'actions' },
      rows.length === 0 || rows.length < counts.length ? null : save,
      h(
        'button',
        { type: 'button', class: 'plain small', id: 'area-another', onclick: remove },
        strings.area.another,
      ),
    );
  }
}

/** What is counted so far: of two maps the change, once both have answered. */
function results(counts: readonly AreaCount[]): (Node | null)[] {
  const sides = countedOf(counts).map(({ map: { short }, statistics }) => ({ name: short, statistics }));
  const [first, second] = sides;
  if (first === undefined) return [];
  if (second !== undefined) return areaChange([first, second]);
  return [
    counts.length > 1 ? h('h3', { class: 'of-map' }, first.name) : null,
    ...areaResult(first.statistics, first.name),
  ];
}

const waiting = (): HTMLElement =>
  h(
    'p',
    { class: 'quiet waiting', role: 'status' },
    h('span', { class: 'spinner', 'aria-hidden': 'true' }),
    strings.area.measuring,
  );

/** [west, south, east, north]. */
export function boxOf(area: AreaGeometry): readonly [number, number, number, number] {
  const rings = area.type === 'Polygon' ? area.coordinates : area.coordinates.flat();
  let [west, south, east, north] = [180, 90, -180, -90];
  for (const [lon = 0, lat = 0] of rings.flat()) {
    [west, east] = [Math.min(west, lon), Math.max(east, lon)];
    [south, north] = [Math.min(south, lat), Math.max(north, lat)];
  }
  return [west, south, east, north];
}
