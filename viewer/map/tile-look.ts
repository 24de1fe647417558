import type { Device, Texture } from '@luma.gl/core';
import type { LegendClass } from '../api.js';

/** From and to where a layer shows, in shares of the map's width. */
export type Clip = readonly [from: number, to: number];
export const WHOLE: Clip = [0, 1];

const BARE = [226, 220, 205, 255];
const CLEAR = [0, 0, 0, 0];

/**
 * How the tiles of one layer are drawn. Read by each of them at each frame: changing it costs a frame, no tile is decoded,
 * uploaded or made anew. The colours of class ids are a texture of 256 × 1.
 */
export class TileLook {
  /** 0 to 1, as it is blended. */
  opacity = 1;
  clip: Clip = WHOLE;
  /** Percent: less confident pixels are hatched; 0: none. */
  hatchBelow = 0;
  readonly #colors = new Uint8Array(256 * 4);
  #changed = true;
  #texture: Texture | null = null;

  /**
   * @param hidden names of the classes that are switched off
   * @param covers they are drawn as bare ground: what lies beneath is another map's idea of the place
   */
  setClasses(classes: readonly LegendClass[], hidden: ReadonlySet<string>, covers: boolean): void {
    this.#colors.fill(0);
    for (const { id, name, color } of classes) {
      const rgb = Number.parseInt(color.slice(1), 16);
      const shown = [rgb >> 16, (rgb >> 8) & 255, rgb & 255, 255];
      const off = covers ? BARE : CLEAR;
      this.#colors.set(hidden.has(name) ? off : shown, 4 * id);
    }
    this.#changed = true;
  }

  /** The palette on the GPU, as it is now. */
  palette(device: Device): Texture {
    this.#texture ??= device.createTexture({
      format: 'rgba8unorm',
      width: 256,
      height: 1,
      sampler: { minFilter: 'nearest', magFilter: 'nearest', mipmapFilter: 'none' },
    });
    if (this.#changed) {
      this.#texture.writeData(this.#colors, { width: 256, height: 1 });
      this.#changed = false;
    }
    return this.#texture;
  }

  destroy(): void {
    this.#texture?.destroy();
    this.#texture = null;
    this.#changed = true;
  }
}
