import { gdalTiles } from '../../qgis/gdal-tiles.js';
import { QGIS_WAIT_SECONDS, qlrDocument } from '../../qgis/qlr.js';
import { CAPABILITIES_PATH } from '../../wmts/capabilities.js';
import { SHORT } from '../caching.js';
import type { AppDeps, Handler } from '../deps.js';
import { NOT_MODIFIED, SHOWN_PARAMETERS } from '../parameters.js';
import { HttpError } from '../problem.js';
import { baseUrl } from '../base-url.js';
import type { Query } from '../query.js';
import type { Operation, Route } from '../route.js';
import { askedStyle, shownLayer, tilesTemplate } from '../shown-layer.js';
import { textAnswer } from '../text-answer.js';

const OPERATION: Operation = {
  summary: 'A layer for QGIS',
  description:
    'A QGIS layer definition, which opens by a double click: the map, waited for while it is computed, and its numbers with the names of the classes.',
  tag: 'standards',
  parameters: [
    {
      name: 'layer',
      in: 'path',
      required: true,
      description: 'Its name, then .qlr.',
      schema: { type: 'string', pattern: '^\\w+\\.qlr$' },
      example: 'classes.qlr',
    },
    ...SHOWN_PARAMETERS.filter(({ name }) => name !== 'layer'),
  ],
  answers: {
    200: {
      description: 'QGIS layer definition',
      content: { 'application/x-qgis-layer-definition': { type: 'string' } },
    },
    ...NOT_MODIFIED,
  },
};

/** GET /qgis/{layer}.qlr. */
export function qgisRoutes(deps: AppDeps): readonly Route[] {
  return [{ method: 'get', path: '/qgis/:layer', operation: OPERATION, handler: qlrRoute(deps) }];
}

function qlrRoute(deps: AppDeps): Handler {
  const { service, config } = deps;
  return async (c) => {
    const name = /^(\w+)\.qlr$/.exec(c.req.param('layer') ?? '')?.[1];
    if (name === undefined) {
      throw new HttpError('not-found', 'There is nothing here.', 'Layers are at /qgis/{layer}.qlr.');
    }
    const query: Query = (key) => (key === 'layer' ? name : c.req.query(key));
    const shown = await shownLayer(deps, query);
    const { layer, legend, map, year, subtitle } = shown;
    const base = baseUrl(c, config.publicUrl);
    const bounds = service.bounds();
    const names: Readonly<Record<string, string>> =
      map === null ? {} : { season: map.season, year: String(map.year), model: map.model };
    const wait = { wait: String(QGIS_WAIT_SECONDS) };
    const document = qlrDocument({
      legend,
      subtitle,
      capabilities: `${base}${CAPABILITIES_PATH}?${new URLSearchParams({ ...names, ...wait, ...askedStyle(query) }).toString()}`,
      dimensions: map === null ? { year: String(year) } : names,
      numbers: gdalTiles(
        layer.kind,
        tilesTemplate(service, shown, base, query, map === null ? {} : wait, 'tif'),
        bounds,
      ),
      bounds,
      home: `${base}/`,
    });
    return textAnswer(c, document, {
      contentType: 'application/x-qgis-layer-definition',
      cacheControl: SHORT,
      fileName: fileName([layer.name, ...(map === null ? [] : [map.season]), String(year)]),
    });
  };
}

function fileName(parts: readonly string[]): string {
  return `geocrop-${parts.join('-').replaceAll(/[^\w-]/g, '-')}.qlr`;
}
