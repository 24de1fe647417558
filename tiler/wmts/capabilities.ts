import { layerTitle, plainText } from '../legend/words.js';
import type { Xml } from '../xml.js';
import { xml, xmlDocument } from '../xml.js';
import type { Catalogue, WmtsLayer } from './catalogue.js';
import { INFO_FORMATS, STYLE, TILE_FORMAT } from './request.js';
import { clampToMercator, tileMatrixSetLinkXml, tileMatrixSetXml } from './tile-matrix-set.js';

/** What the document says beside its layers. */
export interface ServiceFacts {
  /** Where the server is reached, without a slash at the end. */
  readonly base: string;
  /** Credits by layer: plain text or simple HTML. */
  readonly attribution: (layer: WmtsLayer) => string;
  /** The legend's address and its size in pixels. */
  readonly legend: (layer: WmtsLayer) => LegendLink;
  /** Of the addresses of tiles, beside the version: how long to wait, how to draw. */
  readonly tileQuery: string;
}

export interface LegendLink {
  readonly href: string;
  readonly width: number;
  readonly height: number;
}

export const SECTIONS = [
  'ServiceIdentification',
  'ServiceProvider',
  'OperationsMetadata',
  'Contents',
] as const;
export type Section = (typeof SECTIONS)[number];

/** Extension of a FeatureInfo address by its format. */
export const INFO_EXTENSIONS = {
  'text/html': 'html',
  'text/plain': 'txt',
  'application/geo+json': 'json',
} as const;

/** The capabilities document of WMTS 1.0.0 (OGC 07-057r7, clause 7.1), with KVP and REST. */
export function capabilitiesDocument(
  catalogue: Catalogue,
  facts: ServiceFacts,
  sections: readonly Section[] = SECTIONS,
): string {
  const { base } = facts;
  const content: Readonly<Record<Section, () => Xml>> = {
    ServiceIdentification: () => identification(facts, catalogue),
    ServiceProvider: () => provider(base),
    OperationsMetadata: () => operations(catalogue, facts),
    Contents: () => contents(catalogue, facts),
  };
  return xmlDocument(
    xml(
      'Capabilities',
      {
        xmlns: 'http://www.opengis.net/wmts/1.0',
        'xmlns:ows': 'http://www.opengis.net/ows/1.1',
        'xmlns:xlink': 'http://www.w3.org/1999/xlink',
        'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
        'xsi:schemaLocation':
          'http://www.opengis.net/wmts/1.0 http://schemas.opengis.net/wmts/1.0/wmtsGetCapabilities_response.xsd',
        version: '1.0.0',
      },
      SECTIONS.filter((section) => sections.includes(section)).map((section) => content[section]()),
      xml('ServiceMetadataURL', { 'xlink:href': `${base}${CAPABILITIES_PATH}` }),
    ),
  );
}

export const KVP_PATH = '/wmts';
export const REST_PATH = '/wmts/1.0.0';
export const CAPABILITIES_PATH = `${REST_PATH}/WMTSCapabilities.xml`;

/** Credits of all layers, each once. */
function creditsOf({ layers }: Catalogue, { attribution }: ServiceFacts): string {
  return [...new Set(layers.map((layer) => plainText(attribution(layer))))].join(' | ');
}

function identification(facts: ServiceFacts, catalogue: Catalogue): Xml {
  return xml(
    'ows:ServiceIdentification',
    {},
    xml('ows:Title', {}, 'GeoCrop'),
    xml(
      'ows:Abstract',
      {},
      'Crop maps computed from Sentinel-2 where people look: classes, their confidence, and what they are made from.',
    ),
    xml(
      'ows:Keywords',
      {},
      ['crops', 'land cover', 'Sentinel-2'].map((word) => xml('ows:Keyword', {}, word)),
    ),
    xml('ows:ServiceType', {}, 'OGC WMTS'),
    xml('ows:ServiceTypeVersion', {}, '1.0.0'),
    xml('ows:Fees', {}, 'none'),
    xml('ows:AccessConstraints', {}, `Show the credits: ${creditsOf(catalogue, facts)}`),
  );
}

function provider(base: string): Xml {
  return xml(
    'ows:ServiceProvider',
    {},
    xml('ows:ProviderName', {}, 'GeoCrop'),
    xml('ows:ProviderSite', { 'xlink:href': `${base}/` }),
    xml('ows:ServiceContact'),
  );
}

function operations({ version }: Catalogue, { base, tileQuery }: ServiceFacts): Xml {
  const get = (href: string, encoding: 'KVP' | 'RESTful'): Xml =>
    xml(
      'ows:Get',
      { 'xlink:href': href },
      xml(
        'ows:Constraint',
        { name: 'GetEncoding' },
        xml('ows:AllowedValues', {}, xml('ows:Value', {}, encoding)),
      ),
    );
  const operation = (name: string, kvp: string, rest: string): Xml =>
    xml(
      'ows:Operation',
      { name },
      xml('ows:DCP', {}, xml('ows:HTTP', {}, get(kvp, 'KVP'), get(rest, 'RESTful'))),
    );
  return xml(
    'ows:OperationsMetadata',
    {},
    operation('GetCapabilities', `${base}${KVP_PATH}?`, `${base}${CAPABILITIES_PATH}`),
    operation('GetTile', `${base}${KVP_PATH}?v=${version}&${tileQuery}&`, `${base}${REST_PATH}/`),
    operation('GetFeatureInfo', `${base}${KVP_PATH}?`, `${base}${REST_PATH}/`),
  );
}

function contents(catalogue: Catalogue, facts: ServiceFacts): Xml {
  return xml(
    'Contents',
    {},
    catalogue.layers.map((layer) => layerXml(layer, catalogue, facts)),
    tileMatrixSetXml(),
  );
}

function layerXml(layer: WmtsLayer, { bounds, version }: Catalogue, facts: ServiceFacts): Xml {
  const { info, dimensions } = layer;
  const [west, south, east, north] = clampToMercator(bounds);
  const { href, width, height } = facts.legend(layer);
  const root = `${facts.base}${REST_PATH}/${info.name}/{Style}/${dimensions.map(({ name }) => `{${name}}`).join('/')}`;
  const tile = `${root}/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}`;
  return xml(
    'Layer',
    {},
    xml('ows:Title', {}, layerTitle(info)),
    xml('ows:Abstract', {}, `${ABOUT[info.kind]} ${plainText(facts.attribution(layer))}`),
    xml(
      'ows:WGS84BoundingBox',
      {},
      xml('ows:LowerCorner', {}, `${west} ${south}`),
      xml('ows:UpperCorner', {}, `${east} ${north}`),
    ),
    xml('ows:Identifier', {}, info.name),
    xml(
      'Style',
      { isDefault: 'true' },
      xml('ows:Title', {}, 'Default'),
      xml('ows:Identifier', {}, STYLE),
      xml('LegendURL', { format: 'image/png', 'xlink:href': href, width, height }),
    ),
    xml('Format', {}, TILE_FORMAT),
    INFO_FORMATS.map((format) => xml('InfoFormat', {}, format)),
    dimensions.map(({ name, title, values, fallback }) =>
      xml(
        'Dimension',
        {},
        xml('ows:Title', {}, title),
        xml('ows:Identifier', {}, name),
        xml('Default', {}, fallback),
        values.map((value) => xml('Value', {}, value)),
      ),
    ),
    tileMatrixSetLinkXml(bounds),
    xml('ResourceURL', {
      format: TILE_FORMAT,
      resourceType: 'tile',
      template: `${tile}.png?${layer.baseline ? '' : `v=${version}&`}${facts.tileQuery}`,
    }),
    INFO_FORMATS.map((format) =>
      xml('ResourceURL', {
        format,
        resourceType: 'FeatureInfo',
        template: `${tile}/{J}/{I}.${INFO_EXTENSIONS[format]}`,
      }),
    ),
  );
}

const ABOUT: Readonly<Record<WmtsLayer['info']['kind'], string>> = {
  classes: 'The class of each pixel.',
  percent: 'How sure the model is of the class shown, in percent. It is no accuracy.',
  count: 'Days of the season on which the pixel was clear.',
  rgb: 'The season’s median of red, green and blue.',
  feature: 'A number that the season’s series of the pixel is described by.',
};
