import { TileLayer, _Tileset2D as Tileset2D } from '@deck.gl/geo-layers';
import type { TileAddress } from '../api.js';
import type { IdPicture, Picture } from '../picture.js';
import { NATIVE_ZOOM, tileBounds } from '../tile-math.js';
import type { PictureHolder } from '../tile-store.js';
import { MIN_ZOOM } from '../url-state.js';
import type { Arrivals } from './arrivals.js';
import type { ShownTile } from './picture-array.js';
import { RasterLayer } from './raster-layer.js';
import type { TileLook } from './tile-look.js';

/** A layer of tiles as the map draws it: where its pictures come from, and how they look. */
export interface PictureSource {
  /** Another id is another layer: its tiles are asked for anew. */
  readonly id: string;
  readonly look: TileLook;
  /** [west, south, east, north]: nothing is asked for outside. */
  readonly extent: readonly number[] | null;
  /** Its pictures are class ids; else colours. */
  readonly ids: boolean;
  load(tile: TileAddress): Promise<PictureHolder<Picture> | null>;
  forget(tile: TileAddress): void;
  confidence(tile: TileAddress): IdPicture | null;
  /** The tiles in view, the nearest to the middle first. */
  inView(tiles: readonly TileAddress[]): void;
}

const since = new WeakMap<PictureHolder<Picture>, number>();

/** When it was first drawn: when it comes into view again it does not fade in again. */
function firstShown(holder: PictureHolder<Picture>): number {
  const known = since.get(holder) ?? performance.now();
  since.set(holder, known);
  return known;
}

type Content = PictureHolder<Picture> | null;

/** deck.gl's tiles, which it keeps and chooses; drawn all at once, where it would make a layer of each. */
class PictureTiles extends TileLayer<Content, { source: PictureSource }> {
  static override layerName = 'PictureTiles';
  declare state: TileLayer['state'] & { drawn?: RasterLayer };

  /** The same layer as before while the same tiles show. */
  override renderLayers(): RasterLayer {
    const { source } = this.props;
    const tiles: ShownTile[] = [];
    for (const { content, isVisible, index } of this.state.tileset?.tiles ?? []) {
      const holder = content as Content;
      if (holder === null || !isVisible) continue;
      const address = addressOf(index);
      tiles.push({
        bounds: tileBounds(address),
        holder,
        confidence: () => source.confidence(address),
        since: firstShown(holder),
      });
    }
    const { drawn } = this.state;
    const before = drawn?.props.data ?? [];
    const same =
      tiles.length === before.length && tiles.every(({ holder }, at) => holder === before[at]?.holder);
    if (drawn !== undefined && same) return drawn;
    const { look, ids } = source;
    return (this.state.drawn = new RasterLayer({
      ...(this.getSubLayerProps({ id: 'drawn' }) as object),
      data: tiles,
      look,
      ids,
      // In order: what lies beneath was drawn before.
      parameters: { depthCompare: 'always', depthWriteEnabled: false },
    }));
  }

  override filterSubLayer(): boolean {
    return true;
  }
}

/** @param arrivals one for all layers: they are drawn at once */
export function pictureLayer(source: PictureSource, arrivals: Arrivals): PictureTiles {
  return new PictureTiles({
    id: source.id,
    source,
    TilesetClass: tilesetOf(source),
    // 256-pixel tiles at their own zoom. Above the native zoom the server would send the same pixels enlarged: enlarging
    // them here, nearest, gives the same picture for no bytes and no waiting.
    tileSize: 256,
    minZoom: MIN_ZOOM,
    maxZoom: NATIVE_ZOOM,
    extent: source.extent === null ? null : [...source.extent],
    // The store bounds the requests, since a tile that is being computed waits without one.
    maxRequests: 0,
    refinementStrategy: 'best-available',
    getTileData: ({ index }) => arrivals.join(source.load(addressOf(index))),
    onTileUnload: (tile) => source.forget(addressOf(tile.index)),
  });
}

const addressOf = ({ x, y, z }: TileAddress): TileAddress => ({ z, x, y });

const tilesets = new WeakMap<PictureSource, typeof Tileset2D>();

/** deck.gl decides which tiles are needed; the source hears of it, so that it asks only for those. */
function tilesetOf(source: PictureSource): typeof Tileset2D {
  let made = tilesets.get(source);
  if (made === undefined) {
    made = class extends Tileset2D {
      override getTileIndices(
        options: Parameters<Tileset2D['getTileIndices']>[0],
      ): ReturnType<Tileset2D['getTileIndices']> {
        const tiles = super.getTileIndices(options);
        const { longitude = 0, latitude = 0 } = options.viewport as { longitude?: number; latitude?: number };
        source.inView(nearestFirst(tiles, longitude, latitude));
        return tiles;
      }
    };
    tilesets.set(source, made);
  }
  return made;
}

function nearestFirst(tiles: readonly TileAddress[], lon: number, lat: number): TileAddress[] {
  return tiles
    .map((tile) => {
      const [west, south, east, north] = tileBounds(tile);
      return { tile, distance: Math.hypot((west + east) / 2 - lon, (south + north) / 2 - lat) };
    })
    .sort((a, b) => a.distance - b.distance)
    .map(({ tile }) => addressOf(tile));
}
