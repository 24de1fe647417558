import type { LayerContext, UpdateParameters } from '@deck.gl/core';
import { BitmapLayer } from '@deck.gl/layers';
import type { Device, Texture } from '@luma.gl/core';
import { reducedMotion } from '../dom.js';
import type { IdPicture, Picture } from '../picture.js';
import { FRAGMENT, HATCH_PERIOD, rasterUniforms, VERTEX } from './raster-shaders.js';
import type { TileLook } from './tile-look.js';

const FADE_MS = 320;

export interface RasterLayerProps {
  readonly picture: Picture;
  readonly look: TileLook;
  /** Percents of the same tile, once they are there; null until then, and where nothing is hatched. */
  readonly confidence: () => IdPicture | null;
  /** Classes are never blended with their neighbours, also when made smaller. */
  readonly crisp: boolean;
  /** `performance.now()` of when it was first shown: it fades in. */
  readonly since: number;
}

/** What lives on the GPU; deck.gl hands it from one instance of the layer to the next. */
interface Textures {
  picture?: Texture;
  confidence?: Texture | undefined;
  /** What {@link confidence} was made of. */
  confidenceOf?: IdPicture | null;
}

/** One tile on the map: colours, or class ids that the shader colours. */
export class RasterLayer extends BitmapLayer<RasterLayerProps> {
  static override layerName = 'RasterLayer';

  override getShaders(): unknown {
    const { modules, ...base } = super.getShaders() as { modules: unknown[] };
    return { ...base, vs: VERTEX, fs: FRAGMENT, modules: [...modules, rasterUniforms] };
  }

  override updateState(params: UpdateParameters<this>): void {
    super.updateState(params);
    const { picture, crisp } = params.props;
    if (picture === params.oldProps.picture) return;
    const textures = this.#textures;
    textures.picture?.destroy();
    textures.picture = upload(this.context.device, picture, crisp);
  }

  override finalizeState(context: LayerContext): void {
    const { picture, confidence } = this.#textures;
    picture?.destroy();
    confidence?.destroy();
    super.finalizeState(context);
  }

  override draw(): void {
    const { model } = this.state;
    const { picture } = this.#textures;
    if (model === undefined || picture === undefined) return;
    const { device, viewport } = this.context;
    const { look, since } = this.props;
    const { center, scale, width, height } = viewport as typeof viewport & { center: readonly number[] };
    const [x = 0, y = 0] = center;
    const pixelRatio = device.getDefaultCanvasContext().cssToDeviceRatio();
    const age = reducedMotion() ? 1 : Math.min(1, (performance.now() - since) / FADE_MS);
    const confidence = look.hatchBelow > 0 ? this.#confidence() : null;
    const indexed = this.props.picture.kind === 'ids';
    model.shaderInputs.setProps({
      raster: {
        clip: look.clip.map((share) => Math.round(share * width * pixelRatio)),
        opacity: look.opacity * age,
        indexed: indexed ? 1 : 0,
        hatchBelow: confidence === null ? 0 : look.hatchBelow,
        // The lower left corner in pixels of the world: where the lines begin.
        hatchOffset: (x * scale - width / 2 + y * scale - height / 2) % HATCH_PERIOD,
        pixelRatio,
        pictureTexture: picture,
        paletteTexture: indexed ? look.palette(device) : picture,
        confidenceTexture: confidence ?? picture,
      },
    });
    model.draw(this.context.renderPass);
    if (age < 1) this.setNeedsRedraw();
  }

  get #textures(): Textures {
    return this.state as Textures;
  }

  #confidence(): Texture | null {
    const textures = this.#textures;
    const source = this.props.confidence();
    if (source !== textures.confidenceOf) {
      textures.confidence?.destroy();
      textures.confidence = source === null ? undefined : upload(this.context.device, source, true);
      textures.confidenceOf = source;
    }
    return textures.confidence ?? null;
  }
}

function upload(device: Device, picture: Picture, crisp: boolean): Texture {
  const { width, height } = picture;
  return device.createTexture({
    ...(picture.kind === 'ids'
      ? { format: 'r8unorm', data: picture.ids }
      : { format: 'rgba8unorm', data: picture.image }),
    width,
    height,
    sampler: {
      magFilter: 'nearest',
      minFilter: crisp ? 'nearest' : 'linear',
      mipmapFilter: 'none',
      addressModeU: 'clamp-to-edge',
      addressModeV: 'clamp-to-edge',
    },
  });
}
