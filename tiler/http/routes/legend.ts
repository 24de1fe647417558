import { describeLegend } from '../../render/legend.js';
import { askedLayer } from '../asked-layer.js';
import { SHORT } from '../caching.js';
import type { AppDeps, Handler } from '../deps.js';
import { jsonAnswer } from '../json-answer.js';
import { LAYER_PARAMETERS, json } from '../parameters.js';
import type { Operation } from '../route.js';

/** What {@link legendRoute} says about itself. */
export const LEGEND_OPERATION: Operation = {
  summary: 'What the colours of a layer mean',
  tag: 'map',
  parameters: LAYER_PARAMETERS,
  answers: json('Classes with their colours, or the stops of a ramp'),
};

/** GET /legend.json: what the colours of a layer mean. */
export function legendRoute({ service, config }: AppDeps): Handler {
  return (c) => {
    const { map, layer, style } = askedLayer(service, (name) => c.req.query(name));
    const legend = describeLegend(layer, style, map, service.legend(map), config.attribution);
    return jsonAnswer(legend, c.req.header('If-None-Match'), SHORT);
  };
}
