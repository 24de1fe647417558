import { INFO_FORMATS, STYLE, TILE_FORMAT } from '../../wmts/request.js';
import { SECTIONS } from '../../wmts/capabilities.js';
import { MAP_PARAMETERS, NOT_MODIFIED, pathParameter, queryParameter, WAIT } from '../parameters.js';
import type { Operation, Parameter } from '../route.js';
import { TILE_OPERATION as TILES_OPERATION } from './tiles.js';

/** What the addresses of the WMTS say of themselves in /openapi.json. */

/** Of a query by KVP. */
export const REQUESTS = ['GetCapabilities', 'GetTile', 'GetFeatureInfo'] as const;
/** Desktop programs give up after 60 seconds. */
export const WAIT_SECONDS = '50';

const text = { type: 'string' } as const;
const inQuery = (name: string, description: string, example?: string): Parameter =>
  queryParameter(name, description, text, example);
const inPath = (name: string, description: string, example?: string): Parameter =>
  pathParameter(name, description, text, example);

const XML_ANSWER = { 'text/xml': { type: 'string' } } as const;
const PNG_ANSWER = { 'image/png': { type: 'string', format: 'binary' } } as const;
const INFO_ANSWER = {
  'application/geo+json': { type: 'object' },
  'text/plain': { type: 'string' },
  'text/html': { type: 'string' },
} as const;

/** What may stand in a tile's query: as at /tiles. */
const TILE_QUERY: readonly Parameter[] = (TILES_OPERATION.parameters ?? []).filter(
  ({ name }) => ['colormap', 'rescale', 'v', 'pending'].includes(name) || name === WAIT.name,
);

export const KVP_OPERATION: Operation = {
  summary: 'WMTS 1.0.0 by a query',
  description: `GetCapabilities, GetTile and GetFeatureInfo; names of parameters in any case. What is wrong is an ows:ExceptionReport.`,
  tag: 'standards',
  parameters: [
    { ...inQuery('SERVICE', 'WMTS.', 'WMTS'), required: true },
    { ...inQuery('REQUEST', REQUESTS.join(', '), 'GetCapabilities'), required: true },
    inQuery('VERSION', 'Of GetTile and GetFeatureInfo: 1.0.0.'),
    inQuery('ACCEPTVERSIONS', 'Of GetCapabilities: 1.0.0 has to be one of them.'),
    inQuery('SECTIONS', `Of GetCapabilities: ${SECTIONS.join(', ')}; default: All.`),
    inQuery('LAYER', 'Of GetTile and GetFeatureInfo, as are those that follow: name of a layer.'),
    inQuery('STYLE', `${STYLE}, the only one.`),
    inQuery('FORMAT', `${TILE_FORMAT}, the only one.`),
    inQuery('TILEMATRIXSET', 'WebMercatorQuad, the only one.'),
    inQuery('TILEMATRIX', 'Zoom.'),
    inQuery('TILEROW', 'Row.'),
    inQuery('TILECOL', 'Column.'),
    inQuery('J', 'Of GetFeatureInfo: row within the tile, 0 to 255.'),
    inQuery('I', 'Of GetFeatureInfo: column within the tile, 0 to 255.'),
    inQuery('INFOFORMAT', `Of GetFeatureInfo: ${INFO_FORMATS.join(', ')}.`),
    ...MAP_PARAMETERS,
    ...TILE_QUERY,
  ],
  answers: {
    200: {
      description: 'Capabilities, a tile, or what a pixel is',
      content: { ...XML_ANSWER, ...PNG_ANSWER, ...INFO_ANSWER },
    },
    ...NOT_MODIFIED,
    501: { description: '`OperationNotSupported`: no such request.', content: XML_ANSWER },
  },
  errorContent: XML_ANSWER,
};
export const CAPABILITIES_OPERATION: Operation = {
  summary: 'What the WMTS offers',
  tag: 'standards',
  description:
    'Layers with the years, seasons and models that there are; `season`, `year` and `model` change their defaults, `colormap` and `rescale` how layers of numbers are drawn.',
  parameters: [
    ...MAP_PARAMETERS,
    inQuery('wait', 'Seconds that its addresses say to wait for tiles.', WAIT_SECONDS),
    ...TILE_QUERY.filter(({ name }) => name === 'colormap' || name === 'rescale'),
  ],
  answers: {
    200: { description: 'Capabilities document of WMTS 1.0.0', content: XML_ANSWER },
    ...NOT_MODIFIED,
  },
  errorContent: XML_ANSWER,
};
export const TILE_OPERATION: Operation = {
  summary: 'A tile by a WMTS address',
  description: 'The same as at /tiles, or at /baselines.',
  tag: 'standards',
  parameters: [
    inPath('layer', 'Name of a layer.', 'classes'),
    inPath('style', 'The only one.', STYLE),
    inPath('season', 'Or `default`.', 'summer'),
    inPath('year', 'Or `default`.', '2021'),
    inPath('model', 'Or `default`.', 'default'),
    inPath('tilematrixset', 'The only one.', 'WebMercatorQuad'),
    inPath('tilematrix', 'Zoom.', '14'),
    inPath('tilerow', 'Row.', '9068'),
    inPath('tilecol', 'Column, then .png.', '9557.png'),
    ...TILE_QUERY,
  ],
  answers: { 200: { description: 'The tile', content: PNG_ANSWER }, ...NOT_MODIFIED },
  errorContent: XML_ANSWER,
};
export const INFO_OPERATION: Operation = {
  summary: 'A pixel by a WMTS address',
  description:
    'Value, or class and confidence, of a pixel that is kept. Nothing is computed unless `wait` says so.',
  tag: 'standards',
  parameters: [
    ...(TILE_OPERATION.parameters ?? [])
      .filter((known) => known.in === 'path' || known === WAIT)
      .map((known) => (known.name === 'tilecol' ? inPath('tilecol', 'Column.', '9557') : known)),
    inPath('j', 'Row within the tile, 0 to 255.', '12'),
    inPath('i', 'Column within the tile, then .json, .txt or .html.', '200.json'),
  ],
  answers: { 200: { description: 'What the pixel is', content: INFO_ANSWER }, ...NOT_MODIFIED },
  errorContent: XML_ANSWER,
};
