import type { MultiPolygon, Polygon } from 'geojson';
import type { LayerInfo, LegendClass, MapKey, TileJson } from './api.js';

/** A map on the screen: one, or two while two are compared. */
export interface ShownMap {
  readonly key: MapKey;
  /** `geocrop.version`, `.period`, `.layers`, `.card`, … of this map. */
  readonly tileJson: TileJson;
  readonly layer: LayerInfo;
  /** Of the layer `classes`, also while another layer shows; empty until its legend has come. */
  readonly classes: readonly LegendClass[];
}

/** EPSG:4326 degrees. */
export type LonLat = readonly [lon: number, lat: number];
export type AreaGeometry = Polygon | MultiPolygon;

/** What is being drawn: the corners so far, in order, not closed. null: nobody draws. */
export type Drawing = { readonly corners: readonly LonLat[] } | null;

/** What a panel can hear of, by name, and what it is told then. */
export interface PanelEvents {
  /** Another season, year, model or layer shows, or comparing began or ended. The first is the left or only one. */
  readonly maps: readonly ShownMap[];
  /** A click, or Enter on the focused map, while nobody draws. `map`: the one under the pointer; null: the baseline's side. */
  readonly click: { readonly place: LonLat; readonly map: ShownMap | null };
  readonly drawing: Drawing;
  /** An area was drawn to its end, set, or taken away. */
  readonly area: AreaGeometry | null;
}

/** What the map offers to panels (panels/panels.ts opens them): all that they may know of it. */
export interface PanelHost {
  /** At least one. */
  readonly maps: readonly ShownMap[];
  /** Calls back at each event of the name, until the returned function is called. Not called for what is so already. */
  on<K extends keyof PanelEvents>(name: K, listener: (what: PanelEvents[K]) => void): () => void;

  /** The ring around a pixel; null takes it away. */
  showMarker(place: LonLat | null): void;
  /** Moves the map where the panel (`body.panel-open`) would cover the place. */
  uncover(place: LonLat): void;
  /** Moves the map so that a box [west, south, east, north] is in view. */
  fit(box: readonly [number, number, number, number]): void;

  /** A click, or Enter, adds a corner; a click on the first corner or a double click ends it; Escape gives up. */
  startDrawing(): void;
  /** As the double click: the area of the corners so far; with fewer than three, as {@link cancelDrawing}. */
  finishDrawing(): void;
  undoCorner(): void;
  cancelDrawing(): void;
  readonly drawing: Drawing;
  /** The area that is shown on the map: drawn, or set by a panel (a file, a link). */
  readonly area: AreaGeometry | null;
  setArea(area: AreaGeometry | null): void;

  /** What a link to this page holds under a name of the panel's own; the map's names are in url-state.ts. */
  readonly url: {
    get(name: string): string | null;
    /** null takes it out. The address changes a moment later, without a new entry in the history. */
    set(name: string, value: string | null): void;
    /** The whole link as it is now. */
    link(): string;
  };
  /** Says it to screen readers. */
  announce(text: string): void;
}
