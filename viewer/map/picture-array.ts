import type { Device, Texture } from '@luma.gl/core';
import { NO_CLASS } from '../picture.js';
import type { IdPicture, Picture } from '../picture.js';
import type { PictureHolder } from '../tile-store.js';
import { Slots } from './slots.js';

/** One tile that shows. */
export interface ShownTile {
  /** [west, south, east, north]. */
  readonly bounds: readonly [west: number, south: number, east: number, north: number];
  readonly holder: PictureHolder<Picture>;
  /** Percents of the same tile, once they are there; null until then. */
  readonly confidence: () => IdPicture | null;
  /** `performance.now()` of when it was first shown: it fades in. */
  readonly since: number;
}

/** Pixels of a tile, each way. */
const SIZE = 256;
/** Of a screen of 1440 × 900 at any zoom; doubled where more tiles show. */
const SLOTS = 64;
const UNKNOWN: IdPicture = {
  kind: 'ids',
  ids: new Uint8Array(SIZE * SIZE).fill(NO_CLASS),
  width: SIZE,
  height: SIZE,
};

/**
 * The pictures of a layer's tiles on the GPU: an array of textures, so that all tiles are drawn at once. A tile's picture and its
 * confidence lie at the same place of two arrays; the second is there only while it is wanted.
 */
export class PictureArray {
  readonly #most: number;
  #slots = new Slots<PictureHolder<Picture>>(SLOTS);
  #pictures: Texture | null = null;
  #percents: Texture | null = null;
  /** What lies at each place. */
  #held: Picture[] = [];
  #heldPercents: IdPicture[] = [];

  /** @param ids the pictures are class ids, which are never blended with their neighbours; else colours */
  constructor(
    readonly device: Device,
    readonly ids: boolean,
  ) {
    this.#most = device.limits.maxTextureArrayLayers;
  }

  /** The tiles that show: more of them than the GPU has places for (256 at least: WebGL 2) are left out. */
  use(tiles: readonly ShownTile[]): readonly ShownTile[] {
    const kept = tiles.slice(0, this.#most);
    let size = this.#slots.size;
    while (size < kept.length) size *= 2;
    if (size > this.#slots.size) {
      this.destroy();
      this.#slots = new Slots(Math.min(size, this.#most));
    }
    this.#slots.use(kept.map(({ holder }) => holder));
    return kept;
  }

  /** Of a tile that is in use. */
  slotOf({ holder }: ShownTile): number {
    return this.#slots.of(holder) ?? 0;
  }

  /** The pictures of these tiles as they are now. */
  pictures(tiles: readonly ShownTile[]): Texture {
    this.#pictures ??= this.#create(this.ids ? 'r8unorm' : 'rgba8unorm', this.ids);
    for (const tile of tiles) {
      const { picture } = tile.holder;
      const slot = this.slotOf(tile);
      if (this.#held[slot] === picture) continue;
      write(this.#pictures, slot, picture);
      this.#held[slot] = picture;
    }
    return this.#pictures;
  }

  /** Whole percents of these tiles as they are now; {@link NO_CLASS} where they are not known (yet). */
  percents(tiles: readonly ShownTile[]): Texture {
    this.#percents ??= this.#create('r8unorm', true);
    for (const tile of tiles) {
      const percents = tile.confidence() ?? UNKNOWN;
      const slot = this.slotOf(tile);
      if (this.#heldPercents[slot] === percents) continue;
      write(this.#percents, slot, percents);
      this.#heldPercents[slot] = percents;
    }
    return this.#percents;
  }

  destroy(): void {
    this.#pictures?.destroy();
    this.#percents?.destroy();
    this.#pictures = this.#percents = null;
    this.#held = [];
    this.#heldPercents = [];
  }

  #create(format: 'r8unorm' | 'rgba8unorm', nearest: boolean): Texture {
    return this.device.createTexture({
      dimension: '2d-array',
      format,
      width: SIZE,
      height: SIZE,
      depth: this.#slots.size,
      sampler: {
        magFilter: 'nearest',
        minFilter: nearest ? 'nearest' : 'linear',
        mipmapFilter: 'none',
        addressModeU: 'clamp-to-edge',
        addressModeV: 'clamp-to-edge',
      },
    });
  }
}

/** @throws RangeError for a picture of another size than all tiles have */
function write(texture: Texture, z: number, picture: Picture): void {
  const { width, height } = picture;
  if (width !== SIZE || height !== SIZE)
    throw new RangeError(`a tile of ${width} × ${height} pixels, expected ${SIZE} × ${SIZE}`);
  if (picture.kind === 'ids') texture.writeData(picture.ids, { z, width, height, depthOrArrayLayers: 1 });
  else texture.copyExternalImage({ image: picture.image, z, width, height, depth: 1 });
}
