import type { Polygon } from 'geojson';
import type { Drawing, LonLat } from '../panel-host.js';

/** CSS pixels: a click this near to a corner is a click on it. */
const NEAR = 9;
const LEAST_CORNERS = 3;

/** Draws one polygon by its corners. Knows nothing of the map but how far two places are apart on the screen. */
export class DrawingTool {
  #corners: readonly LonLat[] | null = null;

  constructor(
    readonly project: (lon: number, lat: number) => readonly [number, number],
    /** The corners changed, or drawing began or ended. */
    readonly onDrawing: (drawing: Drawing) => void,
    readonly onArea: (area: Polygon) => void,
  ) {}

  get drawing(): Drawing {
    return this.#corners === null ? null : { corners: this.#corners };
  }

  start(): void {
    this.#set([]);
  }

  /** A click: a new corner, or the end where it is on the first or the last one. */
  add(place: LonLat): void {
    const corners = this.#corners;
    if (corners === null) return;
    const [first, last] = [corners[0], corners.at(-1)];
    const closes = corners.length >= LEAST_CORNERS && this.#near(place, first);
    if (closes || this.#near(place, last)) {
      if (corners.length >= LEAST_CORNERS) this.finish();
      return;
    }
    this.#set([...corners, place]);
  }

  undo(): void {
    if (this.#corners !== null) this.#set(this.#corners.slice(0, -1));
  }

  /** With fewer than three corners there is no area. */
  finish(): void {
    const corners = this.#corners;
    this.#set(null);
    const [first] = corners ?? [];
    if (corners === null || first === undefined || corners.length < LEAST_CORNERS) return;
    this.onArea({ type: 'Polygon', coordinates: [[...corners, first].map(([lon, lat]) => [lon, lat])] });
  }

  cancel(): void {
    if (this.#corners !== null) this.#set(null);
  }

  /** @returns true where the key was for the drawing */
  key(key: string): boolean {
    if (this.#corners === null) return false;
    if (key === 'Escape') this.cancel();
    else if (key === 'Backspace' || key === 'Delete') this.undo();
    else return false;
    return true;
  }

  #near(place: LonLat, corner: LonLat | undefined): boolean {
    if (corner === undefined) return false;
    const [x, y] = this.project(...place);
    const [cornerX, cornerY] = this.project(...corner);
    return Math.hypot(x - cornerX, y - cornerY) < NEAR;
  }

  #set(corners: readonly LonLat[] | null): void {
    this.#corners = corners;
    this.onDrawing(this.drawing);
  }
}
