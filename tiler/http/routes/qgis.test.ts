import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testApp } from '../testing.js';

/** The WMTS of the layer of pictures, and the addresses in it. */
function capabilitiesIn(document: string): URL {
  const source = /<datasource>(contextualWMSLegend[^<]*)</.exec(document)?.[1] ?? '';
  return new URL(new URLSearchParams(source.replaceAll('&amp;', '&')).get('url') ?? '');
}

describe('/qgis/{layer}.qlr', () => {
  it('asks the WMTS for the map that it names, and draws pictures and numbers as it is told', async () => {
    const { get } = testApp();
    const response = await get('/qgis/ndvi_peak.qlr?year=2020&model=XGBoost&colormap=magma&rescale=0,1');
    assert.equal(response.headers.get('Content-Type'), 'application/x-qgis-layer-definition');
    const document = await response.text();
    const { pathname, searchParams } = capabilitiesIn(document);
    assert.equal(pathname, '/wmts/1.0.0/WMTSCapabilities.xml');
    assert.deepEqual(Object.fromEntries(searchParams), {
      season: 'summer',
      year: '2020',
      model: 'XGBoost',
      wait: '50',
      colormap: 'magma',
      rescale: '0,1',
    });
    assert.equal((await get(`${pathname}?${searchParams.toString()}`)).status, 200);
    assert.match(document, /classificationMin="0" classificationMax="1"/);
  });

  it('is 404 for what is no layer, 400 for what cannot be drawn', async () => {
    const { get } = testApp();
    for (const [path, status] of [
      ['/qgis/roads.qlr', 404],
      ['/qgis/classes', 404],
      ['/qgis/classes.qlr.qlr', 404],
      ['/qgis/classes.qlr?year=1066', 404],
      ['/qgis/dynamic_world.qlr', 404],
      ['/qgis/ndvi_peak.qlr?rescale=1,0', 400],
      ['/qgis/ndvi_peak.qlr?rescale=-1e308,1e308', 400],
    ] as const) {
      const response = await get(path);
      assert.equal(response.status, status, path);
      assert.equal(response.headers.get('Content-Type'), 'application/problem+json');
    }
  });
});
