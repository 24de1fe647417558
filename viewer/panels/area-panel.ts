import { h } from '../dom.js';
import type { AreaGeometry, Drawing, LonLat, PanelHost } from '../panel-host.js';
import { strings } from '../strings.js';
import { parseUrl } from '../url-state.js';
import { seasonName, sentenceCase } from '../words.js';
import { areaCsv } from './area-csv.js';
import { AreaFileError, areaOfFile } from './area-file.js';
import { areaForm } from './area-form.js';
import { areaToWord } from './area-link.js';
import { areaResult, hectares, progressView } from './area-result.js';
import { confirm } from './copy-button.js';
import { failed } from './point-panel.js';
import { saveFile } from './save-file.js';
import { Sheet } from './sheet.js';
import { countArea } from './statistics.js';
import type { Progress } from './statistics.js';

/** Corners that an area has at least. */
const LEAST_CORNERS = 3;
const mapName = (host: PanelHost): string => {
  const [map] = host.maps;
  if (map === undefined) return '';
  return `${sentenceCase(seasonName(map.key, map.tileJson.geocrop.period))} · ${map.key.model}`;
};

/** The panel about an area: says which, counts its hectares. The area stays on the map while another panel is open. */
export class AreaPanel {
  readonly #sheet: Sheet;
  #counting: AbortController | null = null;
  #progress: Progress | null = null;
  /** Of which area and map the progress is. */
  #counted = '';
  #note: string | null = null;
  /** Drawn here: then the map need not move there. */
  #drawn = false;
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

  /** An area from a link. @param open false: only on the map, the panel is another's */
  restore(area: AreaGeometry, open: boolean): void {
    this.#drawn = false;
    if (open) this.#sheet.open(false);
    this.host.setArea(area);
  }

  async openFile(file: File): Promise<void> {
    this.#sheet.open();
    try {
      const { area, polygons } = await areaOfFile(file);
      this.#set(area, polygons > 1 ? strings.area.manyPolygons(polygons) : null);
    } catch (error) {
      if (!(error instanceof AreaFileError)) throw error;
      this.#showForm(error.message);
    }
  }

  #set(area: AreaGeometry, note: string | null): void {
    this.#drawn = false;
    this.host.setArea(area);
    this.#note = note;
    this.#render();
  }

  #forget(): void {
    this.#counting?.abort();
    this.#counted = '';
    if (this.host.area !== null) this.host.setArea(null);
  }

  #showForm(wrong: string | null = null): void {
    this.#sheet.fill(
      areaForm({
        onDraw: () => {
          this.#drawn = true;
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
    const count = drawing.corners.length;
    const enough = count >= LEAST_CORNERS;
    const button = (label: string, act: () => void, possible: boolean, primary = false): HTMLElement =>
      h(
        'button',
        {
          type: 'button',
          class: `plain small${primary ? ' primary' : ''}`,
          disabled: !possible,
          onclick: act,
        },
        label,
      );
    this.#sheet.fill(
      h('h2', {}, strings.area.draw),
      h('p', { class: 'quiet drawing-help' }, strings.area.drawHelp),
      h(
        'p',
        { class: 'corners' },
        strings.area.corners(count),
        enough ? null : h('small', {}, ` ${strings.area.cornersNeeded(LEAST_CORNERS - count)}`),
      ),
      h(
        'p',
        { class: 'actions' },
        button(strings.area.done, () => this.host.finishDrawing(), enough, true),
        button(strings.area.undo, () => this.host.undoCorner(), count > 0),
        button(strings.area.cancel, () => this.host.cancelDrawing(), true),
      ),
    );
    if (count > 0) this.host.announce(strings.area.corners(count));
  }

  #onArea(area: AreaGeometry | null): void {
    const word = area === null ? null : areaToWord(area);
    this.host.url.set('area', word);
    this.#note = area !== null && word === null ? strings.area.linkTooLong : null;
    if (area === null) {
      this.#counting?.abort();
      this.#counted = '';
      if (this.#sheet.isOpen && this.host.drawing === null) this.#showForm();
      return;
    }
    if (!this.#drawn) this.host.fit(boxOf(area));
    this.#drawn = false;
    if (this.#sheet.isOpen) this.#count(area);
  }

  /** Counts, unless that is done or on its way for the same area and map. */
  #count(area: AreaGeometry): void {
    const [map] = this.host.maps;
    if (map === undefined) return;
    const counted = JSON.stringify([map.key, map.tileJson.geocrop.version, area]);
    if (counted === this.#counted) {
      this.#render();
      return;
    }
    this.#counting?.abort();
    const counting = new AbortController();
    this.#counting = counting;
    this.#counted = counted;
    this.#progress = null;
    this.#said = '';
    this.#render();
    void countArea(
      map.key,
      area,
      (progress) => {
        this.#progress = progress;
        this.#render();
        this.#announce(progress);
      },
      counting.signal,
    );
  }

  /** Once at the end, and once where parts are missing yet. */
  #announce({ statistics, state }: Progress): void {
    if (statistics === null || this.#said === state) return;
    this.#said = state;
    const { classes, completeness } = statistics;
    const most = [...classes].sort((a, b) => b.hectares - a.hectares).filter(({ pixels }) => pixels > 0);
    const words = most
      .slice(0, 3)
      .map((entry) => strings.area.announcedClass(sentenceCase(entry.name), hectares(entry.hectares)));
    const missing = completeness.notComputed;
    if (missing.pixels > 0)
      words.push(strings.area.missing(strings.format.percent(Math.round(missing.share * 100))));
    this.host.announce(strings.area.announced(hectares(statistics.area.hectares), words.join(' ')));
  }

  #render(): void {
    const { area } = this.host;
    if (!this.#sheet.isOpen || area === null) return;
    const progress = this.#progress;
    const statistics = progress?.statistics ?? null;
    const problem = progress?.state === 'ended' && statistics === null ? progress.problem : null;
    const scrolled = this.#sheet.body.scrollTop;
    const open = [...this.#sheet.body.querySelectorAll('details')].map((details) => details.open);
    this.#sheet.fill(
      h(
        'h2',
        {},
        statistics === null ? strings.area.title : strings.area.size(hectares(statistics.area.hectares)),
      ),
      h('p', { class: 'quiet of' }, mapName(this.host)),
      statistics === null && problem === null ? waiting() : null,
      problem === null ? null : failed(problem, () => this.#again()),
      progress === null || statistics === null ? null : progressView(progress),
      ...(statistics === null ? [] : areaResult(statistics, mapName(this.host))),
      this.#note === null ? null : h('p', { class: 'note' }, this.#note),
      this.#actions(progress),
    );
    this.#sheet.body.scrollTop = scrolled;
    this.#sheet.body.querySelectorAll('details').forEach((details, at) => (details.open = open[at] ?? false));
  }

  #again(): void {
    this.#counted = '';
    if (this.host.area !== null) this.#count(this.host.area);
  }

  #actions(progress: Progress | null): HTMLElement {
    const statistics = progress?.statistics ?? null;
    const [map] = this.host.maps;
    const save = h('button', { type: 'button', class: 'plain small', id: 'area-csv' }, strings.area.download);
    save.addEventListener('click', () => {
      if (statistics === null || map === undefined) return;
      const { season, year, model } = map.key;
      saveFile(
        new Blob([areaCsv(statistics, map.key)], { type: 'text/csv' }),
        `geocrop-${season}-${year}-${model}-area.csv`,
      );
      confirm(save, strings.share.downloading, (text) => this.host.announce(text), strings.area.downloaded);
    });
    const remove = (): void => {
      this.#forget();
      this.host.announce(strings.area.removed);
    };
    return h(
      'p',
      { class: 'actions' },
      statistics === null ? null : save,
      h(
        'button',
        { type: 'button', class: 'plain small', id: 'area-another', onclick: remove },
        strings.area.another,
      ),
    );
  }
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
