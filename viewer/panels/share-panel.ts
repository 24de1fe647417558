import { ApiError, mapQuery, problemOf, unreachable } from '../api.js';
import { baselineYear, DYNAMIC_WORLD } from '../choices.js';
import { h } from '../dom.js';
import type { PanelHost, ShownMap } from '../panel-host.js';
import { strings } from '../strings.js';
import { sayProblem } from '../toasts.js';
import { confirm, copyButton } from './copy-button.js';
import { saveFile } from './save-file.js';
import { Sheet } from './sheet.js';

/** The panel that hands the map on: as a link, as addresses for other programs, as a file for QGIS. */
export class SharePanel {
  readonly #sheet: Sheet;
  readonly #announce = (text: string): void => this.host.announce(text);

  constructor(private readonly host: PanelHost) {
    this.#sheet = new Sheet('share', strings.share.title, () => undefined);
    host.on('maps', () => {
      if (this.#sheet.isOpen) this.#render();
    });
  }

  open(): void {
    this.#render();
    this.#sheet.open(true, true);
  }

  #render(): void {
    const [map, other] = this.host.maps;
    const { share } = strings;
    const xyzHelp = other === undefined ? share.xyzHelp : share.xyzHelpLeft;
    this.#sheet.fill(
      h('h2', {}, share.title),
      this.#address(share.link, share.linkHelp, () => this.host.url.link()),
      ...(map === undefined
        ? []
        : [
            this.#address(share.xyz, xyzHelp, () => xyzAddress(map)),
            this.#address(share.wmts, share.wmtsHelp, () => absolute('wmts/1.0.0/WMTSCapabilities.xml')),
            this.#qgis(map),
          ]),
    );
  }

  #address(name: string, help: string, text: () => string): HTMLElement {
    const field = h('input', { type: 'text', readonly: true, value: text(), 'aria-label': name });
    field.addEventListener('focus', () => {
      field.value = text();
      field.select();
    });
    return h(
      'section',
      { class: 'address' },
      h('h3', {}, name),
      h('p', { class: 'quiet' }, help),
      h('p', { class: 'copy-row' }, field, copyButton(strings.share.copy, name, text, this.#announce)),
    );
  }

  #qgis(map: ShownMap): HTMLElement {
    const { qgis, qgisHelp, download, downloadOf, downloading, announceDownload } = strings.share;
    const button = h(
      'button',
      { type: 'button', class: 'plain small', 'aria-label': downloadOf(qgis) },
      download,
    );
    button.addEventListener('click', () => {
      void fetchBlob(qgisAddress(map)).then(
        (file) => {
          saveFile(file, `geocrop-${map.key.season}-${yearOf(map)}-${map.layer.name}.qlr`);
          confirm(button, downloading, this.#announce, announceDownload(qgis));
        },
        (error: unknown) => sayProblem(error instanceof ApiError ? error.problem : unreachable().problem),
      );
    });
    return h(
      'section',
      { class: 'address' },
      h('h3', {}, qgis),
      h('p', { class: 'quiet' }, qgisHelp),
      h('p', {}, button),
    );
  }
}

/** The page lies beside the API: without its file name, query and place. */
const absolute = (path: string): string => new URL(path, new URL('.', document.baseURI)).href;

/** Of what shows: Dynamic World's year is not always the map's. */
function yearOf({ key, tileJson, layer }: ShownMap): number {
  return (layer.name === DYNAMIC_WORLD ? baselineYear(tileJson.geocrop) : null) ?? key.year;
}

/** Braces stay as they are: other programs put numbers there. */
function xyzAddress(map: ShownMap): string {
  const { key, tileJson, layer } = map;
  if (layer.name === DYNAMIC_WORLD) return `${absolute(`baselines/dw/${yearOf(map)}/tiles/`)}{z}/{x}/{y}.png`;
  const query = mapQuery(key);
  query.set('layer', layer.name);
  query.set('v', tileJson.geocrop.version);
  return `${absolute('tiles/')}{z}/{x}/{y}.png?${query.toString()}`;
}

function qgisAddress(map: ShownMap): string {
  const { key, layer } = map;
  const query = layer.name === DYNAMIC_WORLD ? { year: yearOf(map) } : key;
  return absolute(`qgis/${encodeURIComponent(layer.name)}.qlr?${mapQuery(query).toString()}`);
}

async function fetchBlob(url: string): Promise<Blob> {
  const response = await fetch(url);
  if (!response.ok) throw new ApiError(await problemOf(response));
  return response.blob();
}
