import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { GeoCropError } from '../../../engine/errors.js';
import type { BaselineTiles } from '../../tiles/baseline-tiles.js';
import { IMMUTABLE, SHORT } from '../caching.js';
import type { FakeTileService } from '../../tiles/testing.js';
import type { TestApp } from '../testing.js';
import { settle, testApp } from '../testing.js';

const TILE = 'summer/2021/Ensemble/WebMercatorQuad/14/9068/9557';
const KVP_TILE =
  'service=WMTS&request=GetTile&version=1.0.0&layer=classes&style=default&format=image/png' +
  '&tilematrixset=WebMercatorQuad&tilematrix=14&tilerow=9068&tilecol=9557';
const KVP_INFO = `${KVP_TILE.replace('GetTile', 'GetFeatureInfo')}&infoformat=application/json&i=5&j=7`;

const baselines: BaselineTiles = {
  years: async () =>
    [2019, 2020].map((year) => ({
      year,
      digest: `d${year}`,
      lastModified: new Date('2024-01-01T00:00:00Z'),
    })),
  tile: async (year, _tile, { scale = 1 } = {}) => ({
    data: new Uint8Array(65536 * scale * scale).fill(year - 2016),
    bands: 1,
    width: 256 * scale,
    height: 256 * scale,
    nodata: 255,
  }),
};

const bytesOf = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer());
const without = (query: string, name: string): string =>
  query
    .split('&')
    .filter((part) => !part.startsWith(`${name}=`))
    .join('&');

/** The version that stands in the addresses of the capabilities document. */
async function versionOf({ get }: TestApp): Promise<string> {
  const document = await (await get('/wmts/1.0.0/WMTSCapabilities.xml')).text();
  return /\?v=([0-9a-f]{8})&amp;/.exec(document)?.[1] ?? '';
}

async function exception(response: Response): Promise<{ code: string; locator: string; text: string }> {
  assert.equal(response.headers.get('Content-Type'), 'text/xml; charset=utf-8');
  assert.equal(response.headers.get('Cache-Control'), 'no-store');
  const body = await response.text();
  assert.match(body, /<ows:ExceptionReport xmlns:ows="http:\/\/www.opengis.net\/ows\/1.1" version="1.1.0"/);
  return {
    code: /exceptionCode="(\w+)"/.exec(body)?.[1] ?? '',
    locator: /locator="([^"]*)"/.exec(body)?.[1] ?? '',
    text: body,
  };
}

describe('WMTS capabilities', () => {
  it('are the same by KVP and REST, with names of parameters in any case', async () => {
    const { get } = testApp();
    const rest = await (await get('http://maps.example/wmts/1.0.0/WMTSCapabilities.xml')).text();
    const kvp = await get(
      'http://maps.example/wmts?sErViCe=WMTS&Request=GetCapabilities&ACCEPTVERSIONS=2.0.0,1.0.0',
    );
    assert.equal(kvp.headers.get('Content-Type'), 'text/xml; charset=utf-8');
    assert.equal(kvp.headers.get('Cache-Control'), SHORT);
    assert.equal(await kvp.text(), rest);
  });

  it('have a layer for each product, with its dimensions and their defaults', async () => {
    const { get } = testApp({}, { baselines });
    const document = await (await get('/wmts/1.0.0/WMTSCapabilities.xml')).text();
    const layers = document.split('<Layer>').slice(1);
    const names = layers.map((layer) => /<ows:Identifier>(\w+)</.exec(layer)?.[1]);
    assert.deepEqual(names, [
      'classes',
      'confidence',
      'observations',
      'truecolor',
      'ndvi_peak',
      'dynamic_world',
    ]);
    const dimensions = (layer: string): string[][] =>
      layer
        .split('<Dimension>')
        .slice(1)
        .map((part) => [
          /<ows:Identifier>(\w+)</.exec(part)?.[1] ?? '',
          /<Default>(\w+)</.exec(part)?.[1] ?? '',
          ...[...part.matchAll(/<Value>(\w+)</g)].map((match) => match[1] ?? ''),
        ]);
    assert.deepEqual(dimensions(layers[0] ?? ''), [
      ['season', 'summer', 'summer', 'winter'],
      ['year', '2021', '2020', '2021'],
      ['model', 'Ensemble', 'Ensemble', 'XGBoost'],
    ]);
    assert.deepEqual(dimensions(layers.at(-1) ?? ''), [['year', '2020', '2019', '2020']]);
    for (const layer of layers)
      assert.match(layer, /<LegendURL format="image\/png" xlink:href="[^"]+" width="\d+" height="\d+"\/>/);
  });

  it('say the credits, of maps and of Dynamic World', async () => {
    const { get } = testApp({}, { baselines });
    const document = await (await get('/wmts/1.0.0/WMTSCapabilities.xml')).text();
    const constraints = /<ows:AccessConstraints>([^<]*)</.exec(document)?.[1] ?? '';
    assert.match(constraints, /Contains modified Copernicus Sentinel data/);
    assert.match(constraints, /Dynamic World Project/);
  });

  it('say the public address, and how long to wait', async () => {
    const { get } = testApp({}, { config: { publicUrl: 'https://crops.example/maps' } });
    const document = await (await get('/wmts/1.0.0/WMTSCapabilities.xml?wait=20')).text();
    assert.match(
      document,
      /template="https:\/\/crops\.example\/maps\/wmts\/1\.0\.0\/classes\/[^"]*&amp;wait=20"/,
    );
    assert.doesNotMatch(document, /localhost/);
  });

  it('have the defaults that are asked for, and the legends of those', async () => {
    const app = testApp();
    const asked = await (await app.get('/wmts/1.0.0/WMTSCapabilities.xml?year=2020&model=XGBoost')).text();
    assert.match(asked, /<Default>2020<[^]*<Default>XGBoost</);
    assert.match(
      asked,
      /legend\.png\?layer=classes&amp;season=summer&amp;year=2020&amp;model=XGBoost&amp;title=0/,
    );
    assert.ok(asked.includes(`?v=${await versionOf(app)}&amp;`));
    const wrong = await app.get('/wmts?service=WMTS&request=GetCapabilities&year=1999');
    assert.equal(wrong.status, 400);
    assert.equal((await exception(wrong)).locator, 'year');
  });

  it('say how layers of numbers are drawn, in the addresses of tiles and legends', async () => {
    const { get } = testApp();
    const style = 'colormap=magma&rescale=0%2C1';
    const document = await (await get(`/wmts/1.0.0/WMTSCapabilities.xml?${style}`)).text();
    const told = document.replaceAll('&amp;', '&');
    assert.match(told, /template="[^"]*\/ndvi_peak\/[^"]*&wait=50&colormap=magma&rescale=0%2C1"/);
    assert.match(told, /legend\.png\?layer=ndvi_peak&[^"]*&colormap=magma&rescale=0%2C1&title=0"/);
    const wrong = await get('/wmts/1.0.0/WMTSCapabilities.xml?colormap=pretty');
    assert.equal((await exception(wrong)).locator, 'colormap');
  });

  it('have the sections that are asked for', async () => {
    const { get } = testApp();
    const document = await (
      await get('/wmts?service=WMTS&request=GetCapabilities&sections=ServiceProvider')
    ).text();
    assert.match(document, /<ows:ServiceProvider>/);
    assert.doesNotMatch(document, /<Contents>|<ows:OperationsMetadata>/);
  });

  it('are compressed for who takes that, and answered with 304', async () => {
    const { get } = testApp();
    const plain = await get('/wmts/1.0.0/WMTSCapabilities.xml');
    const zipped = await get('/wmts/1.0.0/WMTSCapabilities.xml', { 'Accept-Encoding': 'gzip' });
    assert.equal(zipped.headers.get('Content-Encoding'), 'gzip');
    assert.equal(gunzipSync(await bytesOf(zipped)).toString(), await plain.text());
    const etag = zipped.headers.get('ETag') ?? '';
    assert.notEqual(etag, plain.headers.get('ETag'));
    const again = await get('/wmts/1.0.0/WMTSCapabilities.xml', {
      'Accept-Encoding': 'gzip',
      'If-None-Match': etag,
    });
    assert.equal(again.status, 304);
  });

  it('are without maps where no season has scenes', async () => {
    const app = testApp({}, { baselines });
    app.service.resolveMap = () => {
      throw new GeoCropError('unknown-year', 'There is none.');
    };
    const document = await (await app.get('/wmts/1.0.0/WMTSCapabilities.xml')).text();
    assert.equal(document.split('<Layer>').length, 2);
  });
});

describe('WMTS tiles', () => {
  it('are those of the tile route: bytes, tags and states', async () => {
    const { get, service } = testApp();
    const tile = await get('/tiles/14/9557/9068.png?season=summer&year=2021&model=Ensemble');
    const rest = await get(`/wmts/1.0.0/classes/default/${TILE}.png`);
    const kvp = await get(
      `/wmts?${KVP_TILE.toUpperCase().replace('CLASSES', 'classes').replace('DEFAULT', 'default').replace('IMAGE/PNG', 'image/png').replace('WEBMERCATORQUAD', 'WebMercatorQuad')}`,
    );
    const expected = await bytesOf(tile);
    for (const answer of [rest, kvp]) {
      assert.equal(answer.status, 200);
      assert.deepEqual(await bytesOf(answer), expected);
      for (const header of ['ETag', 'Content-Type', 'Last-Modified', 'X-GeoCrop-Tile', 'Cache-Control']) {
        assert.equal(answer.headers.get(header), tile.headers.get(header), header);
      }
      assert.equal(answer.headers.get('X-GeoCrop-Cache'), 'memory');
    }
    assert.equal(service.calls.values.length, 1);
    const etag = tile.headers.get('ETag') ?? '';
    const unchanged = await get(`/wmts/1.0.0/classes/default/${TILE}.png`, { 'If-None-Match': etag });
    assert.equal(unchanged.status, 304);
  });

  it('have row before column', async () => {
    const { get, service } = testApp();
    await get('/wmts/1.0.0/classes/default/summer/2021/Ensemble/WebMercatorQuad/14/9068/9557.png');
    assert.deepEqual(service.calls.values[0]?.tile, { z: 14, x: 9557, y: 9068 });
  });

  it('take dimensions, and their defaults', async () => {
    const { get } = testApp();
    const bytes = async (path: string): Promise<Buffer> => bytesOf(await get(path));
    const byDefault = await get(
      `/wmts/1.0.0/classes/default/default/default/default/GoogleMapsCompatible/14/9068/9557.png`,
    );
    const named = await get(`/wmts/1.0.0/classes/default/${TILE}.png`);
    assert.equal(byDefault.headers.get('ETag'), named.headers.get('ETag'));
    const other = await get(`/wmts?${KVP_TILE}&YEAR=2020`);
    assert.notEqual(other.headers.get('ETag'), named.headers.get('ETag'));
    assert.deepEqual(
      await bytes(`/wmts?${without(KVP_TILE, 'layer')}&layer=ndvi_peak&Model=XGBoost`),
      await bytes('/tiles/14/9557/9068?layer=ndvi_peak&model=XGBoost'),
    );
  });

  it('are kept for a year under the version that the capabilities name, for any map of theirs', async () => {
    const app = testApp();
    const version = await versionOf(app);
    for (const [path, lifetime] of [
      [`/wmts/1.0.0/classes/default/${TILE}.png?v=${version}&wait=50`, IMMUTABLE],
      [
        `/wmts/1.0.0/classes/default/winter/2020/XGBoost/WebMercatorQuad/14/9068/9557.png?v=${version}`,
        IMMUTABLE,
      ],
      [`/wmts?v=${version}&wait=50&${KVP_TILE}`, IMMUTABLE],
      [`/wmts/1.0.0/classes/default/${TILE}.png?v=00000000`, SHORT],
      [`/wmts/1.0.0/classes/default/${TILE}.png`, SHORT],
    ] as const) {
      assert.equal((await app.get(path)).headers.get('Cache-Control'), lifetime, path);
    }
  });

  it('have another version when any map changes, or another is the default', async () => {
    const app = testApp();
    const before = await versionOf(app);
    const version = app.service.version.bind(app.service);
    const resolveMap = app.service.resolveMap.bind(app.service);
    app.service.version = (map) => (map.year === 2020 ? 'ffffffff' : version(map));
    const changed = await versionOf(app);
    app.service.version = version;
    app.service.resolveMap = (asked) => resolveMap({ year: 2020, ...asked });
    const moved = await versionOf(app);
    assert.equal(new Set([before, changed, moved]).size, 3);
  });

  it('wait as long as their address says, then ask to come again', async () => {
    const { get, clock } = testApp({ gate: new Promise(() => {}), error: null });
    const answer = get(`/wmts/1.0.0/classes/default/${TILE}.png?wait=nonsense`);
    assert.equal((await exception(await answer)).locator, 'wait');
    const app = testApp({ error: new GeoCropError('not-ready', 'Still being computed.') });
    const refused = await app.get(`/wmts/1.0.0/classes/default/${TILE}.png?wait=5`);
    assert.equal(refused.status, 503);
    assert.equal(refused.headers.get('Retry-After'), '3');
    assert.equal((await exception(refused)).code, 'NoApplicableCode');
    assert.equal(app.service.calls.values[0]?.wish.waitMs, 5000);
    await settle();
    clock.advance(0);
  });

  it('show Dynamic World', async () => {
    const { get } = testApp({}, { baselines });
    const tile = await get('/baselines/dw/2019/tiles/14/9557/9068.png');
    const rest = await get('/wmts/1.0.0/dynamic_world/default/2019/WebMercatorQuad/14/9068/9557.png');
    const kvp = await get(`/wmts?${without(KVP_TILE, 'layer')}&layer=dynamic_world&year=2019`);
    for (const answer of [rest, kvp]) assert.equal(answer.headers.get('ETag'), tile.headers.get('ETag'));
    assert.deepEqual(await bytesOf(rest), await bytesOf(tile));
    const latest = await get(`/wmts?${without(KVP_TILE, 'layer')}&layer=dynamic_world`);
    assert.notEqual(latest.headers.get('ETag'), tile.headers.get('ETag'));
  });
});

/** What is archived needs no computing; the map in memory refuses where it may not. */
function archived(service: FakeTileService): void {
  const values = service.values.bind(service);
  service.values = (map, layer, tile, wish) => values(map, layer, tile, { ...wish, mayCompute: true });
}

describe('WMTS feature info', () => {
  const properties = async (response: Response): Promise<Record<string, unknown>> => {
    const { features } = (await response.json()) as { features: { properties: Record<string, unknown> }[] };
    return features[0]?.properties ?? {};
  };

  it('is class, id and confidence of the pixel, which the numbers have too', async () => {
    const { get, service } = testApp();
    archived(service);
    const response = await get(`/wmts?${KVP_INFO}`);
    assert.equal(response.status, 200);
    const found = await properties(response);
    const at = async (layer: string): Promise<number> =>
      (await bytesOf(await get(`/tiles/14/9557/9068.npy?layer=${layer}`))).at(7 * 256 + 5 - 65536) ?? NaN;
    const id = await at('classes');
    assert.deepEqual(found, {
      class: ['Maize', 'Tobacco', 'Water'][id],
      class_id: id,
      confidence_percent: await at('confidence'),
      season: 'summer',
      year: 2021,
      model: 'Ensemble',
      state: 'final',
    });
    assert.ok(service.calls.values.length > 0);
  });

  it('comes as GeoJSON, text and HTML, by KVP and REST', async () => {
    const { get, service } = testApp();
    archived(service);
    for (const [extension, format] of [
      ['json', 'application/geo+json'],
      ['txt', 'text/plain'],
      ['html', 'text/html'],
    ]) {
      const rest = await get(`/wmts/1.0.0/classes/default/${TILE}/7/5.${extension}`);
      const kvp = await get(`/wmts?${without(KVP_INFO, 'infoformat')}&infoformat=${format}`);
      assert.ok(rest.headers.get('Content-Type')?.startsWith(format ?? ''), format);
      const body = await rest.text();
      assert.equal(kvp.headers.get('Content-Type'), rest.headers.get('Content-Type'));
      assert.equal(await kvp.text(), body);
      assert.match(body, /Contains modified Copernicus Sentinel data/);
      assert.match(body, /Maize|Tobacco|Water/);
    }
  });

  it('computes nothing unless it is told to wait, and says so', async () => {
    const { get, service } = testApp();
    const response = await get(`/wmts?${KVP_INFO}`);
    assert.equal(response.headers.get('Cache-Control'), 'no-store');
    const found = await properties(response);
    assert.equal(found['state'], 'not-computed');
    assert.match(String(found['message']), /wait=50/);
    assert.equal(service.calls.values[0]?.wish.mayCompute, false);
    const waited = await get(`/wmts?${KVP_INFO}&wait=50`);
    assert.equal((await properties(waited))['state'], 'final');
    assert.equal(service.calls.values[1]?.wish.waitMs, 50_000);
  });

  it('computes only for who may, as tiles do', async () => {
    const { get, service } = testApp({}, { config: { compute: 'key', computeKey: 'secret' } });
    const refused = await get(`/wmts?${KVP_INFO}&wait=50`);
    assert.equal(refused.status, 503);
    assert.match((await exception(refused)).text, /not-computed/);
    assert.equal(service.calls.values[0]?.wish.mayCompute, false);
    const allowed = await get(`/wmts?${KVP_INFO}&wait=50`, { 'X-GeoCrop-Key': 'secret' });
    assert.equal((await properties(allowed))['state'], 'final');
    assert.equal(service.calls.values[1]?.wish.mayCompute, true);
  });

  it('says that there is nothing where there is no value', async () => {
    const { get } = testApp();
    const response = await get(`/wmts?${without(without(KVP_INFO, 'i'), 'j')}&i=0&j=0&wait=50`);
    const found = await properties(response);
    assert.match(String(found['message']), /No value here/);
    assert.equal('class' in found, false);
  });

  it('knows Dynamic World', async () => {
    const { get } = testApp({}, { baselines });
    const found = await properties(
      await get('/wmts/1.0.0/dynamic_world/default/2020/WebMercatorQuad/14/9068/9557/7/5.json'),
    );
    assert.deepEqual(found, { class: 'Crops', class_id: 4, year: 2020 });
  });
});

describe('what is wrong with a WMTS request', () => {
  const wrong: readonly (readonly [string, number, string, string])[] = [
    ['', 400, 'MissingParameterValue', 'service'],
    ['service=WFS&request=GetCapabilities', 400, 'InvalidParameterValue', 'service'],
    ['service=WMTS', 400, 'MissingParameterValue', 'request'],
    ['service=WMTS&request=GetMap', 501, 'OperationNotSupported', 'GetMap'],
    ['service=WMTS&request=GetCapabilities&acceptversions=0.9.0', 400, 'VersionNegotiationFailed', ''],
    [without(KVP_TILE, 'version'), 400, 'MissingParameterValue', 'version'],
    [KVP_TILE.replace('1.0.0', '2.0.0'), 400, 'InvalidParameterValue', 'version'],
    [without(KVP_TILE, 'layer'), 400, 'MissingParameterValue', 'layer'],
    [KVP_TILE.replace('layer=classes', 'layer=roads'), 400, 'InvalidParameterValue', 'layer'],
    [without(KVP_TILE, 'style'), 400, 'MissingParameterValue', 'style'],
    [KVP_TILE.replace('style=default', 'style=pretty'), 400, 'InvalidParameterValue', 'style'],
    [KVP_TILE.replace('image/png', 'image/gif'), 400, 'InvalidParameterValue', 'format'],
    [KVP_TILE.replace('WebMercatorQuad', 'WorldCRS84Quad'), 400, 'InvalidParameterValue', 'tilematrixset'],
    [KVP_TILE.replace('tilematrix=14', 'tilematrix=19'), 400, 'InvalidParameterValue', 'tilematrix'],
    [KVP_TILE.replace('tilerow=9068', 'tilerow=16384'), 400, 'TileOutOfRange', 'tilerow'],
    [KVP_TILE.replace('tilecol=9557', 'tilecol=-1'), 400, 'TileOutOfRange', 'tilecol'],
    [KVP_TILE.replace('tilecol=9557', 'tilecol=x'), 400, 'InvalidParameterValue', 'tilecol'],
    [`${KVP_TILE}&year=1999`, 400, 'InvalidParameterValue', 'year'],
    [`${KVP_TILE}&model=Nobody`, 400, 'InvalidParameterValue', 'model'],
    [`${KVP_TILE}&season=spring`, 400, 'InvalidParameterValue', 'season'],
    [`${KVP_TILE}&rescale=2,1`, 400, 'InvalidParameterValue', 'rescale'],
    [KVP_INFO.replace('i=5', 'i=256'), 400, 'PointIJOutOfRange', 'i'],
    [KVP_INFO.replace('j=7', 'j=-1'), 400, 'PointIJOutOfRange', 'j'],
    [KVP_INFO.replace('application/json', 'application/gml'), 400, 'InvalidParameterValue', 'infoformat'],
  ];

  for (const [query, status, code, locator] of wrong) {
    it(`is told as ${code} ${locator}: ${query.slice(0, 60)}`, async () => {
      const { get } = testApp();
      const response = await get(`/wmts?${query}`);
      assert.equal(response.status, status);
      const told = await exception(response);
      assert.deepEqual([told.code, told.locator], [code, locator]);
    });
  }

  it('is 404 where an address names what is not there, 400 outside the matrix', async () => {
    const { get } = testApp();
    for (const [path, status] of [
      ['classes/default/summer/1999/Ensemble/WebMercatorQuad/14/9068/9557.png', 404],
      ['roads/default/summer/2021/Ensemble/WebMercatorQuad/14/9068/9557.png', 404],
      ['classes/default/summer/2021/Ensemble/WebMercatorQuad/14/9068/9557.gif', 404],
      ['classes/default/summer/2021/Ensemble/WebMercatorQuad/14/9068/16384.png', 400],
      ['dynamic_world/default/2020/WebMercatorQuad/14/9068/9557.png', 404],
      ['anything', 404],
    ] as const) {
      const response = await get(`/wmts/1.0.0/${path}`);
      assert.equal(response.status, status, path);
      await exception(response);
    }
  });

  it('has the status of the problem table, and a line in the log, where the server failed', async () => {
    const { get, lines } = testApp({ error: new GeoCropError('store-unavailable', 'secret host') });
    const response = await get(`/wmts/1.0.0/classes/default/${TILE}.png`);
    assert.equal(response.status, 503);
    const { text } = await exception(response);
    assert.doesNotMatch(text, /secret/);
    assert.equal(lines.at(-1)?.['code'], 'store-unavailable');
    assert.equal(lines.at(-1)?.['message'], 'secret host');
  });
});
