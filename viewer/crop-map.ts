import { Deck, MapView } from '@deck.gl/core';
import type { MapViewState } from '@deck.gl/core';
import { reducedMotion } from './dom.js';
import { areaLayers, drawingLayers } from './map/area-layers.js';
import { Arrivals } from './map/arrivals.js';
import { borderLayer, districtLayer, Ground, groundKey } from './map/ground-layers.js';
import { pictureLayer } from './map/picture-layers.js';
import type { PictureSource } from './map/picture-layers.js';
import type { AreaGeometry, LonLat } from './panel-host.js';
import { DECK_ZOOM_OFFSET, placeOf, tilePosition } from './tile-math.js';
import { MAX_ZOOM, MIN_ZOOM } from './url-state.js';
import type { Place } from './url-state.js';

export interface MapEvents {
  readonly onMove: (place: Place) => void;
  /** After each frame that was drawn. */
  readonly onFrame: () => void;
  readonly onClick: (place: LonLat) => void;
  readonly onHover: (place: LonLat | null) => void;
  readonly onError: (error: Error) => void;
}

/** What is drawn, from below: pictures in order, then what a person draws. */
export interface MapContent {
  readonly pictures: readonly PictureSource[];
  /** Rings of the districts. */
  readonly districts: number[][][] | null;
  readonly area: AreaGeometry | null;
  /** Corners of what is being drawn. */
  readonly corners: readonly LonLat[] | null;
  /** Another map lies beneath: no country, no graticule. */
  readonly hasBase: boolean;
}

const NOTHING: MapContent = { pictures: [], districts: null, area: null, corners: null, hasBase: false };
const ZOOM_MS = 220;
/** A press up to here is a click: hands can be slow, and so can a machine that draws the map without a graphics card. */
const LONGEST_CLICK_MS = 1500;
/** The panel's, in CSS pixels: style/point.css has the same. On a phone it is a sheet over the lower two thirds. */
const PANEL_WIDTH = 420;
const PANEL_MARGIN = 60;
const CARD_WIDTH = 300;
const SHEET_MAX_WIDTH = 720;
const SHEET_FREE_SHARE = 0.3;
/** There, of the folded card above, and what stays free around an area between the two. */
const FOLDED_CARD_HEIGHT = 104;
const SHEET_MARGIN = 24;

/** The deck.gl map: north up, one view. Pictures come from stores; layers above z14 are the native pixels enlarged here. */
export class CropMap {
  readonly #deck: Deck<MapView>;
  readonly #ground = new Ground();
  readonly #arrivals = new Arrivals();
  #place: Place;
  #content = NOTHING;
  #pointer: LonLat | null = null;
  /** What shows is not what was drawn last: a frame is asked for. */
  #stale = false;

  constructor(
    canvas: HTMLCanvasElement,
    place: Place,
    readonly events: MapEvents,
  ) {
    this.#place = place;
    this.#deck = new Deck<MapView>({
      canvas,
      views: new MapView({ repeat: false }),
      initialViewState: viewState(place),
      controller: controller(false),
      pickingRadius: 0,
      eventRecognizerOptions: { click: { time: LONGEST_CLICK_MS } },
      layers: [],
      onViewStateChange: ({ viewState: next }) => {
        const state = next as MapViewState;
        const before = groundKey(this.#place);
        this.#place = { zoom: state.zoom + DECK_ZOOM_OFFSET, lat: state.latitude, lon: state.longitude };
        // Pictures follow the view by themselves.
        if (groundKey(this.#place) !== before) this.#render();
        events.onMove(this.#place);
        return next;
      },
      onResize: () => this.#render(),
      onAfterRender: () => {
        this.#stale = false;
        events.onFrame();
      },
      onClick: ({ coordinate }) => {
        const place = lonLat(coordinate);
        if (place !== null) events.onClick(place);
      },
      onHover: ({ coordinate }) => {
        this.#pointer = lonLat(coordinate);
        if (this.#content.corners !== null) this.#render();
        events.onHover(this.#pointer);
      },
      onError: (error) => events.onError(error),
    });
    this.#render();
  }

  get place(): Place {
    return this.#place;
  }

  /** Screen pixels of a place. */
  readonly project = (lon: number, lat: number): readonly [number, number] => {
    const [x = 0, y = 0] = this.#deck.getViewports()[0]?.project([lon, lat]) ?? [];
    return [x, y];
  };

  /** [west, south, east, north] of the view. */
  bounds(): readonly [number, number, number, number] | null {
    return this.#deck.getViewports()[0]?.getBounds() ?? null;
  }

  moveTo(place: Place, smooth = false): void {
    const zoom = Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, place.zoom));
    this.#place = { ...place, zoom };
    this.#deck.setProps({
      initialViewState: {
        ...viewState(this.#place),
        ...(smooth && !reducedMotion() ? { transitionDuration: ZOOM_MS } : {}),
      },
    });
    this.#render();
    this.events.onMove(this.#place);
  }

  /** Moves the map where a panel would cover the place. */
  uncover([lon, lat]: LonLat): void {
    const [x, y] = this.project(lon, lat);
    const sheet = innerWidth <= SHEET_MAX_WIDTH;
    const free = sheet ? innerHeight * SHEET_FREE_SHARE : innerWidth - PANEL_WIDTH;
    if (sheet ? y > FOLDED_CARD_HEIGHT && y < free : x < free) return;
    const { zoom, lon: midLon, lat: midLat } = this.#place;
    const [midX, midY] = tilePosition(midLon, midLat, zoom);
    const [dx, dy] = sheet ? [0, y - free * 0.8] : [x - free + PANEL_MARGIN, 0];
    const [toLon, toLat] = placeOf(midX + dx / 256, midY + dy / 256, zoom);
    this.moveTo({ zoom, lon: toLon, lat: toLat }, true);
  }

  /** Moves the map so that [west, south, east, north] lies between the card and a panel. */
  fit([west, south, east, north]: readonly [number, number, number, number]): void {
    const sheet = innerWidth <= SHEET_MAX_WIDTH;
    const [head, margin] = sheet ? [FOLDED_CARD_HEIGHT, SHEET_MARGIN] : [0, PANEL_MARGIN];
    const [width, height] = sheet
      ? [innerWidth, innerHeight * SHEET_FREE_SHARE - head]
      : [Math.max(PANEL_WIDTH / 2, innerWidth - PANEL_WIDTH - CARD_WIDTH), innerHeight];
    const [left, top] = tilePosition(west, north, 0);
    const [right, bottom] = tilePosition(east, south, 0);
    const room = Math.min(
      (width - margin) / 256 / Math.max(1e-9, right - left),
      (height - margin) / 256 / Math.max(1e-9, bottom - top),
    );
    const zoom = Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, Math.log2(room)));
    // The middle of the free part is not the window's.
    const dx = sheet ? 0 : (PANEL_WIDTH - CARD_WIDTH) / 2;
    const dy = (innerHeight - height) / 2 - head;
    const [midX, midY] = [((left + right) / 2) * 2 ** zoom, ((top + bottom) / 2) * 2 ** zoom];
    const [lon, lat] = placeOf(midX + dx / 256, midY + dy / 256, zoom);
    this.moveTo({ zoom, lon, lat }, true);
  }

  show(change: Partial<MapContent>): void {
    const wasDrawing = this.#content.corners !== null;
    this.#content = { ...this.#content, ...change };
    const draws = this.#content.corners !== null;
    if (draws !== wasDrawing) this.#deck.setProps({ controller: controller(draws) });
    this.#render();
  }

  /** The look of layers changed: one frame, where deck.gl draws none by itself. */
  redraw(): void {
    if (this.#stale) return;
    this.#stale = true;
    requestAnimationFrame(() => {
      if (!this.#stale) return;
      this.#stale = false;
      this.#deck.redraw('look');
    });
  }

  /** What lies in a tile that shows may have changed: drawn with what else comes. Resolves when the map has all that came before. */
  async redrawTiles(): Promise<void> {
    await this.#arrivals.join(Promise.resolve());
    this.redraw();
  }

  #render(): void {
    const { pictures, districts, area, corners, hasBase } = this.#content;
    this.#deck.setProps({
      layers: [
        hasBase ? [] : this.#ground.below(this.#place),
        pictures.map((source) => pictureLayer(source, this.#arrivals)),
        borderLayer(this.#place),
        districts === null ? [] : districtLayer(districts),
        area === null ? [] : areaLayers(area),
        corners === null ? [] : drawingLayers(corners, this.#pointer),
      ],
    });
  }
}

function lonLat(coordinate: readonly number[] | undefined): LonLat | null {
  const [lon, lat] = coordinate ?? [];
  return lon === undefined || lat === undefined ? null : [lon, lat];
}

/** Who draws clicks fast: a second click is no zoom then, and the first waits for no second. */
const controller = (draws: boolean) => ({
  dragRotate: false,
  touchRotate: false,
  doubleClickZoom: !draws,
  inertia: reducedMotion() ? false : 240,
  keyboard: { moveSpeed: 90 },
});

const viewState = (place: Place): MapViewState => ({
  longitude: place.lon,
  latitude: place.lat,
  zoom: place.zoom - DECK_ZOOM_OFFSET,
  minZoom: MIN_ZOOM - DECK_ZOOM_OFFSET,
  maxZoom: MAX_ZOOM - DECK_ZOOM_OFFSET,
  pitch: 0,
  bearing: 0,
  maxPitch: 0,
});
