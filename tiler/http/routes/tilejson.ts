import { MAX_ZOOM, NATIVE_ZOOM } from '../../../engine/geo/tile-matrix.js';
import { escapeXml } from '../../../engine/encode/gdal-metadata.js';
import { layerTitle, legendTitle, sentenceCase } from '../../legend/words.js';
import type { Legend } from '../../render/legend.js';
import { SHORT } from '../caching.js';
import type { AppDeps, Handler } from '../deps.js';
import { jsonAnswer } from '../json-answer.js';
import { DISTRICTS_PATH } from './districts.js';
import type { Query } from '../query.js';
import { SHOWN_PARAMETERS, json } from '../parameters.js';
import { baseUrl } from '../base-url.js';
import type { Operation } from '../route.js';
import type { ShownLayer } from '../shown-layer.js';
import { layerAddress, shownLayer, tilesTemplate } from '../shown-layer.js';

/** What {@link tileJsonRoute} says about itself. */
export const TILEJSON_OPERATION: Operation = {
  summary: 'Where a layer’s tiles are',
  description: 'TileJSON 3.0; under `geocrop` all that there is to choose from.',
  tag: 'map',
  parameters: SHOWN_PARAMETERS,
  answers: json('TileJSON 3.0'),
};

/** GET /tilejson.json: TileJSON 3.0.0 of one layer, and under `geocrop` what a viewer of ours wants to know. */
export function tileJsonRoute(deps: AppDeps): Handler {
  const { service, config } = deps;
  return async (c) => {
    const query: Query = (name) => c.req.query(name);
    const shown = await shownLayer(deps, query);
    const base = baseUrl(c, config.publicUrl);
    const bounds = service.bounds();
    const center = centerOf(deps, shown);
    const title = layerTitle(shown.layer);
    const document = {
      tilejson: '3.0.0',
      name: `GeoCrop ${title}, ${shown.subtitle}`,
      description: describeShown(shown, title),
      version: '1.0.0',
      attribution: shown.legend.attribution,
      legend: legendHtml(shown.legend, `${base}/legend.png?${layerAddress(shown, query).toString()}`),
      scheme: 'xyz',
      tiles: [tilesTemplate(service, shown, base, query)],
      // Below 12 out of the archive.
      minzoom: 0,
      maxzoom: MAX_ZOOM,
      bounds,
      center,
      geocrop: await choices(deps, shown, center),
    };
    return jsonAnswer(document, c.req.header('If-None-Match'), SHORT);
  };
}

/** What a viewer can ask for. */
async function choices(
  { service, config, baselines, describe }: AppDeps,
  { map: shown }: ShownLayer,
  center: readonly number[],
): Promise<Record<string, unknown>> {
  const map = shown ?? service.resolveMap({});
  const about = describe?.(map) ?? {};
  const baselineYears = (await baselines?.years()) ?? [];
  return {
    map,
    version: service.version(map),
    layers: service.layers(map),
    seasons: service.seasons(),
    years: service.years(map.season),
    models: service.models(),
    computeMinZoom: service.computeMinZoom(),
    center,
    baselineYears: baselineYears.map(({ year }) => year),
    ...(about.period === undefined ? {} : { period: about.period }),
    ...(about.card === undefined ? {} : { card: about.card }),
    ...(config.base === undefined ? {} : { base: { ...config.base, tiles: [config.base.tiles] } }),
    ...(config.districts === undefined ? {} : { districts: DISTRICTS_PATH.slice(1) }),
  };
}

/** Longitude, latitude, zoom: where the map says that a viewer opens, else the middle of the bounds. */
function centerOf({ service, describe }: AppDeps, { map }: ShownLayer): readonly [number, number, number] {
  const [west, south, east, north] = service.bounds();
  const told = map === null ? undefined : describe?.(map).center;
  return told ?? [(west + east) / 2, (south + north) / 2, NATIVE_ZOOM];
}

function describeShown({ map, year }: ShownLayer, title: string): string {
  return map === null ? `${title}, classes of ${year}.` : `${title} by the model ${map.model}.`;
}

/** TileJSON's `legend`: the picture, with its names for those who do not see it. */
function legendHtml(legend: Legend, address: string): string {
  const { classes, min, max, unit } = legend;
  const title = legendTitle(legend);
  const names =
    classes !== undefined
      ? classes.map(({ name }) => sentenceCase(name)).join(', ')
      : min === undefined || max === undefined
        ? ''
        : `${min} to ${max}${unit === null || unit === undefined ? '' : ` ${unit}`}`;
  const text = names === '' ? title : `${title}: ${names}`;
  return `<img src="${escapeXml(address)}" alt="${escapeXml(text)}">`;
}
