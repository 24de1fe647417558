import type { LegendClass, MapKey } from '../api.js';
import { layerOn } from '../choices.js';
import type { ShownMap } from '../panel-host.js';
import type { TileStatus } from '../tile-status.js';
import type { Project } from '../tile-overlay.js';
import { TileOverlay } from '../tile-overlay.js';
import { MapSession, sameMap } from './map-session.js';
import type { PictureSource } from './picture-layers.js';
import type { ShownLayer } from './shown-layer.js';
import { WHOLE } from './tile-look.js';
import type { Clip } from './tile-look.js';

/** The longest that the layer before stays while the next one's tiles come. */
const LEAVE_MS = 900;
/** The baseline stays behind: its colours are not to be taken for the map's. style/legend.css mutes its legend alike. */
const BASELINE_OPACITY = 0.62;

export interface HalfStyle {
  readonly opacity: number;
  readonly baseline: boolean;
  readonly hidden: ReadonlySet<string>;
  readonly hatchBelow: number;
}

export interface HalfEvents {
  /** Other pictures are to be drawn. */
  readonly onPictures: () => void;
  /** The state of a tile changed. */
  readonly onTiles: () => void;
}

/** One side of the divider, or all of the map: a map's layer, the baseline beneath it, and the state of its tiles. */
export class MapHalf {
  readonly overlay: TileOverlay;
  #session: MapSession | null = null;
  #front: ShownLayer | null = null;
  #baseline: ShownLayer | null = null;
  /** What showed before, until the next has come. */
  #leaving: { readonly layer: ShownLayer; readonly timer: ReturnType<typeof setTimeout> } | null = null;
  #classes: readonly LegendClass[] = [];
  #style: HalfStyle = { opacity: 1, baseline: true, hidden: new Set(), hatchBelow: 0 };
  #clip: Clip = WHOLE;
  #asked = 0;

  constructor(
    cells: HTMLElement,
    readonly events: HalfEvents,
  ) {
    this.overlay = new TileOverlay(cells, () => this.#front?.retryFailed());
  }

  get session(): MapSession | null {
    return this.#session;
  }
  get front(): ShownLayer | null {
    return this.#front;
  }

  /** From below. */
  get pictures(): readonly PictureSource[] {
    return [this.#showsBaseline ? this.#baseline : null, this.#leaving?.layer ?? null, this.#front].filter(
      (layer) => layer !== null,
    );
  }

  get #showsBaseline(): boolean {
    return (
      this.#style.baseline && this.#baseline !== null && this.#front?.layer.name !== this.#baseline.layer.name
    );
  }

  /** null until something shows. */
  get shown(): ShownMap | null {
    if (this.#session === null || this.#front === null) return null;
    const { tileJson, key } = this.#session;
    return { key, tileJson, layer: this.#front.layer, classes: this.#classes };
  }

  /**
   * Shows a layer of a map, in place. Resolves to false where something else was asked for meanwhile.
   * @param opened the map, where it is open already; else it is opened, and what shows stays until then
   * @throws ApiError where the map cannot be opened: what shows stays
   */
  async show(key: Partial<MapKey>, layerName: string | null, opened?: MapSession): Promise<boolean> {
    const asked = (this.#asked += 1);
    const kept = this.#session !== null && isOf(key, this.#session.key) ? this.#session : null;
    const session = opened ?? kept ?? (await MapSession.open(key));
    const abandon = (): false => {
      if (session !== this.#session) session.close();
      return false;
    };
    if (asked !== this.#asked) return abandon();
    const [front, classes] = await Promise.all([
      session.show(layerOn(session.tileJson.geocrop, layerName), this.events.onTiles),
      session.classes(),
    ]);
    if (asked !== this.#asked) {
      session.release(front);
      front.close();
      return abandon();
    }
    this.#enter(session, front, classes);
    return true;
  }

  style(style: HalfStyle): void {
    const { baseline } = this.#style;
    this.#style = style;
    this.#apply();
    if (baseline !== style.baseline) this.events.onPictures();
  }

  clip(clip: Clip): void {
    this.#clip = clip;
    this.#apply();
  }

  statuses(): readonly TileStatus[] {
    return this.#front?.statuses() ?? [];
  }

  /** The page follows the tiles' states, once a frame. */
  follow(project: Project): void {
    this.overlay.update(this.statuses(), project);
  }

  /** The map has all tiles that are ready: what showed before goes where these are all of the view. */
  leaveWhenReady(): void {
    const statuses = this.statuses();
    if (statuses.length > 0 && statuses.every(({ phase }) => phase === 'ready')) this.#leave();
  }

  close(): void {
    this.#asked += 1;
    this.#leave();
    if (this.#front !== null) this.#front.close();
    this.#baseline?.close();
    this.#session?.close();
    this.#front = this.#baseline = this.#session = null;
    this.overlay.clear();
    this.events.onPictures();
  }

  #enter(session: MapSession, front: ShownLayer, classes: readonly LegendClass[]): void {
    const before = this.#front;
    this.#leave();
    if (before !== null) {
      this.#session?.release(before);
      this.#leaving = { layer: before, timer: setTimeout(() => this.#leave(), LEAVE_MS) };
    }
    const another = this.#session === null || this.#session.baselineYear !== session.baselineYear;
    if (this.#session !== session) this.#session?.close();
    this.#session = session;
    this.#front = front;
    this.#classes = classes;
    if (another) {
      this.#baseline?.close();
      this.#baseline = session.baseline();
    }
    this.overlay.clear();
    this.#apply();
    this.events.onPictures();
    this.events.onTiles();
  }

  #leave(): void {
    if (this.#leaving === null) return;
    const { layer, timer } = this.#leaving;
    clearTimeout(timer);
    this.#leaving = null;
    layer.close();
    this.events.onPictures();
  }

  #apply(): void {
    const { opacity, hidden, hatchBelow } = this.#style;
    for (const layer of [this.#front, this.#leaving?.layer]) {
      if (layer === null || layer === undefined) continue;
      layer.look.opacity = opacity;
      layer.look.clip = this.#clip;
    }
    this.#front?.hide(hidden, this.#showsBaseline);
    this.#front?.hatchBelow(hatchBelow);
    if (this.#baseline !== null) {
      this.#baseline.look.opacity = BASELINE_OPACITY;
      this.#baseline.look.clip = this.#clip;
    }
  }
}

const isOf = (asked: Partial<MapKey>, key: MapKey): boolean => sameMap({ ...key, ...asked }, key);
