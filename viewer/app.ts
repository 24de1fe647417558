import { ApiError, baselineUrl, getJson, mapQuery, tileUrl, UNREACHABLE } from './api.js';
import type { GeoCropInfo, LayerInfo, LegendJson, TileJson } from './api.js';
import { classShares } from './class-share.js';
import type { ShareTile } from './class-share.js';
import { baselineYear, chooseLayer, problemToSay } from './choices.js';
import { Controls } from './controls.js';
import { CropMap } from './crop-map.js';
import { byId } from './dom.js';
import { Furniture } from './furniture.js';
import { fetchPicture } from './picture.js';
import type { Picture } from './picture.js';
import { PointPanel } from './point-panel.js';
import { strings } from './strings.js';
import { followTiles } from './tile-feed.js';
import { NATIVE_ZOOM, tilePosition } from './tile-math.js';
import { TileOverlay } from './tile-overlay.js';
import { TileStore } from './tile-store.js';
import { TownLabels } from './town-labels.js';
import { clearProblem, sayProblem } from './toasts.js';
import { formatUrl, parseUrl } from './url-state.js';
import type { UrlState } from './url-state.js';
import { anyPending, statusLine } from './words.js';

/** Of a browser's six connections a host, one follows events and one is kept free for a click. */
const LAYER_REQUESTS = 3;
const BASELINE_REQUESTS = 1;
const URL_DELAY_MS = 250;
const SHARE_DELAY_MS = 300;

/** One map (season, year, model) on the page: its layers, their state, and what the person chose. */
export class App {
  readonly #map: CropMap;
  readonly #panel: PointPanel;
  readonly #overlay: TileOverlay;
  readonly #furniture: Furniture;
  readonly #towns = new TownLabels(byId('towns'));
  readonly #controls: Controls;
  readonly #info: GeoCropInfo;
  #url: UrlState;
  #layer: LayerInfo;
  #classLegend: LegendJson | null = null;
  #legend: LegendJson | null = null;
  #store: TileStore<Picture> | null = null;
  #baselineStore: TileStore<Picture> | null = null;
  #live = false;
  #revision = 0;
  #shares: ReadonlyMap<number, number> | null = null;
  #point: readonly [number, number] | null = null;
  #hover: readonly [number, number] | null = null;
  readonly #soon = new Map<string, ReturnType<typeof setTimeout>>();
  #frame = 0;

  constructor(
    readonly tileJson: TileJson,
    url: UrlState,
  ) {
    const info = tileJson.geocrop;
    this.#info = info;
    this.#layer = chooseLayer(info, url.layer);
    const [lon = 30, lat = -19, zoom = NATIVE_ZOOM] = info.center;
    const home = { lon, lat, zoom };
    this.#url = { ...url, place: url.place ?? home };
    this.#furniture = new Furniture(
      (by) => this.#map.moveTo({ ...this.#map.place, zoom: Math.round(this.#map.place.zoom) + by }, true),
      () => this.#map.moveTo(home, true),
    );
    this.#furniture.setAttribution(tileJson.attribution, info);
    this.#panel = new PointPanel(() => {
      this.#point = null;
      this.#furniture.placeMarker(null);
      byId('canvas').focus({ preventScroll: true });
    });
    this.#overlay = new TileOverlay(byId('cells'), () => {
      // What failed failed by metatile: one word is enough for all of them.
      for (const { tile, phase } of this.#store?.statuses() ?? [])
        if (phase === 'failed') this.#store?.retry(tile);
    });
    this.#map = new CropMap(byId<HTMLCanvasElement>('canvas'), this.#url.place ?? home, {
      onMove: (place) => {
        this.#url = { ...this.#url, place };
        this.#later('url', URL_DELAY_MS, () => this.#writeUrl());
        this.#later('share', SHARE_DELAY_MS, () => this.#countShares());
        this.#furniture.setScale(place.lat, place.zoom);
        this.#changed();
      },
      onFrame: () => {
        this.#overlay.place(this.#map.project);
        this.#towns.place(this.#map.project, this.#map.place.zoom);
        this.#furniture.placeMarker(this.#point, this.#map.project, this.#map.place.zoom);
      },
      onClick: (lon, lat) => this.#showPoint(lon, lat),
      onHover: (place) => {
        this.#hover = place;
        this.#readOut();
      },
      onError: (error) => {
        console.error(error);
        sayProblem({
          code: 'drawing',
          detail: strings.problems.drawing,
          hint: strings.problems.drawingHint,
        });
      },
    });
    this.#controls = new Controls(info, {
      onMap: (change) => {
        const next = { ...this.#url, ...change };
        location.assign(formatUrl(next).replace(/^(?=#|$)/, '?'));
      },
      onLayer: (name) => void this.#setLayer(chooseLayer(info, name)),
      onOpacity: (opacity) => {
        this.#url = { ...this.#url, opacity };
        this.#map.setOpacity(opacity);
        this.#later('url', URL_DELAY_MS, () => this.#writeUrl());
      },
      onBaseline: (baseline) => {
        this.#url = { ...this.#url, baseline };
        this.#setBaseline();
        this.#writeUrl();
      },
    });
  }

  async start(): Promise<void> {
    this.#map.setOpacity(this.#url.opacity);
    this.#controls.show(this.#url, this.#layer);
    this.#furniture.setScale(this.#map.place.lat, this.#map.place.zoom);
    this.#setBaseline();
    followTiles(
      this.#info.map,
      (event) => this.#store?.handle(event),
      (live) => {
        this.#live = live;
        if (live) clearProblem(UNREACHABLE);
        this.#store?.setEventsLive(live);
      },
      (version) => {
        if (version === this.#info.version) return;
        sayProblem(
          {
            code: 'new-version',
            detail: strings.problems.newVersion,
            hint: strings.problems.newVersionHint,
          },
          true,
        );
      },
    );
    addEventListener('hashchange', () => {
      const { place } = parseUrl('', location.hash);
      if (place !== null) this.#map.moveTo(place);
    });
    byId('canvas').addEventListener('keydown', (event) => {
      if (event.key === 'Enter') this.#showPoint(this.#map.place.lon, this.#map.place.lat);
    });
    await this.#setLayer(this.#layer);
  }

  /** Shows a layer: its legend first, since the classes' colours tell what a pixel is. */
  async #setLayer(layer: LayerInfo): Promise<void> {
    this.#layer = layer;
    this.#url = { ...this.#url, layer: layer.name === this.#info.layers[0]?.name ? null : layer.name };
    this.#writeUrl();
    this.#controls.show(this.#url, layer);
    this.#store?.close();
    this.#overlay.clear();
    this.#furniture.setStatus(strings.furniture.loading(layer.title), true, false);
    this.#shares = null;
    this.#legend = null;
    if (this.#info.layers.some(({ kind }) => kind === 'classes')) {
      this.#classLegend ??= await this.#fetchLegend('classes');
    }
    if (this.#layer !== layer) return;
    const classes = layer.kind === 'classes' ? (this.#classLegend?.classes ?? []) : null;
    const store: TileStore<Picture> = new TileStore<Picture>({
      fetchTile: (tile, signal) =>
        fetchPicture(tileUrl(this.#info.map, this.#info.version, layer.name, tile), classes, signal),
      after,
      onChange: () => this.#changed(),
      maxRequests: LAYER_REQUESTS,
    });
    this.#store = store;
    store.setEventsLive(this.#live);
    this.#map.setLayer({
      id: `layer-${layer.name}`,
      store,
      extent: this.tileJson.bounds ?? null,
      crisp: layer.kind === 'classes',
    });
    this.#legend = layer.kind === 'classes' ? this.#classLegend : await this.#fetchLegend(layer.name);
    if (this.#layer === layer) this.#controls.showLegend(layer, this.#legend, this.#shares);
  }

  async #fetchLegend(layer: string): Promise<LegendJson | null> {
    const query = mapQuery(this.#info.map);
    query.set('layer', layer);
    try {
      return await getJson<LegendJson>(`legend.json?${query.toString()}`);
    } catch (error) {
      if (error instanceof ApiError) sayProblem(error.problem);
      else throw error;
      return null;
    }
  }

  #setBaseline(): void {
    const year = baselineYear(this.#info);
    this.#controls.showBaseline(year, this.#url.baseline);
    this.#baselineStore?.close();
    if (year === null || !this.#url.baseline) {
      this.#baselineStore = null;
      this.#map.setBaseline(null);
      return;
    }
    this.#baselineStore = new TileStore<Picture>({
      fetchTile: (tile, signal) => fetchPicture(baselineUrl(year, tile), null, signal),
      after,
      onChange: () => {},
      maxRequests: BASELINE_REQUESTS,
    });
    this.#map.setBaseline({
      id: `baseline-${year}-${Date.now()}`,
      store: this.#baselineStore,
      extent: this.tileJson.bounds ?? null,
      crisp: true,
    });
  }

  /** Something about tiles changed: the page follows once a frame. */
  #changed(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      const statuses = this.#store?.statuses() ?? [];
      this.#overlay.update(statuses, this.#map.project);
      const failed = statuses.some((status) => status.phase === 'failed');
      this.#furniture.setStatus(statusLine(statuses), anyPending(statuses), failed);
      this.#controls.showNotes(statuses);
      if (this.#store !== null && this.#store.revision !== this.#revision) {
        this.#revision = this.#store.revision;
        this.#map.refresh();
      }
      const problem = problemToSay(statuses);
      if (problem !== null) sayProblem(problem);
      else if (statuses.some((status) => status.phase === 'ready')) clearProblem(UNREACHABLE);
      this.#later('share', SHARE_DELAY_MS, () => this.#countShares());
    });
  }

  #countShares(): void {
    const bounds = this.#map.bounds();
    const store = this.#store;
    if (this.#layer.kind !== 'classes' || bounds === null || store === null || this.#legend === null) return;
    const tiles = store.statuses().flatMap<ShareTile>(({ tile }) => {
      const picture = store.peek(tile);
      const ids = picture?.ids ?? null;
      return picture === null || ids === null ? [] : [{ tile, ids, width: picture.width }];
    });
    this.#shares = classShares(tiles, bounds);
    this.#controls.showLegend(this.#layer, this.#legend, this.#shares);
  }

  #showPoint(lon: number, lat: number): void {
    this.#point = [lon, lat];
    document.body.classList.add('panel-open');
    this.#map.uncover(lon, lat);
    this.#furniture.placeMarker(this.#point, this.#map.project, this.#map.place.zoom);
    void this.#panel.show(lon, lat, {
      map: this.#info.map,
      classes: this.#classLegend?.classes ?? [],
      period: this.#info.period,
    });
  }

  #readOut(): void {
    this.#furniture.setReadout(this.#hover, this.#hover === null ? null : this.#classAt(...this.#hover));
  }

  #classAt(lon: number, lat: number): string | null {
    if (this.#layer.kind !== 'classes' || this.#store === null) return null;
    for (const { tile } of this.#store.statuses()) {
      const [x, y] = tilePosition(lon, lat, tile.z);
      if (Math.floor(x) !== tile.x || Math.floor(y) !== tile.y) continue;
      const picture = this.#store.peek(tile);
      if (picture === null || picture.ids === null) return null;
      const { width, ids } = picture;
      const id = ids[Math.floor((y - tile.y) * width) * width + Math.floor((x - tile.x) * width)];
      return this.#legend?.classes?.find((entry) => entry.id === id)?.name ?? null;
    }
    return null;
  }

  #writeUrl(): void {
    history.replaceState(null, '', formatUrl(this.#url).replace(/^(?=#|$)/, location.pathname));
  }

  #later(name: string, ms: number, callback: () => void): void {
    const waiting = this.#soon.get(name);
    if (waiting !== undefined) clearTimeout(waiting);
    this.#soon.set(name, setTimeout(callback, ms));
  }
}

function after(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}
