import { GeoCropError } from '../../engine/errors.js';
import type { Style } from '../render/style.js';
import { resolveStyle } from '../render/style.js';
import type { LayerInfo, MapKey, TileService } from '../tiles/tile-service.js';
import type { Query } from './query.js';
import { askedMap, given } from './query.js';

export interface AskedLayer {
  readonly map: MapKey;
  readonly layer: LayerInfo;
  readonly style: Style;
}

const DEFAULT_LAYER = 'classes';

/** Map, layer and style of a request's query; throws 400s and 404s with what there is. */
export function askedLayer(service: TileService, query: Query): AskedLayer {
  const map = service.resolveMap(askedMap(query));
  const name = given(query('layer')) ?? DEFAULT_LAYER;
  const layers = service.layers(map);
  const layer = layers.find((candidate) => candidate.name === name);
  if (layer === undefined) {
    throw new GeoCropError('unknown-layer', `There is no layer "${name}".`, {
      hint: `Layers: ${layers.map((candidate) => candidate.name).join(', ')}.`,
      context: { layer: name },
    });
  }
  const colors = service.legend(map).map((entry) => entry.color);
  const asked = { colormap: given(query('colormap')), rescale: given(query('rescale')) };
  return { map, layer, style: resolveStyle(layer, asked, colors) };
}
