import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { inTemporaryFolder, pythonWith } from '../../../engine/encode/gdal-oracle.js';
import { tileLimits } from '../../wmts/tile-matrix-set.js';
import { LOOK, runClient, startClientServer, type ClientServer } from './client-server.js';

/** Both, since the OWSLib that comes with QGIS may be too old to know dimensions. */
const MODULES = 'owslib.wmts, mapproxy.test, lxml.etree';
const skip =
  pythonWith(MODULES) === null
    ? 'needs OWSLib and MapProxy: pip install -r engine/training/requirements-oracles.txt'
    : false;

interface OwsView {
  readonly type: string;
  readonly version: string;
  readonly fees: string;
  readonly access: string;
  readonly provider: string;
  readonly operations: readonly string[];
  readonly crs: string;
  readonly scales: readonly number[];
  readonly layers: Readonly<Record<string, OwsLayer>>;
  readonly kvp: string;
  readonly other: string;
  readonly rest: string;
  readonly infos: Readonly<Record<string, string>>;
}
interface OwsLayer {
  readonly formats: readonly string[];
  readonly infoformats: readonly string[];
  readonly bounds: readonly number[];
  /** The default, then all values. */
  readonly dimensions: Readonly<Record<string, readonly string[]>>;
  readonly styles: Readonly<
    Record<string, { readonly legend: string; readonly width: string; readonly height: string }>
  >;
  readonly limits: Readonly<Record<string, readonly [number, number, number, number]>>;
}

describe('OWSLib', { skip }, () => {
  let server: ClientServer;
  let view: OwsView;
  const tile = async (query: string): Promise<string> => {
    const { z, x, y } = LOOK;
    const response = await fetch(`${server.url}/tiles/${z}/${x}/${y}.png?${query}`);
    return Buffer.from(await response.arrayBuffer()).toString('base64');
  };

  before(async () => {
    server = await startClientServer();
    const { z, x, y } = LOOK;
    view = await runClient(MODULES, 'owslib_client.py', [
      `${server.url}/wmts`,
      ...[z, y, x, 5, 7].map(String),
    ]);
  });
  after(() => server.stop());

  test('knows the service, its operations and its credits', () => {
    assert.deepEqual(
      [view.type, view.version, view.provider, view.fees],
      ['OGC WMTS', '1.0.0', 'GeoCrop', 'none'],
    );
    assert.match(view.access, /Contains modified Copernicus Sentinel data/);
    assert.deepEqual(view.operations, ['GetCapabilities', 'GetTile', 'GetFeatureInfo']);
  });

  test('has a layer for each product with its dimensions, and Dynamic World', () => {
    const { service } = server;
    const products = service.layers(service.resolveMap({})).map(({ name }) => name);
    assert.deepEqual(Object.keys(view.layers), [...products, 'dynamic_world']);
    for (const name of products) {
      assert.deepEqual(view.layers[name]?.dimensions, {
        season: ['summer', 'summer', 'winter'],
        year: ['2021', '2020', '2021'],
        model: ['Ensemble', 'Ensemble', 'XGBoost'],
      });
      assert.deepEqual(view.layers[name]?.bounds, service.bounds());
    }
    assert.deepEqual(view.layers['dynamic_world']?.dimensions, { year: ['2020', '2019', '2020'] });
  });

  test('knows the scales of GoogleMapsCompatible, and where there are tiles', () => {
    assert.equal(view.crs, 'urn:ogc:def:crs:EPSG::3857');
    // OGC 07-057r7, table E.4: its first and its last.
    assert.equal(view.scales.length, 19);
    assert.ok(Math.abs((view.scales[0] ?? 0) - 559082264.0287178) < 1e-6);
    assert.ok(Math.abs((view.scales[18] ?? 0) - 2132.729583849784) < 1e-9);
    for (const { z, left, top, right, bottom } of tileLimits(server.service.bounds()).slice(1)) {
      assert.deepEqual(view.layers['classes']?.limits[z], [left, top, right, bottom]);
    }
  });

  test('finds legends of the size that is told', async () => {
    for (const { styles } of Object.values(view.layers)) {
      const { legend = '', width, height } = styles['default'] ?? {};
      const png = Buffer.from(await (await fetch(legend)).arrayBuffer());
      assert.deepEqual([String(png.readUInt32BE(16)), String(png.readUInt32BE(20))], [width, height], legend);
    }
  });

  test('gets the tiles of the tile route, by KVP and by address, of any year and season', async () => {
    const expected = await tile('layer=classes');
    assert.equal(view.kvp, expected);
    assert.equal(view.rest, expected);
    assert.equal(view.other, await tile('layer=classes&year=2020&season=winter'));
  });

  test('gets what a pixel is, in every format that is told', () => {
    assert.deepEqual(Object.keys(view.infos), ['text/html', 'text/plain', 'application/geo+json']);
    for (const [format, body] of Object.entries(view.infos)) {
      assert.match(body, /not-computed/, format);
      assert.match(body, /Contains modified Copernicus Sentinel data/, format);
    }
  });
});

describe('OGC schemas', { skip }, () => {
  test('accept capabilities and exceptions', async () => {
    const server = await startClientServer();
    try {
      await inTemporaryFolder(async (folder) => {
        const files = await Promise.all(
          Object.entries({
            'rest.xml': '/wmts/1.0.0/WMTSCapabilities.xml',
            'kvp.xml': '/wmts?service=WMTS&request=GetCapabilities',
            'one-section.xml': '/wmts?service=WMTS&request=GetCapabilities&sections=OperationsMetadata',
            'missing.xml': '/wmts?service=WMTS',
            'unknown.xml': '/wmts?service=WMTS&request=GetMap',
            'range.xml': '/wmts/1.0.0/classes/default/default/default/default/WebMercatorQuad/1/9/0.png',
          }).map(async ([name, path]) => {
            const file = join(folder, name);
            writeFileSync(file, await (await fetch(`${server.url}${path}`)).text());
            return file;
          }),
        );
        const errors = await runClient<Record<string, string[]>>(MODULES, 'schema_client.py', files);
        assert.equal(Object.keys(errors).length, files.length);
        for (const [name, found] of Object.entries(errors)) assert.deepEqual(found, [], name);
      });
    } finally {
      await server.stop();
    }
  });
});
