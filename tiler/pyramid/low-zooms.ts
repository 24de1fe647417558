import type { Archive } from '../../cache/archive.js';
import type { Pyramid, PyramidView } from '../../cache/pyramid.js';
import { CELL_ZOOM } from '../../cache/pyramid-keys.js';
import { byPlace } from '../../cache/pyramid-documents.js';
import { canonicalJson, shortDigest } from '../../engine/digest.js';
import { METATILE_ZOOM, TILE_SIZE, type TileId } from '../../engine/geo/tile-matrix.js';
import type { Raster } from '../../engine/raster.js';
import { isClosed } from '../../engine/season.js';
import { emptyRaster } from '../render/empty-raster.js';
import type { MapDefinition } from '../tiles/maps.js';
import { enlarge, joinQuad } from '../tiles/resample.js';
import { recipeOf } from '../tiles/tile-identity.js';
import type { LayerInfo, TileIdentity, TileValues } from '../tiles/tile-service.js';
import type { CoveredMetatiles } from './covered-metatiles.js';

export interface LowZoomsOptions {
  readonly pyramid: Pick<Pyramid, 'view' | 'readTile'>;
  readonly archive: Pick<Archive, 'readTile'>;
  readonly covered: Pick<CoveredMetatiles, 'isComplete'>;
  readonly now: () => Date;
}

interface Ask {
  readonly definition: MapDefinition;
  readonly layer: LayerInfo;
  readonly signal?: AbortSignal;
}

/**
 * Tiles of zoom 0 to 11 that the coverage meets: what is in the pyramid is shown, and nothing is computed. `final` where every metatile
 * that is covered is in it; else `partial`: it changes with the next metatile.
 */
export class LowZooms {
  constructor(private readonly options: LowZoomsOptions) {}

  async identify(definition: MapDefinition, layer: LayerInfo, tile: TileId): Promise<TileIdentity> {
    const view = await this.#view({ definition, layer }, tile);
    return this.#identity({ definition, layer }, view);
  }

  async values(ask: Ask, tile: TileId, scale: 1 | 2): Promise<TileValues> {
    const begun = performance.now();
    // Once more where the version that was looked up went away before it was read.
    const found = (await this.#look(ask, tile, scale)) ?? (await this.#look(ask, tile, scale));
    const raster = found?.raster ?? blank(ask.layer, TILE_SIZE * scale);
    const identity = await this.#identity(ask, found?.view);
    const isFinal = found?.agrees === true && identity.digest !== null;
    return {
      raster,
      state: isFinal ? 'final' : 'partial',
      tier: found === undefined ? 'memory' : 'archive',
      lastModified: identity.lastModified,
      timings: found === undefined ? {} : { archive: performance.now() - begun },
      ...(isFinal ? { identity } : {}),
    };
  }

  #view({ definition, layer }: Ask, tile: TileId): Promise<PyramidView | undefined> {
    if (layer.kind === 'feature') return Promise.resolve(undefined);
    const name = { recipe: recipeOf(definition, layer), season: definition.seasonKey };
    return this.options.pyramid.view(name, tile);
  }

  /** undefined where nothing is there, or not any more. `agrees`: all pixels are of what the view says. */
  async #look(
    ask: Ask,
    tile: TileId,
    scale: 1 | 2,
  ): Promise<{ readonly view: PyramidView; readonly raster: Raster; readonly agrees: boolean } | undefined> {
    const view = await this.#view(ask, tile);
    if (view === undefined) return undefined;
    if (scale === 2) {
      const next = await (tile.z + 1 < METATILE_ZOOM
        ? this.#fromNext(ask, view)
        : this.#fromArchive(ask, view));
      if (next !== undefined) return { view, ...next };
    }
    const raster = await this.#read(ask, view);
    return raster && { view, raster: enlarge(raster, scale), agrees: true };
  }

  async #read({ layer, signal }: Ask, view: PyramidView): Promise<Raster | undefined> {
    if (!view.filled) return blank(layer, TILE_SIZE);
    return this.options.pyramid.readTile(view, layer.name, signal);
  }

  /** Four tiles of the next zoom, which may lie in another node: then that one may be newer. */
  async #fromNext(
    ask: Ask,
    view: PyramidView,
  ): Promise<{ readonly raster: Raster; readonly agrees: boolean } | undefined> {
    const views = await Promise.all(quadOf(view.tile).map((child) => this.#view(ask, child)));
    const rasters = await Promise.all(
      views.map(async (child) =>
        child === undefined ? blank(ask.layer, TILE_SIZE) : this.#read(ask, child),
      ),
    );
    const joined = join(rasters);
    const partsOf = ({ cells, metatiles }: PyramidView): readonly { x: number; y: number }[] =>
      view.tile.z < CELL_ZOOM
        ? cells.map(({ x, y, digest }) => ({ x, y, digest }))
        : metatiles.map(({ x, y, scenes, empty }) => ({ x, y, scenes, empty }));
    const parts = views.flatMap((child) => (child === undefined ? [] : partsOf(child)));
    const agrees = canonicalJson(parts.sort(byPlace)) === canonicalJson([...partsOf(view)].sort(byPlace));
    return joined && { raster: joined, agrees };
  }

  /** Four tiles of zoom 12, of the scenes that the view has. */
  async #fromArchive(
    { definition, layer, signal }: Ask,
    view: PyramidView,
  ): Promise<{ readonly raster: Raster; readonly agrees: boolean } | undefined> {
    const recipe = recipeOf(definition, layer);
    const rasters = await Promise.all(
      quadOf(view.tile).map(async (child) => {
        const entry = view.metatiles.find(({ x, y }) => x === child.x && y === child.y);
        if (entry === undefined || entry.empty) return blank(layer, TILE_SIZE);
        const { x, y, scenes } = entry;
        const { archive } = this.options;
        const season = definition.seasonKey;
        const raster = await archive.readTile(recipe, season, { x, y }, scenes, layer.name, child, signal);
        return raster && present(layer, raster);
      }),
    );
    const joined = join(rasters);
    return joined && { raster: joined, agrees: true };
  }

  async #identity({ definition, layer }: Ask, view: PyramidView | undefined): Promise<TileIdentity> {
    const now = this.options.now();
    const closed = isClosed(definition.season, now);
    const unknown = { digest: null, closed, lastModified: null, empty: false };
    if (view === undefined) return unknown;
    const newest = view.newest === null ? null : new Date(view.newest);
    if (!(await this.options.covered.isComplete(view))) return { ...unknown, lastModified: newest };
    const { z, x, y } = view.tile;
    const recipe = recipeOf(definition, layer);
    const season = definition.seasonKey;
    return {
      digest: shortDigest({ recipe, season, pyramid: view.digest, z, x, y, layer: layer.name }),
      // Scenes that were looked up before the season's end may not be all of them.
      closed: closed && view.lookedUpAt !== null && isClosed(definition.season, new Date(view.lookedUpAt)),
      lastModified: newest,
      empty: false,
    };
  }
}

function quadOf({ z, x, y }: TileId): TileId[] {
  return [0, 1, 2, 3].map((place) => ({ z: z + 1, x: 2 * x + (place & 1), y: 2 * y + (place >> 1) }));
}

function join(rasters: readonly (Raster | undefined)[]): Raster | undefined {
  const [a, b, c, d] = rasters;
  if (a === undefined || b === undefined || c === undefined || d === undefined) return undefined;
  return joinQuad([a, b, c, d]);
}

/** Nothing, and transparent. In the pyramid what is not there is no count of 0. */
function blank(layer: LayerInfo, side: number): Raster {
  const raster = emptyRaster(layer, side);
  return layer.kind === 'count' ? { ...raster, mask: new Uint8Array(side * side) } : raster;
}

/** A metatile's own tile, with the mask that it has in the pyramid. */
function present(layer: LayerInfo, raster: Raster): Raster {
  if (layer.kind !== 'count' || raster.mask !== undefined) return raster;
  return { ...raster, mask: new Uint8Array(raster.width * raster.height).fill(255) };
}
