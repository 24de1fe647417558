import { Deck, MapView } from '@deck.gl/core';
import type { Layer, MapViewState } from '@deck.gl/core';
import { BitmapLayer, PathLayer, SolidPolygonLayer } from '@deck.gl/layers';
import { TileLayer, _Tileset2D as Tileset2D } from '@deck.gl/geo-layers';
import borders from 'virtual:borders';
import type { TileAddress } from './api.js';
import { reducedMotion } from './dom.js';
import type { Picture } from './picture.js';
import {
  DECK_ZOOM_OFFSET,
  graticuleStep,
  NATIVE_ZOOM,
  tileBounds,
  placeOf,
  tilePosition,
} from './tile-math.js';
import type { PictureHolder, TileStore } from './tile-store.js';
import { MAX_ZOOM, MIN_ZOOM } from './url-state.js';

export interface Place {
  readonly zoom: number;
  readonly lat: number;
  readonly lon: number;
}

export interface PictureLayer {
  /** Another id is another layer: its tiles are asked for anew. */
  readonly id: string;
  readonly store: TileStore<Picture>;
  /** [west, south, east, north]: nothing is asked for outside. */
  readonly extent: readonly number[] | null;
  /** Classes are never blended with their neighbours, also when made smaller. */
  readonly crisp: boolean;
}

export interface MapEvents {
  readonly onMove: (place: Place) => void;
  /** After each frame that was drawn. */
  readonly onFrame: () => void;
  readonly onClick: (lon: number, lat: number) => void;
  readonly onHover: (place: readonly [number, number] | null) => void;
  readonly onError: (error: Error) => void;
}

type Rgba = [number, number, number, number];
const LAND: Rgba = [226, 220, 205, 255];
const BORDER: Rgba = [120, 110, 92, 190];
const GRATICULE: Rgba = [96, 88, 72, 38];
/** The borders are generalised (1:50 million): near the ground they would be wrong by hundreds of metres. */
const BORDERS_MAX_ZOOM = 10.5;
const ZOOM_MS = 220;
/** The panel's, in CSS pixels: style.css has the same. On a phone it is a sheet over the lower two thirds. */
const PANEL_WIDTH = 420;
const PANEL_MARGIN = 60;
const SHEET_MAX_WIDTH = 720;
const SHEET_FREE_SHARE = 0.3;
/** The baseline stays behind: its colours are not to be taken for the map's. style.css mutes its legend alike. */
const BASELINE_OPACITY = 0.55;

/** The deck.gl map: north up, one view. Pictures come from stores; layers above z14 are the native pixels enlarged here. */
export class CropMap {
  readonly #deck: Deck<MapView>;
  #place: Place;
  #baseline: PictureLayer | null = null;
  #layer: PictureLayer | null = null;
  #opacity = 1;
  #graticule: { readonly key: string; readonly lines: number[][][] } = { key: '', lines: [] };

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
      controller: {
        dragRotate: false,
        touchRotate: false,
        inertia: reducedMotion() ? false : 240,
        keyboard: { moveSpeed: 90 },
      },
      pickingRadius: 0,
      layers: [],
      onViewStateChange: ({ viewState: next }) => {
        const state = next as MapViewState;
        this.#place = { zoom: state.zoom + DECK_ZOOM_OFFSET, lat: state.latitude, lon: state.longitude };
        this.#render();
        events.onMove(this.#place);
        return next;
      },
      onResize: () => this.#render(),
      onAfterRender: () => events.onFrame(),
      onClick: ({ coordinate }) => {
        if (coordinate?.[0] !== undefined && coordinate[1] !== undefined)
          events.onClick(coordinate[0], coordinate[1]);
      },
      onHover: ({ coordinate }) => {
        const [lon, lat] = coordinate ?? [];
        events.onHover(lon === undefined || lat === undefined ? null : [lon, lat]);
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

  /** Moves the map where the panel about a pixel would cover the pixel. */
  uncover(lon: number, lat: number): void {
    const [x, y] = this.project(lon, lat);
    const sheet = innerWidth <= SHEET_MAX_WIDTH;
    const free = sheet ? innerHeight * SHEET_FREE_SHARE : innerWidth - PANEL_WIDTH;
    if (sheet ? y < free : x < free) return;
    const { zoom, lon: midLon, lat: midLat } = this.#place;
    const [midX, midY] = tilePosition(midLon, midLat, zoom);
    const [dx, dy] = sheet ? [0, y - free * 0.8] : [x - free + PANEL_MARGIN, 0];
    const [toLon, toLat] = placeOf(midX + dx / 256, midY + dy / 256, zoom);
    this.moveTo({ zoom, lon: toLon, lat: toLat }, true);
  }

  setBaseline(layer: PictureLayer | null): void {
    this.#baseline = layer;
    this.#render();
  }

  setLayer(layer: PictureLayer): void {
    this.#layer = layer;
    this.#render();
  }

  /** 0 to 1. */
  setOpacity(opacity: number): void {
    this.#opacity = opacity;
    this.#render();
  }

  /** A picture that was already shown has been replaced. */
  refresh(): void {
    this.#render();
  }

  #render(): void {
    const near = this.#place.zoom > BORDERS_MAX_ZOOM;
    this.#deck.setProps({
      layers: [
        new SolidPolygonLayer<number[][][]>({
          id: 'land',
          data: borders.zimbabwe,
          getPolygon: (rings) => rings as never,
          getFillColor: LAND,
          visible: !near,
        }),
        this.#graticuleLayer(),
        this.#baseline === null ? null : pictureLayer(this.#baseline, BASELINE_OPACITY),
        this.#layer === null ? null : pictureLayer(this.#layer, this.#opacity),
        new PathLayer<number[][]>({
          id: 'borders',
          data: borders.lines,
          getPath: (line) => line as never,
          getColor: BORDER,
          getWidth: 1.2,
          widthUnits: 'pixels',
          visible: !near,
        }),
      ],
    });
  }

  /** Meridians and parallels: where no tile is, the page still is a map. */
  #graticuleLayer(): Layer {
    const { zoom, lat, lon } = this.#place;
    const across = (360 * 2000) / (256 * 2 ** zoom);
    const step = graticuleStep(across);
    const [midLon, midLat] = [Math.round(lon / step), Math.round(lat / step)];
    const key = `${step}/${midLon}/${midLat}`;
    if (key !== this.#graticule.key) {
      const lines: number[][][] = [];
      const reach = 8;
      for (let i = -reach; i <= reach; i += 1) {
        const [x, y] = [(midLon + i) * step, (midLat + i) * step];
        lines.push([
          [x, (midLat - reach) * step],
          [x, (midLat + reach) * step],
        ]);
        lines.push([
          [(midLon - reach) * step, y],
          [(midLon + reach) * step, y],
        ]);
      }
      this.#graticule = { key, lines };
    }
    return new PathLayer<number[][]>({
      id: 'graticule',
      data: this.#graticule.lines,
      getPath: (line) => line as never,
      getColor: GRATICULE,
      getWidth: 1,
      widthUnits: 'pixels',
    });
  }
}

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

const tilesets = new WeakMap<TileStore<Picture>, typeof Tileset2D>();

/** deck.gl decides which tiles are needed; the store hears of it, so that it asks only for those. */
function tilesetOf(store: TileStore<Picture>): typeof Tileset2D {
  let made = tilesets.get(store);
  if (made === undefined) {
    made = class extends Tileset2D {
      override getTileIndices(
        options: Parameters<Tileset2D['getTileIndices']>[0],
      ): ReturnType<Tileset2D['getTileIndices']> {
        const tiles = super.getTileIndices(options);
        const { longitude = 0, latitude = 0 } = options.viewport as { longitude?: number; latitude?: number };
        store.setView(nearestFirst(tiles, longitude, latitude));
        return tiles;
      }
    };
    tilesets.set(store, made);
  }
  return made;
}

function nearestFirst(tiles: readonly TileAddress[], lon: number, lat: number): TileAddress[] {
  const distance = (tile: TileAddress): number => {
    const [west, south, east, north] = tileBounds(tile);
    return Math.hypot((west + east) / 2 - lon, (south + north) / 2 - lat);
  };
  return tiles.map(({ x, y, z }) => ({ x, y, z })).sort((a, b) => distance(a) - distance(b));
}

function pictureLayer(layer: PictureLayer, opacity: number): Layer {
  return new TileLayer<PictureHolder<Picture> | null>({
    id: layer.id,
    TilesetClass: tilesetOf(layer.store),
    // 256-pixel tiles at their own zoom. Above the native zoom the server would send the same pixels enlarged: enlarging
    // them here, nearest, gives the same picture for no bytes and no waiting.
    tileSize: 256,
    minZoom: MIN_ZOOM,
    maxZoom: NATIVE_ZOOM,
    extent: layer.extent === null ? null : [...layer.extent],
    // The store bounds the requests, since a tile that is being computed waits without one.
    maxRequests: 0,
    refinementStrategy: 'best-available',
    opacity,
    getTileData: ({ index }) => layer.store.load({ z: index.z, x: index.x, y: index.y }),
    onTileUnload: (tile) => layer.store.forget({ z: tile.index.z, x: tile.index.x, y: tile.index.y }),
    updateTriggers: { renderSubLayers: layer.store.revision },
    renderSubLayers: (props) => {
      if (props.data === null) return null;
      const { x, y, z } = props.tile.index;
      const [west, south, east, north] = tileBounds({ z, x, y });
      return new BitmapLayer({
        id: props.id,
        opacity: props.opacity ?? 1,
        image: props.data.picture.image,
        bounds: [west, south, east, north],
        textureParameters: {
          magFilter: 'nearest',
          minFilter: layer.crisp ? 'nearest' : 'linear',
          mipmapFilter: 'none',
          addressModeU: 'clamp-to-edge',
          addressModeV: 'clamp-to-edge',
        },
      });
    },
  });
}
