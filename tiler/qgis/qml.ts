import type { Legend } from '../render/legend.js';
import type { Xml } from '../xml.js';
import { xml, xmlDocument } from '../xml.js';
import { rasterRenderer } from './raster-renderer.js';

/** The version whose files ours are like. */
export const QGIS_VERSION = '3.22.0';

/** A QGIS style for files with a layer's numbers: Layer → Properties → Style → Load Style. */
export function qmlDocument(legend: Legend): string {
  return xmlDocument(
    xml(
      'qgis',
      { version: QGIS_VERSION, styleCategories: 'Symbology' },
      renderingPipe(rasterRenderer(legend)),
    ),
    "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>",
  );
}

/** What a raster layer goes through; nothing is interpolated, since classes must not be. */
export function renderingPipe(renderer: Xml): Xml {
  return xml(
    'pipe',
    {},
    xml(
      'provider',
      {},
      xml('resampling', {
        enabled: 'false',
        maxOversampling: 2,
        zoomedInResamplingMethod: 'nearestNeighbour',
        zoomedOutResamplingMethod: 'nearestNeighbour',
      }),
    ),
    renderer,
    xml('brightnesscontrast', { brightness: 0, contrast: 0, gamma: 1 }),
    xml('huesaturation', { saturation: 0, grayscaleMode: 0, colorizeOn: 0 }),
    xml('rasterresampler', { maxOversampling: 2 }),
    xml('resamplingStage', {}, 'resamplingFilter'),
  );
}
