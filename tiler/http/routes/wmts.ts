import { plainText, layerTitle } from '../../legend/words.js';
import { legendPicture } from '../../legend/legend-picture.js';
import { DYNAMIC_WORLD } from '../../render/dynamic-world.js';
import {
  CAPABILITIES_PATH,
  INFO_EXTENSIONS,
  KVP_PATH,
  REST_PATH,
  SECTIONS,
  capabilitiesDocument,
  type Section,
} from '../../wmts/capabilities.js';
import { readCatalogue, type Catalogue, type WmtsLayer } from '../../wmts/catalogue.js';
import { baselinePixel, mapPixel } from '../../wmts/feature-info.js';
import { infoDocument } from '../../wmts/info-document.js';
import {
  INFO_FORMATS,
  TILE_FORMAT,
  parsePixel,
  parseTile,
  required,
  type Parameters,
  type WmtsTile,
} from '../../wmts/request.js';
import { WmtsError } from '../../wmts/wmts-error.js';
import type { MapKey } from '../../tiles/tile-service.js';
import { NO_STORE, SHORT } from '../caching.js';
import type { AppContext, AppDeps, Handler } from '../deps.js';
import { baseUrl } from '../base-url.js';
import { KEY_HEADER, mayCompute } from '../permission.js';
import { WAITED_HEADER, askedMap, given, parseWait } from '../query.js';
import type { Operation, Parameter, Route } from '../route.js';
import { BASELINE_LAYER, askedStyle, baselineCredits, shownLayer } from '../shown-layer.js';
import { textAnswer } from '../text-answer.js';
import type { TileAnswers } from '../tile-question.js';
import { wmtsProblem } from '../wmts-problem.js';
import {
  CAPABILITIES_OPERATION,
  INFO_OPERATION,
  KVP_OPERATION,
  REQUESTS,
  TILE_OPERATION,
  WAIT_SECONDS,
} from './wmts-operations.js';

const XML = 'text/xml; charset=utf-8';

/** Who answers for tiles: the same that answer at /tiles and /baselines. */
export interface WmtsTileAnswers {
  readonly tiles: TileAnswers;
  readonly baselines: TileAnswers;
}

/** WMTS 1.0.0: /wmts?… (KVP), and /wmts/1.0.0/… (REST). */
export function wmtsRoutes(deps: AppDeps, answers: WmtsTileAnswers): readonly Route[] {
  const route = (path: string, operation: Operation | null, handler: Handler): Route => ({
    method: 'get',
    path,
    operation: operation === null ? null : { ...operation, parameters: parametersOf(path, operation) },
    handler: async (c) => {
      try {
        return await handler(c);
      } catch (error) {
        return wmtsProblem(c, error, { rest: path !== KVP_PATH });
      }
    },
  });
  const tileOf = async (c: AppContext, parameters: Parameters): Promise<Response> => {
    const catalogue = await catalogueOf(deps);
    return sendTile(deps, answers, c, parseTile(catalogue, parameters), catalogue, parameters);
  };
  const infoOf = async (c: AppContext, parameters: Parameters): Promise<Response> =>
    sendInfo(deps, c, await catalogueOf(deps), parameters);
  const capabilities = async (c: AppContext, parameters: Parameters): Promise<Response> =>
    sendCapabilities(deps, c, await catalogueOf(deps, askedMap(parameters)), parameters);

  // Dynamic World has one dimension, maps have three; its name is no dimension's value.
  const baseline = `${REST_PATH}/${BASELINE_LAYER.name}/:style/:year`;
  const map = `${REST_PATH}/:layer/:style/:season/:year/:model`;
  const tile = ':tilematrixset/:tilematrix/:tilerow';
  return [
    route(KVP_PATH, KVP_OPERATION, (c) => {
      const parameters = queryParameters(c);
      switch (kvpRequest(parameters)) {
        case 'GetCapabilities':
          return capabilities(c, parameters);
        case 'GetTile':
          return tileOf(c, parameters);
        case 'GetFeatureInfo':
          return infoOf(c, parameters);
      }
    }),
    route(CAPABILITIES_PATH, CAPABILITIES_OPERATION, (c) => capabilities(c, queryParameters(c))),
    ...[baseline, map].flatMap((root) => [
      route(`${root}/${tile}/:tilecol`, TILE_OPERATION, (c) => tileOf(c, tileParameters(c))),
      route(`${root}/${tile}/:tilecol/:j/:i`, INFO_OPERATION, (c) => infoOf(c, infoParameters(c))),
    ]),
    route('/wmts/*', null, () => {
      throw new WmtsError('InvalidParameterValue', null, `Addresses are told by ${CAPABILITIES_PATH}.`);
    }),
  ];
}

/** Dynamic World's addresses have fewer names than those of maps. */
function parametersOf(path: string, { parameters = [] }: Operation): readonly Parameter[] {
  const names = path.split('/').map((part) => part.replace(':', ''));
  return parameters.filter((known) => known.in !== 'path' || names.includes(known.name));
}

async function catalogueOf({ service, baselines }: AppDeps, asked: Partial<MapKey> = {}): Promise<Catalogue> {
  const years = (await baselines?.years()) ?? [];
  return readCatalogue(service, { layer: BASELINE_LAYER, years }, asked);
}

/** Names in any case (OGC 06-121r9, clause 11.5.2); of a repeated one the first counts. */
function queryParameters(c: AppContext): Parameters {
  const found = new Map<string, string>();
  for (const [name, value] of new URL(c.req.url).searchParams) {
    const key = name.toLowerCase();
    if (!found.has(key)) found.set(key, value);
  }
  return (name) => found.get(name);
}

/** What an address says, and what a tile's has in its last part. */
function tileParameters(c: AppContext): Parameters {
  const [column, extension] = splitExtension(c.req.param('tilecol') ?? '');
  if (extension !== 'png') throw notAnAddress();
  return pathParameters(c, { tilecol: column, format: TILE_FORMAT });
}

function infoParameters(c: AppContext): Parameters {
  const [i, extension] = splitExtension(c.req.param('i') ?? '');
  const format = INFO_FORMATS.find((candidate) => INFO_EXTENSIONS[candidate] === extension);
  if (format === undefined) throw notAnAddress();
  return pathParameters(c, { i, infoformat: format, format: TILE_FORMAT });
}

function pathParameters(c: AppContext, more: Readonly<Record<string, string>>): Parameters {
  const query = queryParameters(c);
  const names = [
    'layer',
    'style',
    'season',
    'year',
    'model',
    'tilematrixset',
    'tilematrix',
    'tilerow',
    'tilecol',
    'j',
  ];
  const path: Record<string, string> = { layer: BASELINE_LAYER.name };
  for (const name of names) {
    const value = c.req.param(name);
    if (value !== undefined) path[name] = value;
  }
  const all: Readonly<Record<string, string>> = { ...path, ...more };
  // What an address does not have may stand in its query: how long to wait, how to draw.
  return (name) => (Object.hasOwn(all, name) ? all[name] : query(name));
}

function splitExtension(text: string): [string, string] {
  const at = text.lastIndexOf('.');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function notAnAddress(): WmtsError {
  return new WmtsError(
    'InvalidParameterValue',
    'format',
    'Tiles end in .png; pixels in .json, .txt or .html.',
  );
}

function kvpRequest(parameters: Parameters): (typeof REQUESTS)[number] {
  const service = required(parameters, 'service');
  if (service.toUpperCase() !== 'WMTS') {
    throw new WmtsError('InvalidParameterValue', 'service', `service = "${service}": here is WMTS.`);
  }
  const name = required(parameters, 'request');
  const request = REQUESTS.find((known) => known.toLowerCase() === name.toLowerCase());
  if (request === undefined) {
    throw new WmtsError('OperationNotSupported', name, `There is ${REQUESTS.join(', ')}.`);
  }
  if (request === 'GetCapabilities') negotiate(parameters);
  else {
    const version = required(parameters, 'version');
    if (version !== '1.0.0') {
      throw new WmtsError('InvalidParameterValue', 'version', `version = "${version}": here is 1.0.0.`);
    }
  }
  return request;
}

function negotiate(parameters: Parameters): void {
  const accepted = given(parameters('acceptversions'));
  if (accepted === undefined || accepted.split(',').includes('1.0.0')) return;
  throw new WmtsError('VersionNegotiationFailed', null, 'Here is version 1.0.0.');
}

async function sendCapabilities(
  deps: AppDeps,
  c: AppContext,
  catalogue: Catalogue,
  parameters: Parameters,
): Promise<Response> {
  const { config } = deps;
  const asked = given(parameters('wait'));
  const wait = asked === undefined ? WAIT_SECONDS : String(parseWait(asked, 0) / 1000);
  const style = askedStyle(parameters);
  const base = baseUrl(c, config.publicUrl);
  const legends = new Map<WmtsLayer, { width: number; height: number }>();
  for (const layer of catalogue.layers) {
    const { legend, subtitle } = await shownLayer(deps, (name) => defaultOf(layer, name) ?? style[name]);
    legends.set(layer, legendPicture(legend, { subtitle, titled: false }));
  }
  const body = capabilitiesDocument(
    catalogue,
    {
      base,
      tileQuery: new URLSearchParams({ wait, ...style }).toString(),
      attribution: (layer) => creditsOf(deps, layer),
      legend: (layer) => {
        const { width = 1, height = 1 } = legends.get(layer) ?? {};
        const address = new URLSearchParams({
          layer: layer.info.name,
          ...Object.fromEntries(layer.dimensions.map(({ name, fallback }) => [name, fallback])),
          ...style,
          title: '0',
        });
        return { href: `${base}/legend.png?${address.toString()}`, width, height };
      },
    },
    sectionsOf(given(parameters('sections'))),
  );
  return textAnswer(c, body, { contentType: XML, cacheControl: SHORT });
}

/** What a layer is when nothing else is said. */
function defaultOf({ info, dimensions }: WmtsLayer, name: string): string | undefined {
  if (name === 'layer') return info.name;
  return dimensions.find((dimension) => dimension.name === name)?.fallback;
}

function sectionsOf(asked: string | undefined): readonly Section[] {
  const names = asked?.split(',') ?? ['All'];
  return SECTIONS.filter((section) => names.includes(section) || names.includes('All'));
}

function creditsOf({ config }: AppDeps, { baseline }: WmtsLayer): string {
  return baseline ? baselineCredits(config.attribution) : config.attribution;
}

/** The tile route's own answer: WMTS is another spelling of its address. */
async function sendTile(
  { service }: AppDeps,
  { tiles, baselines }: WmtsTileAnswers,
  c: AppContext,
  { layer, dimensions, tile }: WmtsTile,
  catalogue: Catalogue,
  parameters: Parameters,
): Promise<Response> {
  const { z, x, y } = tile;
  const place = { z: String(z), x: String(x), last: `${y}.png` };
  if (layer.baseline) {
    return baselines(c, { ...place, year: dimensions.year ?? '', query: () => undefined });
  }
  const names: Readonly<Record<string, string | undefined>> = { ...dimensions, layer: layer.info.name };
  // One version for all maps of the catalogue stands in the addresses, since they have places for the names of maps.
  const current = parameters('v') === catalogue.version;
  const version = current ? service.version(service.resolveMap(mapNames(dimensions))) : parameters('v');
  return tiles(c, {
    ...place,
    query: (name) => (name === 'v' ? version : Object.hasOwn(names, name) ? names[name] : parameters(name)),
  });
}

function mapNames({ season, year, model }: WmtsTile['dimensions']): {
  season?: string;
  year?: number;
  model?: string;
} {
  return {
    ...(season === undefined ? {} : { season }),
    ...(year === undefined ? {} : { year: Number(year) }),
    ...(model === undefined ? {} : { model }),
  };
}

async function sendInfo(
  deps: AppDeps,
  c: AppContext,
  catalogue: Catalogue,
  parameters: Parameters,
): Promise<Response> {
  const { service, baselines, config } = deps;
  const { layer, dimensions, format, ...place } = parsePixel(catalogue, parameters);
  const asked = given(parameters('wait'));
  const patience = {
    waitMs: asked === undefined ? null : parseWait(asked, 0, c.req.header(WAITED_HEADER)),
    mayCompute: mayCompute(config, c.req.header(KEY_HEADER)),
    signal: c.get('signal'),
  };
  const info =
    layer.baseline && baselines !== undefined
      ? await baselinePixel(
          baselines,
          Number(dimensions.year),
          DYNAMIC_WORLD.map(({ name }) => name),
          place,
          patience.signal,
        )
      : await mapPixel(service, service.resolveMap(mapNames(dimensions)), layer.info, place, patience);
  const body = infoDocument(info, format, {
    layer: layer.info.name,
    title: layerTitle(layer.info),
    attribution: plainText(creditsOf(deps, layer)),
  });
  return textAnswer(c, body, {
    contentType: format.startsWith('text/') ? `${format}; charset=utf-8` : format,
    cacheControl: info.settled ? SHORT : NO_STORE,
  });
}
