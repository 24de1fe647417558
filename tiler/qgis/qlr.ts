import type { Bounds } from '../../engine/geo/tile-matrix.js';
import { mercatorBounds } from '../wmts/tile-matrix-set.js';
import { legendTitle, plainText } from '../legend/words.js';
import type { Legend } from '../render/legend.js';
import type { Xml } from '../xml.js';
import { xml, xmlDocument } from '../xml.js';
import { renderingPipe } from './qml.js';
import { rasterRenderer } from './raster-renderer.js';

/** All that a layer definition says. */
export interface QgisLayer {
  readonly legend: Legend;
  /** `Summer 2021/22, model Ensemble`. */
  readonly subtitle: string;
  /** Address of the WMTS's capabilities, with a query that names this map: its legends are those of its defaults. */
  readonly capabilities: string;
  /** Dimension by name: which of the WMTS layer's maps. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** Description for GDAL of the tiles with the numbers; null: the layer is a picture. */
  readonly numbers: string | null;
  /** Degrees. */
  readonly bounds: Bounds;
  /** Where people read about it. */
  readonly home: string;
}

/** QGIS gives up after 60 seconds and asks again at once: less, so that what was made meanwhile is sent. */
export const QGIS_WAIT_SECONDS = 50;

/**
 * A QGIS layer definition, which opens by a double click: a group with the map as pictures, which come as they are computed and
 * answer Identify, and, hidden at first, its numbers with the classes by name.
 */
export function qlrDocument(layer: QgisLayer): string {
  const { legend, subtitle, numbers } = layer;
  const title = legendTitle(legend);
  const entries: readonly Entry[] = [
    {
      id: `geocrop_${legend.layer}_map`,
      name: title,
      provider: 'wms',
      source: wmtsSource(layer),
      shown: true,
      pipe: renderingPipe(
        xml(
          'rasterrenderer',
          { type: 'singlebandcolordata', band: 1, opacity: 1, alphaBand: -1, nodataColor: '' },
          xml('rasterTransparency'),
        ),
      ),
    },
    ...(numbers === null
      ? []
      : [
          {
            id: `geocrop_${legend.layer}_values`,
            name: `${title}, as numbers`,
            provider: 'gdal',
            source: numbers,
            shown: false,
            pipe: renderingPipe(rasterRenderer(legend)),
          } as const,
        ]),
  ];
  return xmlDocument(
    xml(
      'qlr',
      {},
      xml(
        'layer-tree-group',
        { name: '', expanded: 1, checked: 'Qt::Checked' },
        xml(
          'layer-tree-group',
          { name: `${title}, ${subtitle}`, expanded: 1, checked: 'Qt::Checked' },
          entries.map((entry) => treeLayer(entry, legend)),
        ),
      ),
      xml(
        'maplayers',
        {},
        entries.map((entry) => mapLayer(layer, entry)),
      ),
    ),
    '<!DOCTYPE qgis-layer-definition>',
  );
}

function treeLayer({ id, name, provider, source, shown }: Entry, { classes }: Legend): Xml {
  // Without the first entry, which is the band's name; a ramp is one entry.
  const nodes = Array.from({ length: classes?.length ?? 1 }, (_, at) => at + 1).join(',');
  return xml(
    'layer-tree-layer',
    {
      id,
      name,
      providerKey: provider,
      source,
      expanded: shown ? 1 : 0,
      checked: shown ? 'Qt::Checked' : 'Qt::Unchecked',
    },
    ...(provider === 'gdal' ? [properties({ 'legend/node-order': nodes })] : []),
  );
}

function properties(values: Readonly<Record<string, string>>): Xml {
  return xml(
    'customproperties',
    {},
    xml(
      'Option',
      { type: 'Map' },
      Object.entries(values).map(([name, value]) => xml('Option', { type: 'QString', name, value })),
    ),
  );
}

interface Entry {
  readonly id: string;
  readonly name: string;
  readonly provider: 'wms' | 'gdal';
  readonly source: string;
  readonly shown: boolean;
  readonly pipe: Xml;
}

/** QgsDataSourceUri's encoded form. */
function wmtsSource({ legend, capabilities, dimensions }: QgisLayer): string {
  const given = Object.entries(dimensions).map(([name, value]) => `${name}=${value}`);
  const parts: Readonly<Record<string, string>> = {
    contextualWMSLegend: '0',
    crs: 'EPSG:3857',
    dpiMode: '7',
    featureCount: '10',
    format: 'image/png',
    layers: legend.layer,
    styles: 'default',
    tileDimensions: given.join(';'),
    tileMatrixSet: 'WebMercatorQuad',
    url: capabilities,
  };
  // Not as forms write it: there a space is a plus.
  return Object.entries(parts)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
}

function mapLayer({ legend, bounds, home }: QgisLayer, { id, name, provider, source, pipe }: Entry): Xml {
  const [xmin, ymin, xmax, ymax] = mercatorBounds(bounds);
  const credits = plainText(legend.attribution);
  return xml(
    'maplayer',
    { type: 'raster', autoRefreshEnabled: 0, autoRefreshTime: 0, hasScaleBasedVisibilityFlag: 0 },
    xml(
      'extent',
      {},
      xml('xmin', {}, xmin),
      xml('ymin', {}, ymin),
      xml('xmax', {}, xmax),
      xml('ymax', {}, ymax),
    ),
    xml('id', {}, id),
    xml('datasource', {}, source),
    xml('layername', {}, name),
    xml('srs', {}, xml('spatialrefsys', {}, xml('authid', {}, 'EPSG:3857'))),
    xml(
      'resourceMetadata',
      {},
      xml('identifier', {}, home),
      xml('language', {}, 'en'),
      xml('type', {}, 'dataset'),
      xml('title', {}, name),
      xml('abstract', {}, `${name}, by GeoCrop: ${home}`),
      xml('rights', {}, credits),
      xml('crs', {}, xml('spatialrefsys', {}, xml('authid', {}, 'EPSG:3857'))),
    ),
    xml('provider', {}, provider),
    xml('attribution', { href: home }, credits),
    // Identify shows the class and its confidence as a table.
    properties({ 'identify/format': provider === 'wms' ? 'Html' : 'Value' }),
    pipe,
    xml('blendMode', {}, 0),
  );
}
