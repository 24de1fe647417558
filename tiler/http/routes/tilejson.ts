import { MAX_ZOOM, NATIVE_ZOOM } from '../../../engine/geo/tile-matrix.js';
import { askedLayer } from '../asked-layer.js';
import { baseUrl } from '../base-url.js';
import { SHORT } from '../caching.js';
import type { AppDeps, Handler } from '../deps.js';
import { jsonAnswer } from '../json-answer.js';
import { given } from '../query.js';
import { LAYER_PARAMETERS, json } from '../parameters.js';
import type { Operation } from '../route.js';

/** What {@link tileJsonRoute} says about itself. */
export const TILEJSON_OPERATION: Operation = {
  summary: 'Where a layer’s tiles are',
  description: 'TileJSON 3.0; under `geocrop` all that there is to choose from.',
  tag: 'map',
  parameters: LAYER_PARAMETERS,
  answers: json('TileJSON 3.0'),
};

/** GET /tilejson.json: TileJSON 3.0.0 of one layer, and under `geocrop` what a viewer of ours wants to know. */
export function tileJsonRoute({ service, config, baselines, describe }: AppDeps): Handler {
  return async (c) => {
    const query = (name: string): string | undefined => c.req.query(name);
    const { map, layer } = askedLayer(service, query);
    const version = service.version(map);
    const address = new URLSearchParams({
      season: map.season,
      year: String(map.year),
      model: map.model,
      layer: layer.name,
      ...styleParameters(query),
      v: version,
    });
    const bounds = service.bounds();
    const about = describe?.(map) ?? {};
    const center = about.center ?? [(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2, NATIVE_ZOOM];
    const baselineYears = (await baselines?.years()) ?? [];
    const document = {
      tilejson: '3.0.0',
      name: `GeoCrop ${layer.title}, ${map.season} ${map.year}`,
      description: `${layer.title} by the model ${map.model}.`,
      version: '1.0.0',
      attribution: config.attribution,
      scheme: 'xyz',
      tiles: [`${baseUrl(c, config.publicUrl)}/tiles/{z}/{x}/{y}.png?${address.toString()}`],
      // Below 12 out of the archive.
      minzoom: 0,
      maxzoom: MAX_ZOOM,
      bounds,
      center,
      geocrop: {
        map,
        version,
        layers: service.layers(map),
        seasons: service.seasons(),
        years: service.years(map.season),
        models: service.models(),
        computeMinZoom: service.computeMinZoom(),
        center,
        baselineYears: baselineYears.map(({ year }) => year),
        ...(about.period === undefined ? {} : { period: about.period }),
        ...(about.card === undefined ? {} : { card: about.card }),
      },
    };
    return jsonAnswer(document, c.req.header('If-None-Match'), SHORT);
  };
}

function styleParameters(query: (name: string) => string | undefined): Record<string, string> {
  const colormap = given(query('colormap'));
  const rescale = given(query('rescale'));
  return { ...(colormap === undefined ? {} : { colormap }), ...(rescale === undefined ? {} : { rescale }) };
}
