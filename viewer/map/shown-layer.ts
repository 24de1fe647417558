import { tileUrl, baselineUrl } from '../api.js';
import type { LayerInfo, LegendClass, LegendJson, TileAddress, TileEvent, TileJson } from '../api.js';
import type { ShareTile } from '../class-share.js';
import { classIds, fetchPicture, NO_CLASS, rampValues } from '../picture.js';
import type { IdPicture, Meaning, Picture } from '../picture.js';
import { tilePosition } from '../tile-math.js';
import type { TileStatus } from '../tile-status.js';
import { TileStore } from '../tile-store.js';
import type { PictureHolder } from '../tile-store.js';
import type { PictureSource } from './picture-layers.js';
import { TileLook } from './tile-look.js';

/** Of a browser's six connections a host, one or two follow events and one is kept free for a click. */
const REQUESTS = 3;
const FEWER_REQUESTS = 1;

export interface ShownLayerOptions {
  /** Unique on the page. */
  readonly id: string;
  readonly layer: LayerInfo;
  /** Classes, where the layer has any: then its pictures are ids. */
  readonly classes: readonly LegendClass[] | null;
  readonly extent: readonly number[] | null;
  readonly urlOf: (tile: TileAddress) => string;
  /** Confidence of the same map; null where there is none. */
  readonly confidence: { readonly urlOf: (tile: TileAddress) => string; readonly meaning: Meaning } | null;
  readonly urgent: boolean;
  readonly onChange: () => void;
}

/** A layer of a map on the screen: its tiles, how they look, and, once low confidence is hatched, the confidence of the same tiles. */
export class ShownLayer implements PictureSource {
  readonly look = new TileLook();
  readonly #options: ShownLayerOptions;
  readonly #tiles: TileStore<Picture>;
  #confidence: TileStore<Picture> | null = null;
  #live = false;
  #inView: readonly TileAddress[] = [];

  constructor(options: ShownLayerOptions) {
    this.#options = options;
    const meaning = options.classes === null ? null : classIds(options.classes.length);
    this.#tiles = this.#store(options.urlOf, meaning, options.urgent ? REQUESTS : FEWER_REQUESTS);
    if (options.classes !== null) this.look.setClasses(options.classes, new Set(), false);
  }

  get id(): string {
    return this.#options.id;
  }
  get layer(): LayerInfo {
    return this.#options.layer;
  }
  get classes(): readonly LegendClass[] | null {
    return this.#options.classes;
  }
  get extent(): readonly number[] | null {
    return this.#options.extent;
  }
  get ids(): boolean {
    return this.#options.classes !== null;
  }

  load(tile: TileAddress): Promise<PictureHolder<Picture> | null> {
    return this.#tiles.load(tile);
  }
  forget(tile: TileAddress): void {
    this.#tiles.forget(tile);
    this.#confidence?.forget(tile);
  }
  inView(tiles: readonly TileAddress[]): void {
    this.#inView = tiles;
    this.#tiles.setView(tiles);
    this.#askConfidence();
  }
  confidence(tile: TileAddress): IdPicture | null {
    const picture = this.#confidence?.peek(tile) ?? null;
    return picture?.kind === 'ids' ? picture : null;
  }

  /** @param hidden names of classes @param covers where they are, what lies beneath does not show either */
  hide(hidden: ReadonlySet<string>, covers: boolean): void {
    if (this.classes !== null) this.look.setClasses(this.classes, hidden, covers);
  }

  /** @param percent 0: nothing is hatched, and no confidence is asked for */
  hatchBelow(percent: number): void {
    const { confidence } = this.#options;
    this.look.hatchBelow = confidence === null ? 0 : percent;
    if (confidence === null || percent === 0 || this.#confidence !== null) return;
    this.#confidence = this.#store(confidence.urlOf, confidence.meaning, FEWER_REQUESTS);
    this.#confidence.setEventsLive(this.#live);
    this.#askConfidence();
  }

  setEventsLive(live: boolean): void {
    this.#live = live;
    this.#tiles.setEventsLive(live);
    this.#confidence?.setEventsLive(live);
  }
  handle(event: TileEvent): void {
    this.#tiles.handle(event);
    this.#confidence?.handle(event);
  }
  statuses(): TileStatus[] {
    return this.#tiles.statuses();
  }
  /** What failed failed by metatile: one word is enough for all of them. */
  retryFailed(): void {
    for (const store of [this.#tiles, this.#confidence])
      for (const { tile, phase } of store?.statuses() ?? []) if (phase === 'failed') store?.retry(tile);
  }

  /** null: no class there, or not known (yet). */
  classAt(lon: number, lat: number): LegendClass | null {
    for (const tile of this.#inView) {
      const [x, y] = tilePosition(lon, lat, tile.z);
      if (Math.floor(x) !== tile.x || Math.floor(y) !== tile.y) continue;
      const picture = this.#tiles.peek(tile);
      if (picture?.kind !== 'ids') return null;
      const { width, ids } = picture;
      const id = ids[Math.floor((y - tile.y) * width) * width + Math.floor((x - tile.x) * width)];
      return this.classes?.find((entry) => entry.id === (id ?? NO_CLASS)) ?? null;
    }
    return null;
  }

  /** The tiles in view that are there, for counting. */
  shareTiles(): ShareTile[] {
    return this.#inView.flatMap((tile) => {
      const picture = this.#tiles.peek(tile);
      return picture?.kind === 'ids' ? [{ tile, ids: picture.ids, width: picture.width }] : [];
    });
  }

  /** Asks for nothing more; what is drawn can stay. */
  stop(): void {
    this.#tiles.close();
    this.#confidence?.close();
  }

  /** It is not drawn any more. */
  close(): void {
    this.stop();
    this.look.destroy();
  }

  #askConfidence(): void {
    const store = this.#confidence;
    if (store === null) return;
    store.setView(this.#inView);
    for (const tile of this.#inView) void store.load(tile);
  }

  #store(urlOf: (tile: TileAddress) => string, meaning: Meaning, maxRequests: number): TileStore<Picture> {
    return new TileStore<Picture>({
      fetchTile: (tile, signal) => fetchPicture(urlOf(tile), meaning, signal),
      after,
      onChange: this.#options.onChange,
      maxRequests,
    });
  }
}

let made = 0;

/** A layer of a map. @param legends of the layer itself and of the map's confidence */
export function mapLayer(
  { bounds, geocrop: { map, version, layers } }: TileJson,
  layer: LayerInfo,
  legends: { readonly own: LegendJson | null; readonly confidence: LegendJson | null },
  onChange: () => void,
): ShownLayer {
  const percents = layers.find(({ kind }) => kind === 'percent');
  const stops = legends.confidence?.stops ?? [];
  const [first, last] = [stops[0], stops.at(-1)];
  const known =
    layer.kind === 'classes' && percents !== undefined && first !== undefined && last !== undefined;
  return new ShownLayer({
    id: `map-${(made += 1)}`,
    layer,
    // Without its legend a class is a colour that nothing can be said of.
    classes: layer.kind === 'classes' ? (legends.own?.classes ?? null) : null,
    extent: bounds ?? null,
    urlOf: (tile) => tileUrl(map, version, layer.name, tile),
    confidence: known
      ? {
          urlOf: (tile) => tileUrl(map, version, percents.name, tile),
          meaning: rampValues(first.value, last.value),
        }
      : null,
    urgent: true,
    onChange,
  });
}

/** Dynamic World: beneath a map, or as a layer of its own. */
export function baselineLayer(
  { bounds }: TileJson,
  year: number,
  layer: LayerInfo,
  classes: readonly LegendClass[],
  urgent: boolean,
  onChange: () => void,
): ShownLayer {
  return new ShownLayer({
    id: `baseline-${(made += 1)}`,
    layer,
    classes,
    extent: bounds ?? null,
    urlOf: (tile) => baselineUrl(year, tile),
    confidence: null,
    urgent,
    onChange,
  });
}

function after(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}
