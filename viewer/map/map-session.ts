import { ApiError, getJson, mapQuery, unreachable, UNREACHABLE } from '../api.js';
import type { LayerInfo, LegendClass, LegendJson, MapKey, TileEvent, TileJson } from '../api.js';
import { baselineYear, DYNAMIC_WORLD, layersOf } from '../choices.js';
import { BASELINE_CLASSES } from '../legend-view.js';
import { strings } from '../strings.js';
import { followTiles } from '../tile-feed.js';
import { clearProblem, sayProblem } from '../toasts.js';
import { baselineLayer, mapLayer } from './shown-layer.js';
import type { ShownLayer } from './shown-layer.js';

export const sameMap = (a: MapKey, b: MapKey): boolean =>
  a.season === b.season && a.year === b.year && a.model === b.model;

/** One map (season, year, model) that is open: what the server says of it, and the events of its tiles. */
export class MapSession {
  readonly #legends = new Map<string, Promise<LegendJson | null>>();
  readonly #layers = new Set<ShownLayer>();
  #unfollow: (() => void) | null = null;
  #live = false;

  /** @throws ApiError where there is no such map, or nobody answers */
  static async open(asked: Partial<MapKey>): Promise<MapSession> {
    return new MapSession(await getJson<TileJson>(`tilejson.json?${mapQuery(asked).toString()}`));
  }

  constructor(readonly tileJson: TileJson) {}

  get key(): MapKey {
    return this.tileJson.geocrop.map;
  }

  /** Dynamic World's year for this season; null where there is none at all. */
  get baselineYear(): number | null {
    return baselineYear(this.tileJson.geocrop);
  }

  /** The layer of that name as it is on this map; undefined where it has none. */
  layer(name: string): LayerInfo | undefined {
    return layersOf(this.tileJson.geocrop).find((layer) => layer.name === name);
  }

  /** Asked for once; null, and a word to the person, where it cannot be had. */
  legend(layer: LayerInfo): Promise<LegendJson | null> {
    if (layer.name === DYNAMIC_WORLD)
      return Promise.resolve({
        layer: layer.name,
        kind: 'classes',
        title: layer.title,
        classes: BASELINE_CLASSES,
      });
    const known = this.#legends.get(layer.name);
    if (known !== undefined) return known;
    const query = mapQuery(this.key);
    query.set('layer', layer.name);
    const asked = getJson<LegendJson>(`legend.json?${query.toString()}`).catch((error: unknown) => {
      this.#legends.delete(layer.name);
      sayProblem(error instanceof ApiError ? error.problem : unreachable().problem);
      return null;
    });
    this.#legends.set(layer.name, asked);
    return asked;
  }

  /** Classes of the layer `classes`; empty where the map has none. */
  async classes(): Promise<readonly LegendClass[]> {
    const layer = this.tileJson.geocrop.layers.find(({ kind }) => kind === 'classes');
    return layer === undefined ? [] : ((await this.legend(layer))?.classes ?? []);
  }

  /** Opens a layer: its legend first, since the classes' ids tell what a pixel is. */
  async show(layer: LayerInfo, onChange: () => void): Promise<ShownLayer> {
    const own = await this.legend(layer);
    const year = this.baselineYear;
    if (layer.name === DYNAMIC_WORLD && year !== null)
      return this.#add(baselineLayer(this.tileJson, year, layer, BASELINE_CLASSES, true, onChange));
    const percents = this.tileJson.geocrop.layers.find(({ kind }) => kind === 'percent');
    const confidence =
      layer.kind === 'classes' && percents !== undefined ? await this.legend(percents) : null;
    this.#unfollow ??= this.#follow();
    return this.#add(mapLayer(this.tileJson, layer, { own, confidence }, onChange));
  }

  /** Dynamic World to lie beneath; null where there is none. */
  baseline(): ShownLayer | null {
    const year = this.baselineYear;
    const layer = this.layer(DYNAMIC_WORLD);
    if (year === null || layer === undefined) return null;
    return baselineLayer(this.tileJson, year, layer, BASELINE_CLASSES, false, () => {});
  }

  /** The layer shows no more: no event is for it. */
  release(layer: ShownLayer): void {
    this.#layers.delete(layer);
    layer.stop();
  }

  close(): void {
    this.#unfollow?.();
    this.#unfollow = null;
    for (const layer of [...this.#layers]) this.release(layer);
  }

  /** Dynamic World has no events: a connection is opened for layers that are computed. */
  #follow(): () => void {
    const { map, version } = this.tileJson.geocrop;
    return followTiles(
      map,
      (event: TileEvent) => {
        for (const layer of this.#layers) layer.handle(event);
      },
      (live) => {
        this.#live = live;
        if (live) clearProblem(UNREACHABLE);
        for (const layer of this.#layers) layer.setEventsLive(live);
      },
      (current) => {
        if (current !== version) sayNewVersion();
      },
    );
  }

  #add(layer: ShownLayer): ShownLayer {
    layer.setEventsLive(this.#live);
    this.#layers.add(layer);
    return layer;
  }
}

function sayNewVersion(): void {
  const { newVersion, newVersionHint } = strings.problems;
  sayProblem({ code: 'new-version', detail: newVersion, hint: newVersionHint }, true);
}
