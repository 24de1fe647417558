import type { Archive } from '../../cache/archive.js';
import { GeoCropError, isGeoCropError } from '../../engine/errors.js';
import type { Coverage } from '../../engine/geo/coverage.js';
import {
  checkTile,
  METATILE_ZOOM,
  metatileOf,
  NATIVE_ZOOM,
  TILE_SIZE,
  tileBoundsLonLat,
  type TileId,
} from '../../engine/geo/tile-matrix.js';
import type { Raster } from '../../engine/raster.js';
import type { SceneList } from '../../engine/scenes/scene.js';
import { isClosed } from '../../engine/season.js';
import { emptyRaster } from '../render/empty-raster.js';
import type { MapDefinition, Maps } from './maps.js';
import type { LowZooms } from '../pyramid/low-zooms.js';
import type { MetatileDesk } from './metatile-desk.js';
import type { JobProducts } from './metatile-job.js';
import { atZoom, cropRaster, enlarge, joinQuad, nativeParent } from './resample.js';
import type { SceneLists } from './scene-lists.js';
import type { TileEvents } from './tile-events.js';
import { identifyTile, newestOf, recipeOf } from './tile-identity.js';
import type {
  LayerInfo,
  LayerName,
  MapKey,
  PointAnswer,
  TileAddress,
  TileEvent,
  TileIdentity,
  TileService,
  TileState,
  TileTier,
  TileValues,
  TileWish,
} from './tile-service.js';

export interface MapTileServiceOptions {
  readonly maps: Maps;
  readonly coverage: Coverage;
  readonly sceneLists: SceneLists;
  readonly archive: Archive;
  /** Zooms 0 to 11. */
  readonly lowZooms: Pick<LowZooms, 'identify' | 'values'>;
  readonly desk: MetatileDesk;
  readonly points: PointSource;
  readonly events: TileEvents;
  readonly computeMinZoom: number;
  /** False: only what is archived is served. */
  readonly mayCompute: boolean;
  readonly now: () => Date;
  /** Milliseconds that a running job may take to finish when the process stops. */
  readonly stopGraceMs: number;
}

/** An open season's metatile is computed anew at most this often. docs/architecture.md, "Failure". */
export const RECOMPUTE_MS = 10 * 24 * 3_600_000;

/** Everything that is known of one map pixel. */
export interface PointSource {
  read(definition: MapDefinition, lon: number, lat: number, signal?: AbortSignal): Promise<PointAnswer>;
}

interface Found {
  readonly raster: Raster;
  readonly state: TileState;
  readonly tier: TileTier;
  readonly timings: Readonly<Record<string, number>>;
  readonly missing?: readonly string[];
  /** Digest of the scene list that computed pixels were made from. */
  readonly scenes?: string;
}

interface Ask {
  readonly definition: MapDefinition;
  readonly layer: LayerInfo;
  readonly wish: TileWish;
  /** False: only what is archived, for who asks or for this server. */
  readonly mayCompute: boolean;
  /** The asked-for zoom: `@2x` is made of the next one's tiles, and must not compute what the tile itself would not. */
  readonly zoom: number;
}

/** Memory of the HTTP layer aside: archive, then the metatile that is being computed. */
export class MapTileService implements TileService {
  constructor(private readonly options: MapTileServiceOptions) {}

  resolveMap(asked: { season?: string; year?: number; model?: string }): MapKey {
    return this.options.maps.resolve(asked);
  }

  models(): readonly string[] {
    return this.options.maps.models();
  }

  years(season: string): readonly number[] {
    return this.options.maps.years(season);
  }

  seasons(): readonly string[] {
    return this.options.maps.seasons();
  }

  layers(map: MapKey): readonly LayerInfo[] {
    return this.options.maps.layers(map);
  }

  legend(map: MapKey): readonly { readonly id: number; readonly name: string; readonly color: string }[] {
    const { bundle } = this.options.maps.definition(map);
    return (bundle?.classes ?? []).map((name, id) => ({ id, name, color: bundle?.palette[id] ?? '#888888' }));
  }

  version(map: MapKey): string {
    return this.options.maps.definition(map).mapDigest.slice(0, 8);
  }

  bounds(): readonly [number, number, number, number] {
    return this.options.coverage.bounds;
  }

  computeMinZoom(): number {
    return this.options.computeMinZoom;
  }

  async identify(map: MapKey, layerName: LayerName, address: TileAddress): Promise<TileIdentity> {
    const { definition, layer } = this.#named(map, layerName);
    const tile = checkTile(address.z, address.x, address.y);
    return identifyTile(this.options, definition, layer, tile);
  }

  async values(map: MapKey, layerName: LayerName, address: TileAddress, wish: TileWish): Promise<TileValues> {
    const { definition, layer } = this.#named(map, layerName);
    const tile = checkTile(address.z, address.x, address.y);
    if (tile.z < METATILE_ZOOM && this.#covers(tile)) {
      const { signal } = wish;
      return this.options.lowZooms.values(
        { definition, layer, ...(signal === undefined ? {} : { signal }) },
        tile,
        wish.scale,
      );
    }
    const ask: Ask = {
      definition,
      layer,
      wish,
      mayCompute: this.options.mayCompute && wish.mayCompute !== false,
      zoom: tile.z,
    };
    const found = await this.#scaled(ask, tile, wish.scale);
    const list =
      tile.z < METATILE_ZOOM ? undefined : await this.options.sceneLists.stored(definition, metatileOf(tile));
    const lastModified = list === undefined ? null : newestOf(list);
    // The list has changed since: these pixels must not get the tag of other scenes.
    if (found.scenes === undefined || found.scenes === list?.digest) return { ...found, lastModified };
    return { ...found, lastModified, identity: { digest: null, closed: false, lastModified, empty: false } };
  }

  async point(map: MapKey, lon: number, lat: number, signal?: AbortSignal): Promise<PointAnswer> {
    const definition = this.options.maps.definition(map);
    if (!this.options.coverage.contains(lon, lat)) {
      throw new GeoCropError(
        'outside-coverage',
        `${lon}, ${lat} lies outside the area that this server covers.`,
        {
          hint: `Longitude first. The area: ${this.bounds().join(', ')} (west, south, east, north).`,
        },
      );
    }
    return this.options.points.read(definition, lon, lat, signal);
  }

  subscribe(listener: (event: TileEvent) => void): () => void {
    return this.options.events.subscribe(listener);
  }

  stats(): { readonly queued: number; readonly running: number; readonly memoryBytes: number } {
    const { queued, running } = this.options.desk.stats();
    return { queued, running, memoryBytes: process.memoryUsage().rss };
  }

  async close(): Promise<void> {
    await this.options.desk.close(this.options.stopGraceMs);
  }

  #named(map: MapKey, layer: LayerName): { definition: MapDefinition; layer: LayerInfo } {
    return { definition: this.options.maps.definition(map), layer: this.options.maps.layer(map, layer) };
  }

  #covers(tile: TileId): boolean {
    return this.options.coverage.meetsBox(tileBoundsLonLat(tile));
  }

  /** `@2x`: the next zoom's pixels up to z13, else doubled. docs/architecture.md, "Zooms". */
  async #scaled(ask: Ask, tile: TileId, scale: 1 | 2): Promise<Found> {
    if (scale === 1) return this.#tile(ask, tile);
    if (tile.z >= NATIVE_ZOOM || tile.z < METATILE_ZOOM) {
      const found = await this.#tile(ask, tile);
      return { ...found, raster: enlarge(found.raster, 2) };
    }
    const [a, b, c, d] = await Promise.all(
      ([0, 1, 2, 3] as const).map((place) =>
        this.#tile(ask, { z: tile.z + 1, x: 2 * tile.x + (place % 2), y: 2 * tile.y + (place >> 1) }),
      ),
    );
    if (a === undefined || b === undefined || c === undefined || d === undefined)
      throw new RangeError('quad');
    const worst = [a, b, c, d].find(({ state }) => state !== 'final') ?? a;
    return { ...worst, raster: joinQuad([a.raster, b.raster, c.raster, d.raster]) };
  }

  async #tile(ask: Ask, tile: TileId): Promise<Found> {
    if (!this.#covers(tile)) return nothing(ask.layer, 'final');
    if (tile.z > NATIVE_ZOOM) {
      const { parent, rect } = nativeParent(tile);
      const found = await this.#tile(ask, parent);
      return { ...found, raster: enlarge(cropRaster(found.raster, rect), TILE_SIZE / rect.width) };
    }
    const list = await this.options.sceneLists.stored(ask.definition, metatileOf(tile));
    if (list?.scenes.length === 0) return nothing(ask.layer, 'final');
    const archived = list === undefined ? undefined : await this.#archived(ask, tile, list);
    return archived ?? this.#computed(ask, tile);
  }

  async #archived(ask: Ask, tile: TileId, list: SceneList): Promise<Found | undefined> {
    const { definition, layer } = ask;
    const begun = performance.now();
    const metatile = metatileOf(tile);
    const recipe = recipeOf(definition, layer);
    const read = (scenes: string): Promise<Raster | undefined> =>
      this.options.archive.readTile(recipe, definition.seasonKey, metatile, scenes, layer.name, tile);
    const raster = await read(list.digest);
    const found = (pixels: Raster, state: TileState): Found => ({
      raster: pixels,
      state,
      tier: 'archive',
      timings: { archive: performance.now() - begun },
    });
    if (raster !== undefined) return found(raster, 'final');
    const current = await this.options.archive.current(recipe, definition.seasonKey, metatile);
    if (current === undefined || current.scenes === list.digest) return undefined;
    // Other scenes than today's: what is there is shown while, or until, it is made anew.
    const old = await read(current.scenes);
    if (old === undefined) return undefined;
    const age = this.options.now().getTime() - Date.parse(String(current.item.properties['created']));
    const due = age >= RECOMPUTE_MS || isClosed(definition.season, this.options.now());
    // Nobody waits for it: `not-ready` is what is expected, and with a full queue the next request tries again.
    if (due && ask.mayCompute && !this.#tooSmall(ask)) this.#want(ask, tile, 0).catch(() => undefined);
    return found(old, 'stale');
  }

  async #computed(ask: Ask, tile: TileId): Promise<Found> {
    if (this.#tooSmall(ask)) return nothing(ask.layer, 'partial');
    if (!ask.mayCompute) {
      throw new GeoCropError(
        'not-computed',
        'This tile has not been computed yet, and this server computes none.',
        {
          hint: 'Ask the operator to warm the area, or to allow computing.',
        },
      );
    }
    try {
      const made = await this.#want(ask, tile, ask.wish.waitMs);
      if (made === null) return await this.#madeMeanwhile(ask, tile);
      const { products, incomplete, missing, timings, scenes } = made;
      const raster = products.get(ask.layer.name);
      if (raster === undefined) throw new GeoCropError('internal', `${ask.layer.name} was not computed.`);
      const state = incomplete ? 'incomplete' : 'final';
      return {
        raster: atZoom(raster, ask.layer.name, tile),
        state,
        tier: 'computed',
        timings,
        missing,
        scenes,
      };
    } catch (error) {
      if (isGeoCropError(error, 'no-scenes')) return nothing(ask.layer, 'final');
      throw error;
    }
  }

  /** Another process had it, or made it, while it was waited for. */
  async #madeMeanwhile(ask: Ask, tile: TileId): Promise<Found> {
    const list = await this.options.sceneLists.stored(ask.definition, metatileOf(tile));
    const archived = list === undefined ? undefined : await this.#archived(ask, tile, list);
    if (archived !== undefined) return archived;
    throw new GeoCropError('not-ready', 'The tile was made, and must be made anew.', {
      hint: 'Ask again after the seconds of Retry-After.',
    });
  }

  #tooSmall({ zoom }: Ask): boolean {
    return zoom < this.options.computeMinZoom;
  }

  async #want(ask: Ask, tile: TileId, waitMs: number): Promise<JobProducts | null> {
    const { definition, layer, wish } = ask;
    const feature = layer.kind === 'feature' ? layer.name : null;
    return this.options.desk.want(
      { definition, metatile: metatileOf(tile), feature },
      tile.z === NATIVE_ZOOM ? tile : 'whole',
      { waitMs, ...(wish.signal === undefined ? {} : { signal: wish.signal }) },
    );
  }
}

function nothing(layer: LayerInfo, state: TileState): Found {
  return { raster: emptyRaster(layer, TILE_SIZE), state, tier: 'memory', timings: {} };
}
