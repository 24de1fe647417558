import { ApiError, unreachable, UNREACHABLE } from './api.js';
import type { MapKey } from './api.js';
import { DYNAMIC_WORLD, problemToSay } from './choices.js';
import { Controls } from './controls.js';
import type { ControlChange } from './controls.js';
import { nameOfMap, namesOfMaps } from './controls/comparisons.js';
import { CropMap } from './crop-map.js';
import { byId } from './dom.js';
import { Furniture } from './furniture.js';
import { DrawingTool } from './map/drawing-tool.js';
import { makeHost } from './map/make-host.js';
import type { MapHalf } from './map/map-half.js';
import { askedKey, comparedKey } from './map/map-keys.js';
import { MapPair } from './map/map-pair.js';
import type { MapSession } from './map/map-session.js';
import { PanelEmitter } from './map/panel-events.js';
import { Surroundings } from './map/surroundings.js';
import { SwipeDivider } from './map/swipe-divider.js';
import { PageLink } from './page-link.js';
import type { AreaGeometry, LonLat, PanelHost, ShownMap } from './panel-host.js';
import { strings } from './strings.js';
import { NATIVE_ZOOM } from './tile-math.js';
import { clearProblem, sayProblem } from './toasts.js';
import { TownLabels } from './town-labels.js';
import { parseUrl } from './url-state.js';
import type { Place, UrlState } from './url-state.js';
import { anyPending, statusLine } from './words.js';

const SHARE_DELAY_MS = 300;

/** The page: one map, or two beside each other, what a person chose, and what panels may do with it. */
export class App {
  readonly #link: PageLink;
  readonly #map: CropMap;
  readonly #furniture: Furniture;
  readonly #controls = new Controls((change) => this.#choose(change));
  readonly #towns = new TownLabels(byId('towns'));
  readonly #events = new PanelEmitter();
  readonly #pair = new MapPair({
    onPictures: () => this.#showPictures(),
    onTiles: () => this.#tilesChanged(),
  });
  readonly #divider = new SwipeDivider((swipe) => {
    this.#link.change({ swipe });
    this.#pair.divide(swipe);
    this.#map.redraw();
    this.#countSoon();
  });
  readonly #drawing: DrawingTool;
  readonly #surroundings: Surroundings;
  #area: AreaGeometry | null = null;
  #marker: LonLat | null = null;
  #hover: LonLat | null = null;
  /** What is told to panels: the left or only one, and the right one. */
  #maps: readonly ShownMap[] = [];
  #frame = 0;
  #counting: ReturnType<typeof setTimeout> | null = null;

  /** What panels get, after {@link start}. */
  readonly host: PanelHost;

  constructor(session: MapSession, url: UrlState) {
    const { center } = session.tileJson.geocrop;
    const [lon = 30, lat = -19, zoom = NATIVE_ZOOM] = center;
    const home = { lon, lat, zoom };
    const place = url.place ?? home;
    this.#link = new PageLink({ ...url, place });
    this.#furniture = new Furniture(
      (by) => this.#map.moveTo({ ...this.#map.place, zoom: Math.round(this.#map.place.zoom) + by }, true),
      () => this.#map.moveTo(home, true),
    );
    this.#map = new CropMap(byId<HTMLCanvasElement>('canvas'), place, {
      onMove: (to) => this.#moved(to),
      onFrame: () => this.#placeAll(),
      onClick: (at) => this.#click(at),
      onHover: (at) => {
        this.#hover = at;
        this.#readOut();
      },
      onError: (error) => {
        console.error(error);
        const { drawing, drawingHint } = strings.problems;
        sayProblem({ code: 'drawing', detail: drawing, hint: drawingHint });
      },
    });
    this.#surroundings = new Surroundings(this.#map, this.#furniture);
    this.#drawing = new DrawingTool(
      this.#map.project,
      (drawing) => {
        document.body.classList.toggle('draws', drawing !== null);
        this.#map.show({ corners: drawing?.corners ?? null });
        this.#events.tell('drawing', drawing);
      },
      (area) => this.#setArea(area),
    );
    this.host = makeHost({
      map: this.#map,
      events: this.#events,
      drawing: this.#drawing,
      link: this.#link,
      maps: () => this.#maps,
      area: () => this.#area,
      setArea: (area) => this.#setArea(area),
      showMarker: (at) => {
        this.#marker = at;
        this.#placeMarker();
      },
      announce,
    });
  }

  /** Shows the map that is open, and all that the link asks for. Resolves when its first layer is on the way. */
  async start(session: MapSession): Promise<void> {
    const { geocrop } = session.tileJson;
    this.#furniture.setScale(this.#map.place.lat, this.#map.place.zoom);
    void this.#surroundings.open(geocrop);
    addEventListener('hashchange', () => {
      const { place } = parseUrl('', location.hash);
      if (place !== null) this.#map.moveTo(place);
    });
    byId('canvas').addEventListener('keydown', (event) => {
      const { lon, lat } = this.#map.place;
      if (event.key === 'Enter') this.#click([lon, lat]);
      else if (this.#drawing.key(event.key)) event.preventDefault();
    });
    this.#style();
    await this.#pair.left.show(session.key, this.#link.state.layer, session);
    this.#mapsChanged();
    await this.#openRight();
  }

  #choose(change: ControlChange): void {
    this.#link.change(change);
    if ('season' in change || 'year' in change || 'model' in change || 'layer' in change)
      void this.#openLeft();
    else if ('compare' in change) void this.#openRight();
    this.#style();
  }

  /** Another season, year, model or layer, in place: what shows stays until the next is there. */
  async #openLeft(): Promise<void> {
    const { left } = this.#pair;
    const { state } = this.#link;
    this.#furniture.setStatus(strings.page.opening, true, false);
    const shown = await this.#openOn(left, askedKey(state), state.layer);
    if (shown === 'other') return;
    if (shown === 'failed' && left.shown !== null) {
      // The link, the slider and the lists go back to what shows.
      const { key, layer: still } = left.shown;
      this.#link.change({ ...key, layer: still.name });
    }
    this.#mapsChanged();
    this.#style();
    if (shown === 'failed') return;
    if (left.shown !== null) announce(strings.layers.shown(nameOfMap(left.shown)));
    await this.#openRight();
  }

  async #openRight(): Promise<void> {
    const { left, right } = this.#pair;
    const { compare } = this.#link.state;
    if (left.shown === null) return;
    if (compare === null) {
      right.close();
      this.#mapsChanged();
      return;
    }
    const { key, layer } = left.shown;
    const name = compare.with === 'baseline' ? DYNAMIC_WORLD : layer.name;
    const shown = await this.#openOn(right, comparedKey(key, compare), name);
    if (shown === 'other') return;
    // Closed, or chosen differently, while it was opened.
    if (this.#link.state.compare === null) return right.close();
    if (shown === 'failed') {
      this.#link.change({ compare: null });
      right.close();
    }
    this.#mapsChanged();
    this.#style();
  }

  async #openOn(
    half: MapHalf,
    key: Partial<MapKey>,
    layer: string | null,
  ): Promise<'shown' | 'other' | 'failed'> {
    try {
      return (await half.show(key, layer)) ? 'shown' : 'other';
    } catch (error) {
      sayProblem(error instanceof ApiError ? error.problem : unreachable().problem);
      return 'failed';
    }
  }

  #mapsChanged(): void {
    const { left } = this.#pair;
    this.#maps = this.#pair.shown;
    const [main, other] = this.#maps;
    if (main === undefined || left.session === null) return;
    const { state } = this.#link;
    this.#furniture.setAttribution(main.tileJson.attribution, main.tileJson.geocrop);
    this.#controls.showMap(main, left.session.baselineYear);
    this.#controls.showState(state, main);
    this.#divider.show(other === undefined ? null : namesOfMaps(main, other), state.swipe);
    this.#pair.divide(state.swipe);
    void left.session.legend(main.layer).then((legend) => {
      if (left.front?.layer.name !== main.layer.name) return;
      this.#controls.showLegend(main, legend, this.#link.state);
      this.#countSoon();
    });
    this.#events.tell('maps', this.#maps);
    this.#tilesChanged();
  }

  /** Opacity, classes, hatching: looks only, no tile is asked for or decoded. */
  #style(): void {
    const { opacity, baseline, hidden, hatchBelow } = this.#link.state;
    this.#pair.style({ opacity, baseline, hidden: new Set(hidden), hatchBelow });
    const [main] = this.#maps;
    if (main !== undefined) this.#controls.showState(this.#link.state, main);
    this.#map.redraw();
  }

  #showPictures(): void {
    this.#pair.divide(this.#link.state.swipe);
    this.#map.show({ pictures: this.#pair.pictures });
  }

  #moved(place: Place): void {
    this.#link.change({ place });
    this.#surroundings.follow(place);
    this.#furniture.setScale(place.lat, place.zoom);
    this.#countSoon();
  }

  /** After each frame: what stands over the map in the page follows it. */
  #placeAll(): void {
    this.#pair.place(this.#map.project);
    if (!this.#surroundings.hasBase) this.#towns.place(this.#map.project, this.#map.place.zoom);
    this.#placeMarker();
  }

  #placeMarker(): void {
    this.#furniture.placeMarker(this.#marker, this.#map.project, this.#map.place.zoom);
  }

  /** The state of a tile changed: the page follows once a frame. */
  #tilesChanged(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#pair.follow(this.#map.project);
      const statuses = this.#pair.statuses();
      const failed = statuses.some((status) => status.phase === 'failed');
      this.#furniture.setStatus(statusLine(statuses), anyPending(statuses), failed);
      this.#controls.showNotes(statuses);
      void this.#map.redrawTiles().then(() => this.#pair.leaveWhenReady());
      const problem = problemToSay(statuses);
      if (problem !== null) sayProblem(problem);
      else if (statuses.some((status) => status.phase === 'ready')) clearProblem(UNREACHABLE);
      this.#countSoon();
    });
  }

  #countSoon(): void {
    this.#counting ??= setTimeout(() => {
      this.#counting = null;
      this.#countShares();
    }, SHARE_DELAY_MS);
  }

  /** Of what the left or only map shows. */
  #countShares(): void {
    const bounds = this.#map.bounds();
    const { front } = this.#pair.left;
    const shares = bounds === null ? null : this.#pair.shares(bounds);
    if (front !== null && shares !== null) this.#controls.showShares(front.layer.title, shares);
  }

  #click(place: LonLat): void {
    if (this.#drawing.drawing !== null) return this.#drawing.add(place);
    const half = this.#halfAt(place);
    const onBaseline = half === this.#pair.right && half.front?.layer.name === DYNAMIC_WORLD;
    this.#events.tell('click', { place, map: onBaseline ? null : half.shown });
  }

  #halfAt(place: LonLat): MapHalf {
    const [x] = this.#map.project(...place);
    return this.#pair.at(x / innerWidth);
  }

  #readOut(): void {
    const at = this.#hover;
    const found = at === null ? null : (this.#halfAt(at).front?.classAt(...at)?.name ?? null);
    const district = at === null ? '' : this.#surroundings.districtAt(at);
    this.#furniture.setReadout(at, found, district);
  }

  #setArea(area: AreaGeometry | null): void {
    this.#area = area;
    this.#map.show({ area });
    this.#events.tell('area', area);
  }
}

function announce(text: string): void {
  byId('announcer').textContent = text;
}
