import type { GeoCropInfo } from './api.js';
import { byId } from './dom.js';
import { strings } from './strings.js';
import { NATIVE_ZOOM, placeName, placeOf, scaleBar, tilePosition } from './tile-math.js';
import type { Project } from './tile-overlay.js';
import { isSimulated, sentenceCase } from './words.js';

const SCALE_PIXELS = 110;

/** What stands around the map: zoom buttons, scale bar, readout, status line, attribution, the marker of the chosen pixel. */
export class Furniture {
  readonly #marker = byId('marker');
  readonly #status = byId('status-text');
  readonly #scaleLabel = byId('scale-label');
  readonly #scaleLine = byId('scale-line');
  readonly #readout = byId('readout');
  #busy = false;
  #credits = '';
  #baseCredits = '';

  constructor(zoomBy: (levels: number) => void, home: () => void) {
    byId('zoom-in').addEventListener('click', () => zoomBy(1));
    byId('zoom-out').addEventListener('click', () => zoomBy(-1));
    byId('home').addEventListener('click', home);
  }

  /** @param attribution the map's own: TileJSON allows HTML here */
  setAttribution(attribution: string | undefined, info: GeoCropInfo): void {
    const { simulated, sentinel } = strings.furniture;
    this.#credits = plainText(attribution ?? '') || (isSimulated(info.card) ? simulated : sentinel);
    this.#showCredits();
  }

  /** @param attribution of another map that lies beneath */
  setBaseAttribution(attribution: string): void {
    this.#baseCredits = plainText(attribution);
    this.#showCredits();
  }

  #showCredits(): void {
    byId('attribution').textContent = [this.#credits, this.#baseCredits].filter(Boolean).join(' · ');
  }

  setScale(lat: number, zoom: number): void {
    const bar = scaleBar(lat, zoom, SCALE_PIXELS);
    const width = `${bar.pixels.toFixed(1)}px`;
    // At each frame of a moving map: what stays the same is not laid out anew.
    if (this.#scaleLabel.textContent !== bar.label) this.#scaleLabel.textContent = bar.label;
    if (this.#scaleLine.style.width !== width) this.#scaleLine.style.width = width;
  }

  setStatus(text: string, busy: boolean, failed: boolean): void {
    if (this.#status.textContent !== text) this.#status.textContent = text;
    // Heard when work begins and ends, not at each step of each tile.
    if (busy !== this.#busy) byId('announcer').textContent = text;
    this.#busy = busy;
    byId('status').classList.toggle('busy', busy);
    byId('status').classList.toggle('failed', failed && !busy);
  }

  /** @param district that holds the place, where districts are known; else empty */
  setReadout(place: readonly [number, number] | null, className: string | null, district: string): void {
    const parts = place === null ? [] : [placeName(...place), district, sentenceCase(className ?? '')];
    this.#readout.textContent = parts.filter(Boolean).join(' · ');
  }

  /** A ring around the map pixel that contains the place; the pixel itself is outlined where it is large enough to see. */
  placeMarker(place: readonly [number, number] | null, project?: Project, zoom = NATIVE_ZOOM): void {
    this.#marker.hidden = place === null;
    if (place === null || project === undefined) return;
    const grid = NATIVE_ZOOM + 8;
    const [x, y] = tilePosition(place[0], place[1], grid).map(Math.floor) as [number, number];
    const [left, top] = project(...placeOf(x, y, grid));
    const size = 2 ** (zoom - NATIVE_ZOOM);
    this.#marker.style.transform = `translate(${left}px, ${top}px)`;
    this.#marker.style.width = `${size}px`;
    this.#marker.style.height = `${size}px`;
  }
}

/** As text it can do no harm. */
const plainText = (html: string): string =>
  new DOMParser().parseFromString(html, 'text/html').body.textContent.trim();
