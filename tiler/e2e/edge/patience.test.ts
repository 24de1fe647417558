import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_WAIT_SECONDS } from '../../http/query.js';
import { asking } from './ask.js';
import { describeEdge, edgeStage } from './edge-stage.js';
import { held, problem, tile } from './scripted-upstream.js';

const CROWD = 200;
const NOT_READY = problem(503, 'not-ready', { 'Retry-After': '3' });
const WMTS_TILE = '/wmts/1.0.0/classes/default/summer/2021/E/WebMercatorQuad/14/3/1.png';

describeEdge('the edge, crowded', () => {
  const stage = edgeStage();

  for (const [row, who, query] of [
    [1, 'who wait', '?wait=50'],
    [2, 'who wait as long as the server likes', ''],
    [3, 'who want an answer now', '?wait=0'],
    ['wmts', 'who wait for it by WMTS', '?wait=50'],
  ] as const) {
    test(`lets one of ${CROWD} ask for a cold tile: ${who}`, async () => {
      const { upstream, edge } = stage;
      const { script, release } = held(tile({ body: who }));
      upstream.script = script;
      const path = row === 'wmts' ? WMTS_TILE : `/tiles/14/3/${row}`;
      const crowd = Array.from({ length: CROWD }, () => asking(`${edge.url}${path}${query}`));
      await upstream.reached(1);
      // Those who want an answer now would not stand in line for long.
      if (query !== '?wait=0') await Promise.all(crowd.map(({ sent }) => sent));
      release();
      const answers = await Promise.all(crowd.map(({ answer }) => answer));
      assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
      assert.deepEqual([...new Set(answers.map(({ body }) => body.toString()))], [who]);
      assert.equal(answers.filter(({ cache }) => cache === 'MISS').length, 1);
      assert.equal(upstream.came.length, 1);
    });
  }

  for (const [what, path, query] of [
    ['who does not wait', '/tiles/14/4/1', '?wait=0'],
    ['who does not wait, in other words', '/tiles/12/4/1', '?wait=0.0'],
    ['who asks for an overview', '/tiles/11/4/1', '?wait=50'],
    ['who asks for a baseline', '/baselines/dw/2021/tiles/14/4/1', ''],
  ] as const) {
    test(`${what} does not stand behind those who wait`, async () => {
      const { upstream, edge, get } = stage;
      const { script, release } = held(tile());
      upstream.script = script;
      const patient = asking(`${edge.url}${path}?wait=50`);
      await upstream.reached(1);
      upstream.script = NOT_READY;
      const answer = await get(path + query);
      assert.equal(answer.status, 503);
      assert.equal(answer.headers['retry-after'], '3');
      const waited = Number(upstream.came[1]?.headers['x-geocrop-waited']);
      assert.ok(waited < MAX_WAIT_SECONDS, `${waited} s`);
      release();
      assert.equal((await patient.answer).status, 200);
      assert.equal((await get(path + query)).cache, 'HIT');
    });
  }

  test('who stood behind another’s 503 asks with the patience that is left', async () => {
    const { upstream, edge } = stage;
    // When the second has come to stand behind the first cannot be seen from outside: again until it had.
    for (let row = 0, waited = 0; waited === 0; row += 1) {
      const address = `${edge.url}/tiles/14/41/${row}?wait=50`;
      const { script, release } = held(NOT_READY);
      upstream.forget();
      upstream.script = script;
      const first = asking(address);
      await upstream.reached(1);
      const second = asking(address);
      await second.sent;
      upstream.script = tile();
      release();
      assert.equal((await first.answer).status, 503);
      assert.equal((await second.answer).status, 200);
      assert.equal(upstream.came.length, 2);
      assert.match(upstream.came[1]?.url ?? '', /wait=50/);
      waited = Number(upstream.came[1]?.headers['x-geocrop-waited']);
    }
  });

  test('nobody can say for another how long they have waited', async () => {
    const { upstream, get } = stage;
    await get('/tiles/14/4/3', { headers: { 'X-GeoCrop-Waited': '54321' } });
    assert.notEqual(upstream.came[0]?.headers['x-geocrop-waited'], '54321');
  });

  test('a tile is made and kept although who asked for it has left', async () => {
    const { upstream, edge, get } = stage;
    const { script, release } = held(tile({ body: 'kept' }));
    upstream.script = script;
    const leaver = new AbortController();
    const left = asking(`${edge.url}/tiles/14/4/4?wait=50`, { signal: leaver.signal });
    await upstream.reached(1);
    leaver.abort();
    await assert.rejects(left.answer, { name: 'AbortError' });
    const next = asking(`${edge.url}/tiles/14/4/4?wait=50`);
    await next.sent;
    release();
    assert.equal((await next.answer).body.toString(), 'kept');
    assert.equal((await get('/tiles/14/4/4')).cache, 'HIT');
    assert.equal(upstream.came.length, 1);
  });
});
