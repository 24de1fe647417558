import { sentenceCase } from '../legend/words.js';
import { xml } from '../xml.js';
import type { PixelInfo } from './feature-info.js';
import type { InfoFormat } from './request.js';

/** A pixel as GetFeatureInfo answers: GeoJSON, lines of text, or a table. @param title of the layer, for people */
export function infoDocument(
  info: PixelInfo,
  format: InfoFormat,
  {
    layer,
    title,
    attribution,
  }: { readonly layer: string; readonly title: string; readonly attribution: string },
): string {
  const { lon, lat, properties } = info;
  const lines = [
    ...Object.entries(properties).map(([name, value]) => [labelOf(name), String(value)] as const),
    ['Longitude, latitude', `${lon.toFixed(6)}, ${lat.toFixed(6)}`] as const,
  ];
  switch (format) {
    case 'application/geo+json':
    case 'application/json':
      return JSON.stringify({
        type: 'FeatureCollection',
        features: [
          { type: 'Feature', id: layer, geometry: { type: 'Point', coordinates: [lon, lat] }, properties },
        ],
        attribution,
      });
    case 'text/plain':
      return [title, ...lines.map(([name, value]) => `${name}: ${value}`), attribution, ''].join('\n');
    case 'text/html':
      return `<!doctype html>\n${
        xml(
          'html',
          { lang: 'en' },
          xml('head', {}, xml('meta', { charset: 'utf-8' }), xml('title', {}, title)),
          xml(
            'body',
            {},
            xml('h4', {}, title),
            xml(
              'table',
              {},
              lines.map(([name, value]) =>
                xml('tr', {}, xml('th', { align: 'left' }, name), xml('td', {}, value)),
              ),
            ),
            xml('small', {}, attribution),
          ),
        ).text
      }\n`;
  }
}

function labelOf(name: string): string {
  return sentenceCase(name.replace(/_percent$/, ' (%)').replace(/_id$/, ' id'));
}
