import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REVALIDATE, SHORT } from '../../http/caching.js';
import { describeEdge, edgeStage } from './edge-stage.js';
import { TAG, tile } from './scripted-upstream.js';

/** Bytes that tell where they were. */
const BYTES = Buffer.from(Array.from({ length: 70_000 }, (_, i) => i % 251));

describeEdge('the edge keeps', () => {
  const stage = edgeStage();

  test('one entry for a tile, however its address is written', async () => {
    const { upstream, get } = stage;
    const query = 'layer=ndvi_peak&year=2021&season=summer&model=Ensemble&rescale=0,1&v=0123abcd';
    const first = await get(`/tiles/14/1/1.png?${query}`);
    assert.equal(first.cache, 'MISS');
    const ways = [
      `/tiles/14/1/1?${query}`,
      `/tiles/14/1/1@1x.png?${query}`,
      `/tiles/14/1/1.png?${query.split('&').reverse().join('&')}`,
      `/tiles/14/1/1.png?${query.replace(',', '%2C')}`,
      `/tiles/14/1/1.png?utm_source=x&${query}&_=1700000000`,
      `/tiles/14/1/1.png?${query}&colormap=&wait=50`,
      `/tiles/14/1/1.png?wait=0&${query}&pending=tile`,
      `/tiles/14/1/%31.png?${query}`,
      `//tiles/14/1/1.png?${query}&year=1999`,
    ];
    for (const way of ways) {
      const answer = await get(way);
      assert.equal(answer.cache, 'HIT', way);
      assert.deepEqual(answer.body, first.body);
    }
    assert.equal(upstream.came.length, 1);
  });

  test('the default layer is the same named or not', async () => {
    await stage.get('/tiles/14/1/2?layer=classes');
    assert.equal((await stage.get('/tiles/14/1/2')).cache, 'HIT');
    assert.equal((await stage.get('/tiles/14/1/2?layer=')).cache, 'HIT');
  });

  test('another entry for each thing that decides the bytes', async () => {
    const { upstream, get } = stage;
    upstream.script = (response, came) => tile({ body: came.url })(response, came);
    const ways = [
      '/tiles/14/1/3',
      '/tiles/14/1/3@2x',
      '/tiles/14/1/3.tif',
      '/tiles/14/1/3@2x.npy',
      '/tiles/14/1/3?year=2020',
      '/tiles/14/1/3?year=2021',
      '/tiles/14/1/3?season=winter',
      '/tiles/14/1/3?model=Other',
      '/tiles/14/1/3?layer=ndvi_peak',
      '/tiles/14/1/3?layer=CLASSES',
      '/tiles/14/1/3?layer=ndvi_peak&colormap=magma',
      '/tiles/14/1/3?layer=ndvi_peak&rescale=0,1',
      '/tiles/14/1/3?v=01234567',
      '/baselines/dw/2021/tiles/14/1/3',
    ];
    const bodies = [];
    for (const way of ways) {
      const answer = await get(way);
      assert.equal(answer.cache, 'MISS', way);
      bodies.push(answer.body.toString());
    }
    assert.equal(new Set(bodies).size, ways.length);
  });

  test('what it asked for: a name spelled otherwise cannot put another map under an address', async () => {
    const { upstream, get } = stage;
    upstream.script = (response, came) => tile({ body: came.url })(response, came);
    const odd = await get('/tiles/14/1/4?YEAR=1999');
    const asked = new URL(odd.body.toString(), 'http://edge.example');
    assert.equal(asked.searchParams.get('year'), '1999');
    const plain = await get('/tiles/14/1/4');
    assert.equal(plain.cache, 'MISS');
    assert.equal(new URL(plain.body.toString(), 'http://edge.example').searchParams.get('year'), null);
    // nginx knows no encoded names, so the server does not hear of them either.
    const encoded = await get('/tiles/14/1/4?ye%61r=1999');
    assert.equal(encoded.cache, 'HIT');
    assert.deepEqual(encoded.body, plain.body);
    const split = await get('/tiles/14/1/4?model=a%26year=1999');
    assert.equal(
      new URL(split.body.toString(), 'http://edge.example').searchParams.get('model'),
      'a&year=1999',
    );
  });

  test('a tile’s bytes whatever the host; an address book by host', async () => {
    const { upstream, get } = stage;
    upstream.script = tile({ cacheControl: SHORT });
    for (const [path, kept] of [
      ['/tiles/14/1/5', 'HIT'],
      ['/tilejson.json', 'MISS'],
      ['/legend.json', 'MISS'],
    ] as const) {
      await get(path, { headers: { Host: 'maps.example' } });
      assert.equal((await get(path, { headers: { Host: 'evil.example' } })).cache, kept, path);
      assert.equal((await get(path, { headers: { Host: 'maps.example' } })).cache, 'HIT', path);
    }
  });

  test('tiles by WMTS as those by XYZ: one entry however the query is written, another for each map', async () => {
    const { upstream, get } = stage;
    upstream.script = (response, came) => tile({ body: came.url })(response, came);
    const path = (model: string): string =>
      `/wmts/1.0.0/ndvi_peak/default/summer/2021/${model}/WebMercatorQuad/14/9068/1.png`;
    const query = 'v=0123abcd&wait=50&colormap=magma&rescale=0,1';
    const first = await get(`${path('E')}?${query}`);
    assert.equal(first.cache, 'MISS');
    assert.ok(upstream.came[0]?.url.startsWith(`${path('E')}?`));
    const asked = new URL(upstream.came[0]?.url ?? '', 'http://edge.example').searchParams;
    assert.equal(asked.get('wait'), '50');
    for (const way of [query.split('&').reverse().join('&'), `${query.replace('wait=50', 'wait=0')}&_=1`]) {
      const answer = await get(`${path('E')}?${way}`, { headers: { Host: 'other.example' } });
      assert.equal(answer.cache, 'HIT', way);
      assert.deepEqual(answer.body, first.body);
    }
    for (const other of [path('F'), `${path('E')}?v=0123abce`, `${path('E')}?colormap=blues`]) {
      assert.equal((await get(other)).cache, 'MISS', other);
    }
  });

  test('one entry for HEAD and GET, whichever comes first', async () => {
    const { upstream, get } = stage;
    for (const [path, methods] of [
      ['/tiles/14/1/6', ['HEAD', 'GET', 'HEAD']],
      ['/tiles/14/1/7', ['GET', 'HEAD', 'GET']],
    ] as const) {
      upstream.forget();
      for (const [at, method] of methods.entries()) {
        const answer = await get(path, { method });
        assert.equal(answer.status, 200);
        assert.equal(answer.cache, at === 0 ? 'MISS' : 'HIT', `${path} ${method}`);
        assert.equal(answer.headers['content-length'], '4');
        assert.equal(answer.headers['etag'], TAG);
        assert.equal(answer.body.toString(), method === 'GET' ? 'tile' : '');
      }
      assert.deepEqual(
        upstream.came.map(({ method }) => method),
        ['GET'],
      );
    }
  });

  test('304 for who has it, from what is kept and from what is not', async () => {
    const { upstream, get } = stage;
    for (const cache of ['MISS', 'HIT']) {
      for (const asked of [TAG, `W/${TAG}`, `"other", ${TAG}`]) {
        const path = `/tiles/14/1/8?v=${cache === 'MISS' ? Buffer.from(asked).toString('hex').slice(0, 8) : '00000000'}`;
        if (cache === 'HIT') await get(path);
        const answer = await get(path, { headers: { 'If-None-Match': asked } });
        assert.equal(answer.status, 304, `${cache} ${asked}`);
        assert.equal(answer.cache, cache);
        assert.equal(answer.headers['etag'], TAG);
        assert.equal(answer.body.length, 0);
      }
    }
    assert.equal(
      (await get('/tiles/14/1/8?v=00000000', { headers: { 'If-None-Match': '"other"' } })).status,
      200,
    );
    // The server is always asked for the whole: half an entry is none.
    assert.ok(upstream.came.every(({ headers }) => headers['if-none-match'] === undefined));
  });

  test('whole tiles, and sends the parts that are asked for', async () => {
    const { upstream, get } = stage;
    upstream.script = tile({ body: BYTES, headers: { 'Content-Type': 'image/tiff' } });
    const part = async (path: string, range: string) => get(path, { headers: { Range: range } });
    const cold = await part('/tiles/14/1/9.tif', 'bytes=100-199');
    assert.equal(cold.status, 206);
    assert.deepEqual(cold.body, BYTES.subarray(100, 200));
    assert.equal(cold.headers['content-range'], 'bytes 100-199/70000');
    const end = await part('/tiles/14/1/9.tif', 'bytes=-10');
    assert.equal(end.cache, 'HIT');
    assert.deepEqual(end.body, BYTES.subarray(-10));
    assert.equal((await part('/tiles/14/1/9.tif', 'bytes=70000-')).status, 416);
    const whole = await get('/tiles/14/1/9.tif');
    assert.equal(whole.cache, 'HIT');
    assert.deepEqual(whole.body, BYTES);
    assert.equal(upstream.came.length, 1);
    assert.equal(upstream.came[0]?.headers.range, undefined);
  });

  test('nothing that the server says may not be kept', async () => {
    const { upstream, get } = stage;
    for (const [row, cacheControl] of ['no-store', REVALIDATE].entries()) {
      for (const query of ['', '?wait=0', '?pending=tile']) {
        upstream.forget();
        upstream.script = tile({ cacheControl, headers: { 'X-GeoCrop-Tile': 'incomplete' } });
        const path = `/tiles/14/2/${row}${query}`;
        assert.equal((await get(path)).cache, 'MISS');
        assert.equal((await get(path)).cache, 'MISS', `${cacheControl} ${query}`);
        assert.equal(upstream.came.length, 2);
      }
    }
    // A good one that comes later is kept.
    upstream.script = tile({ body: 'final' });
    await get('/tiles/14/2/0');
    const answer = await get('/tiles/14/2/0?pending=tile&wait=0');
    assert.equal(answer.cache, 'HIT');
    assert.equal(answer.body.toString(), 'final');
  });

  test('nothing where an address is no tile’s', async () => {
    const { upstream, get } = stage;
    upstream.script = tile({ cacheControl: 'no-store' });
    for (const path of [
      '/tiles/14/1/1.jpg?year=1',
      '/tiles/14/x/1',
      '/tiles/14/1/1%0d%0aX:1',
      '/tiles/14/1/%2e%2e/3',
    ]) {
      upstream.forget();
      await get(path);
      await get(path);
      assert.equal(upstream.came.length, 2, path);
      assert.equal(upstream.came[0]?.url, path, 'as it was asked');
    }
    assert.equal((await get('/-now/tiles/14/1/1')).status, 404);
  });
});
