import { Layer, picking, project32 } from '@deck.gl/core';
import type { LayerContext, UpdateParameters } from '@deck.gl/core';
import { Geometry, Model } from '@luma.gl/engine';
import { reducedMotion } from '../dom.js';
import { PictureArray } from './picture-array.js';
import type { ShownTile } from './picture-array.js';
import { FADE_MS, FRAGMENT, HATCH_PERIOD, rasterUniforms, VERTEX } from './raster-shaders.js';
import type { TileLook } from './tile-look.js';

export interface RasterLayerProps {
  readonly data: readonly ShownTile[];
  readonly look: TileLook;
  /** The pictures are class ids; else colours. */
  readonly ids: boolean;
}

/** Later than any: every tile is there at once. */
const NO_FADING = 1e30;
/** A square's corners: 0 is west or south, 1 is east or north. */
const CORNERS = new Float32Array([0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0]);

/** The tiles of a layer on the map, all in one draw call: colours, or class ids that the shader colours. */
export class RasterLayer extends Layer<RasterLayerProps> {
  static override layerName = 'RasterLayer';
  /** It lives on the GPU; deck.gl hands it from one instance of the layer to the next. */
  declare state: { model: Model; array: PictureArray; tiles: readonly ShownTile[] };

  override getShaders(): unknown {
    return super.getShaders({ vs: VERTEX, fs: FRAGMENT, modules: [project32, picking, rasterUniforms] });
  }

  override initializeState(): void {
    const attributes = this.getAttributeManager();
    if (attributes === null) return;
    const array = new PictureArray(this.context.device, this.props.ids);
    const fp64 = this.use64bitPositions();
    attributes.addInstanced({
      instanceSouthWests: {
        size: 3,
        type: 'float64',
        fp64,
        accessor: ({ bounds: [west, south] }: ShownTile) => [west, south, 0],
      },
      instanceNorthEasts: {
        size: 3,
        type: 'float64',
        fp64,
        accessor: ({ bounds: [, , east, north] }: ShownTile) => [east, north, 0],
      },
      instanceSlots: { size: 1, accessor: (tile: ShownTile) => array.slotOf(tile) },
      instanceSince: { size: 1, accessor: ({ since }: ShownTile) => since },
    });
    const model = new Model(this.context.device, {
      ...(this.getShaders() as object),
      id: this.props.id,
      bufferLayout: attributes.getBufferLayouts(),
      geometry: new Geometry({
        topology: 'triangle-strip',
        attributes: { positions: { size: 3, value: CORNERS } },
      }),
      isInstanced: true,
    });
    this.setState({ model, array, tiles: [] });
  }

  override updateState(params: UpdateParameters<this>): void {
    super.updateState(params);
    if (params.changeFlags.dataChanged) this.state.tiles = this.state.array.use(this.props.data);
  }

  override finalizeState(context: LayerContext): void {
    this.state.array.destroy();
    super.finalizeState(context);
  }

  override draw(): void {
    const { model, array, tiles } = this.state;
    if (tiles.length === 0) return;
    const { device, viewport, renderPass } = this.context;
    const { look, ids } = this.props;
    const { center, scale, width, height } = viewport as typeof viewport & { center: readonly number[] };
    const [x = 0, y = 0] = center;
    const pixelRatio = device.getDefaultCanvasContext().cssToDeviceRatio();
    const now = performance.now();
    const pictures = array.pictures(tiles);
    const hatches = ids && look.hatchBelow > 0;
    model.shaderInputs.setProps({
      raster: {
        clip: look.clip.map((share) => Math.round(share * width * pixelRatio)),
        opacity: look.opacity,
        now: reducedMotion() ? NO_FADING : now,
        indexed: ids ? 1 : 0,
        hatchBelow: hatches ? look.hatchBelow : 0,
        // The lower left corner in pixels of the world: where the lines begin.
        hatchOffset: (x * scale - width / 2 + y * scale - height / 2) % HATCH_PERIOD,
        pixelRatio,
        pictureTexture: pictures,
        paletteTexture: look.palette(device),
        percentTexture: hatches ? array.percents(tiles) : pictures,
      },
    });
    model.setInstanceCount(tiles.length);
    model.draw(renderPass);
    if (!reducedMotion() && tiles.some(({ since }) => now - since < FADE_MS)) this.setNeedsRedraw();
  }
}
