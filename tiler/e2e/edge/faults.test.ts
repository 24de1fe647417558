import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeEdge, edgeStage } from './edge-stage.js';
import { problem, TAG, tile, type Script } from './scripted-upstream.js';

/** Fresh for the shortest time that nginx can count. */
const BRIEF = 'public, max-age=1, must-revalidate';
const cut: Script = (response) => void response.destroy();
const halved: Script = (response) => {
  response.writeHead(200, { 'Content-Type': 'image/png', 'Content-Length': 8, 'Cache-Control': BRIEF });
  response.write('half', () => response.destroy());
};

describeEdge('the edge, where the server fails', () => {
  const stage = edgeStage();

  for (const [status, code] of [
    [503, 'not-ready'],
    [503, 'queue-full'],
    [502, 'source-missing'],
    [500, 'internal'],
    [507, 'store-full'],
    [404, 'unknown-year'],
    [400, 'bad-request'],
  ] as const) {
    test(`${status} ${code} passes as it is, and is not kept`, async () => {
      const { upstream, get } = stage;
      upstream.script = problem(status, code, { 'Retry-After': '7' });
      const path = `/tiles/14/5/${status + code.length}`;
      for (const count of [1, 2]) {
        const answer = await get(path);
        assert.equal(answer.status, status);
        assert.equal(answer.headers['retry-after'], '7');
        assert.equal(answer.headers['cache-control'], 'no-store');
        assert.equal(answer.headers['content-type'], 'application/problem+json');
        assert.deepEqual(JSON.parse(answer.body.toString()), { code, status });
        assert.equal(upstream.came.length, count);
      }
      upstream.script = tile();
      assert.equal((await get(path)).status, 200);
    });
  }

  for (const [row, what, script] of [
    [1, '503', problem(503, 'not-ready')],
    [2, '500', problem(500, 'internal')],
    [3, 'a cut connection', cut],
  ] as const) {
    test(`a good tile is shown, and stays, while refreshing it ends with ${what}`, async () => {
      const { upstream, get, untilNotFresh } = stage;
      const path = `/tiles/14/6/${row}`;
      upstream.script = tile({ body: 'good', cacheControl: BRIEF });
      await get(path);
      upstream.script = script;
      upstream.forget();
      const stale = await untilNotFresh(path);
      assert.equal(stale.status, 200);
      assert.match(stale.cache ?? '', /^(STALE|UPDATING)$/);
      assert.equal(stale.body.toString(), 'good');
      await upstream.reached(1);
      const [came] = upstream.came;
      assert.equal(came?.headers['if-none-match'], TAG, 'a 304 would be enough');
      assert.equal(came?.headers['x-geocrop-waited'], '55', 'nobody waits for it');
      assert.equal(came?.url, `${path}?layer=classes`);
      for (let i = 0; i < 3; i += 1) assert.equal((await get(path)).body.toString(), 'good');
      // Mended: the next refresh brings the new one.
      upstream.script = tile({ body: 'better', cacheControl: BRIEF, etag: '"new"' });
      for (let body = 'good'; body !== 'better'; body = (await get(path)).body.toString()) {
        assert.equal(body, 'good');
      }
    });
  }

  test('an unfinished tile never takes a good one’s place', async () => {
    const { upstream, get, untilNotFresh } = stage;
    upstream.script = tile({ body: 'good', cacheControl: BRIEF });
    await get('/tiles/14/6/100');
    upstream.forget();
    upstream.script = tile({ body: 'holes', cacheControl: 'no-store', etag: '"holes"' });
    assert.equal((await untilNotFresh('/tiles/14/6/100')).body.toString(), 'good');
    await upstream.reached(1);
    assert.equal((await get('/tiles/14/6/100')).body.toString(), 'good');
  });

  test('half a tile is never kept', async () => {
    const { upstream, get } = stage;
    upstream.script = halved;
    await assert.rejects(get('/tiles/14/6/101'));
    upstream.script = tile();
    const answer = await get('/tiles/14/6/101');
    assert.equal(answer.cache, 'MISS');
    assert.equal(answer.body.toString(), 'tile');
  });

  test('TileJSON is asked again before it is shown, and old only where the server fails', async () => {
    const { upstream, get, untilNotFresh } = stage;
    const json = { 'Content-Type': 'application/json' };
    upstream.script = tile({ body: '{"v":1}', cacheControl: BRIEF, headers: json });
    await get('/tilejson.json');
    upstream.script = problem(503, 'shutting-down');
    const stale = await untilNotFresh('/tilejson.json');
    assert.equal(stale.cache, 'STALE');
    assert.equal(stale.body.toString(), '{"v":1}');
    upstream.script = tile({ body: '{"v":2}', cacheControl: BRIEF, etag: '"2"', headers: json });
    const fresh = await get('/tilejson.json');
    assert.equal(fresh.cache, 'EXPIRED');
    assert.equal(fresh.body.toString(), '{"v":2}');
  });

  test('304 from the server keeps what is there for as long again', async () => {
    const { upstream, get, untilNotFresh } = stage;
    upstream.script = tile({ body: '{}', cacheControl: BRIEF });
    await get('/legend.json');
    const answer = await untilNotFresh('/legend.json');
    assert.equal(answer.cache, 'REVALIDATED');
    assert.equal(answer.status, 200);
    assert.equal(answer.body.toString(), '{}');
    assert.equal(upstream.came.at(-1)?.headers['if-none-match'], TAG);
  });
});

describeEdge('the edge, where the server is dead', () => {
  const stage = edgeStage('each');

  test('what it keeps is shown, fresh or not; what it does not is 503 with Retry-After', async () => {
    const { upstream, get, untilNotFresh } = stage;
    upstream.script = tile({ cacheControl: BRIEF });
    await get('/tiles/14/7/1');
    await get('/tilejson.json');
    upstream.script = tile();
    await get('/tiles/14/7/2');
    await upstream.die();
    assert.equal((await get('/tiles/14/7/2')).cache, 'HIT');
    for (const path of ['/tiles/14/7/1', '/tilejson.json']) {
      const stale = await untilNotFresh(path);
      assert.equal(stale.status, 200);
      assert.match(stale.cache ?? '', /^(STALE|UPDATING)$/);
      assert.equal(stale.body.toString(), 'tile');
    }
    for (const path of ['/tiles/14/7/3', '/tiles/14/7/3?wait=0', '/legend.json', '/', '/point/30,-17']) {
      const answer = await get(path);
      assert.equal(answer.status, 503, path);
      assert.equal(answer.headers['retry-after'], '5');
      assert.equal(answer.headers['cache-control'], 'no-store');
      assert.equal(answer.headers['access-control-allow-origin'], '*');
      assert.equal(answer.headers['content-type'], 'application/problem+json');
      const { code, status } = JSON.parse(answer.body.toString()) as Record<string, unknown>;
      assert.deepEqual({ code, status }, { code: 'server-unavailable', status: 503 });
    }
  });
});
