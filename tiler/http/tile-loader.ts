import type { MemoryTileTier } from '../../cache/memory-tile-tier.js';
import { INCOMPLETE_MS } from '../../cache/tile-cache.js';
import { isFinal, type FinalTile, type KeptTile, type TileTier } from '../../cache/tile-tier.js';
import { isGeoCropError } from '../../engine/errors.js';
import { SharedWork } from '../../engine/windows/shared-work.js';
import { emptyRaster } from '../render/empty-raster.js';
import type { TileFormat } from '../render/format.js';
import type { EncodedTile } from '../render/render-tile.js';
import { renderTile } from '../render/render-tile.js';
import type { Style } from '../render/style.js';
import type {
  LayerInfo,
  MapKey,
  TileAddress,
  TileIdentity,
  TileService,
  TileTier as TierName,
} from '../tiles/tile-service.js';
import type { Clock } from './clock.js';
import { entityTag } from './etag.js';

/** All that decides a tile's bytes, but its identity. */
export interface TileAsk {
  readonly map: MapKey;
  readonly layer: LayerInfo;
  readonly tile: TileAddress;
  readonly scale: 1 | 2;
  readonly format: TileFormat;
  readonly style: Style;
}

/** A tile ready to be sent. */
export interface LoadedTile extends KeptTile {
  readonly tier: TierName;
  /** Milliseconds by stage. */
  readonly timings: Readonly<Record<string, number>>;
}

export interface Patience {
  readonly waitMs: number;
  readonly mayCompute: boolean;
  readonly signal: AbortSignal;
}

/** The ETag of what was asked for; null where its identity says that it may not be kept. */
export function tileTag(ask: TileAsk, identity: TileIdentity): string | null {
  if (identity.digest === null) return null;
  const { format, scale, style } = ask;
  // Numbers are not drawn: their style decides nothing, but for the colours in a GeoTIFF of classes.
  const drawn = format === 'png' || (format === 'tif' && style.kind === 'palette');
  return entityTag({ tile: identity.digest, format, scale, style: drawn ? style : null });
}

export interface TileLoaderOptions {
  readonly service: TileService;
  readonly memory: MemoryTileTier;
  /** Tiles that processes share; null: there are none. */
  readonly shared: TileTier | null;
  readonly clock: Clock;
}

/** Encoded tiles: from memory, from what processes share, or made; each once for all who ask at the same time. */
export class TileLoader {
  private readonly flights = new SharedWork<LoadedTile>();
  private readonly looks = new SharedWork<FinalTile | undefined>();

  constructor(private readonly options: TileLoaderOptions) {}

  /**
   * @param etag of {@link tileTag}, or null: then it may get one on the way, once its scenes are known
   * Throws what the service throws; `not-ready` only when this caller's own patience has ended.
   */
  async load(ask: TileAsk, etag: string | null, patience: Patience): Promise<LoadedTile> {
    const key = etag ?? `unversioned ${entityTag({ ...ask })}`;
    const { memory, clock } = this.options;
    const kept = memory.find(key);
    if (kept !== undefined) return { ...kept, tier: 'memory', timings: {} };
    const { waitMs, mayCompute, signal } = patience;
    const until = clock.now() + waitMs;
    for (let left = waitMs; ; left = until - clock.now()) {
      let joined = true;
      try {
        // Who waits equally long shares the wait; the service shares the computing among all.
        return await this.flights.run(`${key} ${waitMs} ${mayCompute}`, signal, (shared) => {
          joined = false;
          return this.lookOrMake(ask, etag, key, { waitMs: left, mayCompute, signal: shared });
        });
      } catch (error) {
        // The wait that was joined began earlier than ours.
        const goOn = joined && isGeoCropError(error, 'not-ready') && clock.now() < until;
        if (!goOn) throw error;
      }
    }
  }

  /** A tile without anything in it, of the layer's type. */
  async empty(ask: TileAsk, etag: string | null, lastModified: Date | null): Promise<LoadedTile> {
    // A GeoTIFF says where it lies; all else is the same everywhere.
    const place = ask.format === 'tif' ? { tile: ask.tile, layer: ask.layer.name } : {};
    const { format, scale, style } = ask;
    const key = `empty ${entityTag({ ...place, kind: ask.layer.kind, format, scale, style })}`;
    const { memory } = this.options;
    let kept = memory.find(key);
    if (kept === undefined) {
      const encoded = await this.encode(ask, emptyRaster(ask.layer, 256 * scale));
      kept = { ...encoded, etag: null, state: 'final', lastModified: null };
      memory.keep(key, kept);
    }
    return { ...kept, etag, lastModified, tier: 'memory', timings: {} };
  }

  private async lookOrMake(
    ask: TileAsk,
    etag: string | null,
    key: string,
    patience: Patience,
  ): Promise<LoadedTile> {
    const { shared, clock } = this.options;
    if (etag === null || shared === null) return this.make(ask, key, patience);
    const begun = clock.now();
    const found = await this.look(shared, etag, patience.signal);
    const timings = { [shared.name]: clock.now() - begun };
    if (found !== undefined) return { ...found, tier: shared.name, timings };
    const made = await this.make(ask, key, patience);
    return { ...made, timings: { ...timings, ...made.timings } };
  }

  /** Once for all who ask, however long each of them waits for computing. */
  private look(shared: TileTier, etag: string, signal: AbortSignal): Promise<FinalTile | undefined> {
    return this.looks.run(etag, signal, async () => {
      const found = await shared.get(etag);
      if (found !== undefined) await this.options.memory.set(found);
      return found;
    });
  }

  private async make(ask: TileAsk, key: string, patience: Patience): Promise<LoadedTile> {
    const { service, memory, shared, clock } = this.options;
    const { map, layer, tile, scale } = ask;
    const values = await service.values(map, layer.name, tile, { scale, ...patience });
    const begun = clock.now();
    const encoded = await this.encode(ask, values.raster);
    const timings = { ...values.timings, encode: clock.now() - begun };
    const { state, tier, lastModified } = values;
    const etag = state === 'final' ? await this.tagOfMade(ask, values.identity, patience.signal) : null;
    const made: KeptTile = { ...encoded, etag, state, lastModified };
    if (isFinal(made)) {
      await memory.set(made);
      // What the service had without any work is not worth a place there. Nobody waits for the rest.
      if (tier !== 'memory') void shared?.set(made);
    }
    if (state === 'incomplete') memory.keep(key, made, INCOMPLETE_MS);
    return { ...made, tier, timings };
  }

  /** Computing looks scenes up and may quarantine one: only now is it known what the tile was made of. */
  private async tagOfMade(
    ask: TileAsk,
    known: TileIdentity | undefined,
    signal: AbortSignal,
  ): Promise<string | null> {
    if (known !== undefined) return tileTag(ask, known);
    try {
      return tileTag(ask, await this.options.service.identify(ask.map, ask.layer.name, ask.tile, signal));
    } catch {
      // A tile in hand is sent, without a tag.
      return null;
    }
  }

  private encode(ask: TileAsk, raster: Parameters<typeof renderTile>[0]): Promise<EncodedTile> {
    const { layer, tile, format, style, map } = ask;
    const classNames = this.options.service.legend(map).map((entry) => entry.name);
    return renderTile(raster, { layer, tile, format, style, classNames });
  }
}
