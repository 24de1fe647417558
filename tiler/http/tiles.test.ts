import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GeoCropError } from '../../engine/errors.js';
import { IMMUTABLE, SHORT } from './caching.js';
import type { Problem } from './problem.js';
import { settle, testApp } from './testing.js';

const TILE = '/tiles/14/9557/9068';
const header = (response: Response, name: string): string | null => response.headers.get(name);
const problemOf = async (response: Response): Promise<Problem> => (await response.json()) as Problem;
const bytesOf = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer());
const PNG_SIGNATURE = '89504e470d0a1a0a';
const widthOf = (png: Buffer): number => png.readUInt32BE(16);

function gate(): { promise: Promise<void>; open: () => void } {
  let open = (): void => {};
  const promise = new Promise<void>((resolve) => (open = resolve));
  return { promise, open };
}

describe('a tile', () => {
  it('is a PNG with every header of the contract', async () => {
    const { get } = testApp();
    const response = await get(TILE);
    assert.equal(response.status, 200);
    assert.equal(header(response, 'Content-Type'), 'image/png');
    assert.match(header(response, 'ETag') ?? '', /^"[0-9a-f]{32}"$/);
    assert.equal(header(response, 'Cache-Control'), SHORT);
    assert.equal(header(response, 'Last-Modified'), 'Sat, 28 May 2022 08:00:00 GMT');
    assert.equal(header(response, 'X-GeoCrop-Tile'), 'final');
    assert.equal(header(response, 'X-GeoCrop-Cache'), 'computed');
    assert.match(header(response, 'Server-Timing') ?? '', /^read;dur=12\.5, features;dur=3\.25, encode;dur=/);
    assert.equal(header(response, 'Access-Control-Allow-Origin'), '*');
    for (const name of ['ETag', 'Server-Timing', 'X-GeoCrop-Tile', 'X-GeoCrop-Cache']) {
      assert.ok(header(response, 'Access-Control-Expose-Headers')?.split(', ').includes(name), name);
    }
    const body = await bytesOf(response);
    assert.equal(body.subarray(0, 8).toString('hex'), PNG_SIGNATURE);
    assert.equal(widthOf(body), 256);
    assert.equal(header(response, 'Content-Length'), String(body.length));
  });

  it('comes at @2x and in every format, each with its own tag', async () => {
    const { get } = testApp();
    const paths = ['', '.png', '@2x', '@2x.png', '.tif', '.npy', '@2x.npy'];
    const answers = await Promise.all(paths.map((path) => get(TILE + path)));
    assert.deepEqual(
      answers.map((answer) => answer.status),
      paths.map(() => 200),
    );
    const tags = answers.map((answer) => header(answer, 'ETag'));
    assert.equal(tags[0], tags[1]);
    assert.equal(tags[2], tags[3]);
    assert.equal(new Set(tags).size, 5);
    assert.equal(widthOf(await bytesOf(answers[2] as Response)), 512);
    assert.equal((await bytesOf(answers[4] as Response)).subarray(0, 2).toString(), 'II');
    assert.match((await bytesOf(answers[5] as Response)).toString('latin1'), /'\|u1'.*\(256, 256\)/);
    assert.match((await bytesOf(answers[6] as Response)).toString('latin1'), /\(512, 512\)/);
  });

  it('of each layer has the archived type as numbers', async () => {
    const { get } = testApp();
    const types = { classes: '|u1', observations: '|u1', truecolor: '|u1', ndvi_peak: '<f4' };
    for (const [layer, type] of Object.entries(types)) {
      const text = (await bytesOf(await get(`${TILE}.npy?layer=${layer}`))).toString('latin1', 0, 128);
      assert.ok(text.includes(`'${type}'`), `${layer}: ${text}`);
      assert.ok(text.includes(layer === 'truecolor' ? '(3, 256, 256)' : '(256, 256)'), layer);
    }
  });

  it('depends on its style as a picture only', async () => {
    const { get } = testApp();
    const tag = async (query: string): Promise<string | null> => header(await get(TILE + query), 'ETag');
    const plain = await tag('?layer=ndvi_peak');
    assert.notEqual(await tag('?layer=ndvi_peak&colormap=magma'), plain);
    assert.notEqual(await tag('?layer=ndvi_peak&rescale=0,1'), plain);
    assert.equal(await tag('?layer=ndvi_peak&rescale=-0.20,0.900'), plain);
    assert.equal(await tag('?layer=classes&rescale=0,1'), await tag(''));
    assert.equal(await tag('.npy?layer=ndvi_peak&rescale=0,1'), await tag('.npy?layer=ndvi_peak'));
  });

  it('does not mind parameters that it does not know', async () => {
    const { get } = testApp();
    assert.equal(header(await get(`${TILE}?utm_source=x`), 'ETag'), header(await get(TILE), 'ETag'));
  });

  it('answers HEAD with the headers of GET and no body', async () => {
    const { app, get } = testApp();
    const full = await get(TILE);
    const head = await app.request(TILE, { method: 'HEAD' });
    assert.equal(head.status, 200);
    assert.equal((await bytesOf(head)).length, 0);
    for (const name of ['ETag', 'Content-Type', 'Content-Length', 'Cache-Control', 'Last-Modified']) {
      assert.equal(header(head, name), header(full, name), name);
    }
  });
});

describe('keeping a tile', () => {
  it('is for ever with the current version of a closed season only', async () => {
    const open = testApp({ closed: false });
    const closed = testApp();
    const { service } = closed;
    const version = service.version(service.resolveMap({}));
    assert.equal(header(await closed.get(`${TILE}?v=${version}`), 'Cache-Control'), IMMUTABLE);
    assert.equal(header(await closed.get(`${TILE}?v=00000000`), 'Cache-Control'), SHORT);
    assert.equal(header(await open.get(`${TILE}?v=${version}`), 'Cache-Control'), SHORT);
  });

  it('answers 304 before a pixel is read, to lists, weak tags and *', async () => {
    const { get, service } = testApp();
    const etag = header(await get(TILE), 'ETag') ?? '';
    const reads = service.calls.values.length;
    for (const asked of [etag, `W/${etag}`, `"a,b", ${etag}`, '*', ` ${etag} ,"other"`]) {
      const response = await get(TILE, { 'If-None-Match': asked });
      assert.equal(response.status, 304, asked);
      assert.equal(header(response, 'ETag'), etag);
      assert.equal(header(response, 'Cache-Control'), SHORT);
      assert.equal((await bytesOf(response)).length, 0);
    }
    assert.equal(service.calls.values.length, reads);
    for (const asked of ['"other"', etag.slice(1, -1), '']) {
      assert.equal((await get(TILE, { 'If-None-Match': asked })).status, 200, asked);
    }
  });

  it('ends with another scene list, model or place', async () => {
    const { get, service } = testApp();
    const etag = header(await get(TILE), 'ETag') ?? '';
    const tags = [
      header(await get('/tiles/14/9557/9069'), 'ETag'),
      header(await get(`${TILE}?model=XGBoost`), 'ETag'),
    ];
    service.map.scenes = 'scenes-2';
    tags.push(header(await get(TILE, { 'If-None-Match': etag }), 'ETag'));
    assert.equal(new Set([etag, ...tags]).size, 4);
  });

  it('gets its tag from the scenes that were found while it was made', async () => {
    const { get, service } = testApp({ scenes: null });
    const first = await get(TILE);
    assert.match(header(first, 'ETag') ?? '', /^"/);
    const second = await get(TILE);
    assert.equal(header(second, 'ETag'), header(first, 'ETag'));
    assert.equal(header(second, 'X-GeoCrop-Cache'), 'memory');
    assert.equal(service.calls.values.length, 1);
  });

  it('is not for what is incomplete: no tag, no-store, sixty seconds in memory', async () => {
    const { get, service, clock } = testApp({ state: 'incomplete' });
    const first = await get(TILE);
    assert.equal(header(first, 'ETag'), null);
    assert.equal(header(first, 'Cache-Control'), 'no-store');
    assert.equal(header(first, 'X-GeoCrop-Tile'), 'incomplete');
    assert.equal(header(await get(TILE), 'X-GeoCrop-Cache'), 'memory');
    assert.equal(service.calls.values.length, 1);
    clock.advance(59_000);
    assert.equal(header(await get(TILE), 'X-GeoCrop-Tile'), 'incomplete');
    service.map.state = 'final';
    clock.advance(2_000);
    const later = await get(TILE);
    assert.equal(header(later, 'X-GeoCrop-Tile'), 'final');
    assert.notEqual(header(later, 'ETag'), null);
    assert.equal(service.calls.values.length, 2);
  });

  it('is short for what is stale or partial, without a tag', async () => {
    for (const state of ['stale', 'partial'] as const) {
      const response = await testApp({ state }).get(TILE);
      assert.equal(header(response, 'ETag'), null);
      assert.equal(header(response, 'Cache-Control'), 'no-cache');
      assert.equal(header(response, 'X-GeoCrop-Tile'), state);
    }
  });
});

describe('nothing there', () => {
  it('is a transparent tile without work', async () => {
    const { get, service } = testApp({ empty: true });
    const response = await get(TILE);
    assert.equal(response.status, 200);
    assert.equal(header(response, 'Content-Type'), 'image/png');
    assert.equal(service.calls.values.length, 0);
    const npy = await bytesOf(await get(`${TILE}.npy`));
    assert.ok(npy.subarray(-65536).every((value) => value === 255));
    const counts = await bytesOf(await get(`${TILE}.npy?layer=observations`));
    assert.ok(counts.subarray(-65536).every((value) => value === 0));
  });

  it('may be found out late', async () => {
    const { get } = testApp({ error: new GeoCropError('no-scenes', 'No scene between …') });
    const response = await get(TILE);
    assert.equal(response.status, 200);
    assert.equal(header(response, 'ETag'), null);
    assert.equal(header(response, 'Cache-Control'), SHORT);
  });

  it('is told apart by place in a GeoTIFF', async () => {
    const { get } = testApp({ empty: true });
    const [a, b] = await Promise.all([
      bytesOf(await get('/tiles/14/9557/9068.tif')),
      bytesOf(await get('/tiles/14/9558/9068.tif')),
    ]);
    assert.notDeepEqual(a, b);
  });
});

describe('waiting', () => {
  const notReady = new GeoCropError('not-ready', 'Still computing.', { hint: 'Ask again.' });

  it('is 25 seconds by default, and as long as asked up to 55', async () => {
    const { get, service } = testApp();
    await get(TILE);
    await get('/tiles/14/9557/9069?wait=0');
    await get('/tiles/14/9557/9070?wait=55');
    assert.deepEqual(
      service.calls.values.map((call) => call.wish.waitMs),
      [25_000, 0, 55_000],
    );
    for (const wait of ['56', '-1', 'abc', '1e1', 'Infinity']) {
      const response = await get(`${TILE}?wait=${wait}`);
      assert.equal(response.status, 400, wait);
      assert.equal((await problemOf(response)).code, 'bad-request');
    }
  });

  it('ends with 503 and Retry-After', async () => {
    const { get } = testApp({ error: notReady });
    const response = await get(`${TILE}?wait=0`);
    assert.equal(response.status, 503);
    assert.match(header(response, 'Retry-After') ?? '', /^[1-9]\d*$/);
    assert.equal(header(response, 'Content-Type'), 'application/problem+json');
    assert.equal(header(response, 'Cache-Control'), 'no-store');
    assert.equal((await problemOf(response)).code, 'not-ready');
  });

  it('ends with a picture for clients that do not ask again', async () => {
    const { get } = testApp({ error: notReady });
    const response = await get(`${TILE}@2x?wait=0&pending=tile`);
    assert.equal(response.status, 200);
    assert.equal(header(response, 'Cache-Control'), 'no-store');
    assert.equal(header(response, 'ETag'), null);
    assert.equal(widthOf(await bytesOf(response)), 512);
    assert.equal((await get(`${TILE}.npy?wait=0&pending=tile`)).status, 503);
    assert.equal((await get(`${TILE}?pending=yes`)).status, 400);
  });

  it('does not happen where the queue is full, picture or not', async () => {
    const { get } = testApp({ error: new GeoCropError('queue-full', 'Full.') });
    const response = await get(`${TILE}?pending=tile`);
    assert.equal(response.status, 503);
    assert.notEqual(header(response, 'Retry-After'), null);
    assert.equal((await problemOf(response)).code, 'queue-full');
  });

  it('is shared: many clients, one computing, one encoding', async () => {
    const held = gate();
    const { get, service } = testApp({ gate: held.promise });
    const asked = Array.from({ length: 20 }, () => get(TILE));
    await settle();
    held.open();
    const answers = await Promise.all(asked);
    assert.ok(answers.every((answer) => answer.status === 200));
    assert.equal(service.calls.values.length, 1);
  });

  it('is shorter by what a cache in front has used up, in whole seconds', async () => {
    const { get, service } = testApp();
    const asked = [
      ['0.9', 25],
      ['12.345', 13],
      ['55', 0],
      ['1e9', 25],
      ['-3', 25],
    ] as const;
    for (const [at, [waited]] of asked.entries()) {
      await get(`/tiles/14/9557/${9100 + at}`, { 'X-GeoCrop-Waited': waited });
    }
    assert.deepEqual(
      service.calls.values.map((call) => call.wish.waitMs),
      asked.map(([, seconds]) => seconds * 1000),
    );
    assert.equal((await get(`${TILE}?wait=56`, { 'X-GeoCrop-Waited': '10' })).status, 400);
  });

  it('of one who joined late lasts as long as of one who came first', async () => {
    const first = gate();
    const { get, service, clock } = testApp({ gate: first.promise, error: notReady });
    const early = get(`${TILE}?wait=10`);
    await settle();
    clock.advance(6_000);
    const late = get(`${TILE}?wait=10`);
    await settle();
    clock.advance(4_000);
    const second = gate();
    service.map.gate = second.promise;
    first.open();
    assert.equal((await early).status, 503);
    await settle();
    assert.deepEqual(
      service.calls.values.map((call) => call.wish.waitMs),
      [10_000, 6_000],
    );
    service.map.error = null;
    second.open();
    assert.equal((await late).status, 200);
  });
});

describe('going away', () => {
  it('stops the work when the last client has left, and harms no other', async () => {
    const held = gate();
    const { app, service } = testApp({ gate: held.promise });
    const clients = [new AbortController(), new AbortController()] as const;
    const answers = clients.map((client) => app.request(TILE, { signal: client.signal }));
    await settle();
    const [call] = service.calls.values;
    clients[0].abort();
    assert.equal((await answers[0])?.status, 499);
    assert.equal(call?.wish.signal?.aborted, false);
    held.open();
    assert.equal((await answers[1])?.status, 200);
  });

  it('leaves no trace: the next request begins anew', async () => {
    const held = gate();
    const { app, get, service } = testApp({ gate: held.promise });
    const client = new AbortController();
    const answer = app.request(TILE, { signal: client.signal });
    await settle();
    client.abort();
    assert.equal((await answer).status, 499);
    assert.equal(service.calls.values[0]?.wish.signal?.aborted, true);
    service.map.gate = null;
    const response = await get(TILE);
    assert.equal(response.status, 200);
    assert.notEqual(header(response, 'ETag'), null);
  });
});

describe('failing', () => {
  it('is not remembered', async () => {
    const { get, service } = testApp({ error: new GeoCropError('source-unavailable', 'Time-out.') });
    assert.equal((await get(TILE)).status, 503);
    service.map.error = null;
    assert.equal((await get(TILE)).status, 200);
  });

  it('of an unforeseen kind is a 500 that gives nothing away, and a log line that does', async () => {
    const { get, lines } = testApp({ error: new TypeError('secret path /srv/x') });
    const response = await get(TILE);
    assert.equal(response.status, 500);
    const problem = await problemOf(response);
    assert.equal(problem.code, 'internal');
    assert.ok(!JSON.stringify(problem).includes('secret'));
    const line = lines.at(-1);
    assert.equal(`urn:uuid:${String(line?.['id'])}`, problem.instance);
    assert.equal(line?.['level'], 'error');
    assert.match(String(line?.['stack']), /secret path/);
  });
});

describe('permission', () => {
  const KEY = { 'X-GeoCrop-Key': 'open sesame' };

  it('to compute belongs to who has the key', async () => {
    const { get } = testApp({}, { config: { compute: 'key', computeKey: 'open sesame' } });
    const refused = await get(TILE);
    assert.equal(refused.status, 503);
    assert.equal((await problemOf(refused)).code, 'not-computed');
    assert.equal((await get(TILE, { 'X-GeoCrop-Key': 'sesame' })).status, 503);
    assert.equal((await get(TILE, KEY)).status, 200);
    // Made once, it is everyone's.
    assert.equal((await get(TILE)).status, 200);
  });

  it('to compute may be nobody’s', async () => {
    const { get } = testApp({}, { config: { compute: 'none' } });
    assert.equal((await get(TILE, KEY)).status, 503);
    assert.equal((await get('/point/30,-17.5')).status, 503);
  });
});

describe('bad input', () => {
  const cases: readonly (readonly [path: string, status: number, code: string])[] = [
    ['/tiles/19/0/0', 400, 'bad-request'],
    ['/tiles/-1/0/0', 400, 'bad-request'],
    ['/tiles/14/16384/0', 400, 'bad-request'],
    ['/tiles/14/0/16384', 400, 'bad-request'],
    ['/tiles/14/1.5/0', 400, 'bad-request'],
    ['/tiles/14/x/0', 400, 'bad-request'],
    ['/tiles/14/0/0.jpg', 400, 'bad-request'],
    ['/tiles/14/0/0.', 400, 'bad-request'],
    ['/tiles/14/0/0@3x.png', 400, 'bad-request'],
    ['/tiles/14/0/0@2x.png.png', 400, 'bad-request'],
    ['/tiles/14/0/%00', 400, 'bad-request'],
    [`${TILE}?year=twenty`, 400, 'bad-request'],
    [`${TILE}?year=20211`, 400, 'bad-request'],
    [`${TILE}?year=1999`, 404, 'unknown-year'],
    [`${TILE}?season=spring`, 404, 'unknown-season'],
    [`${TILE}?model=GPT`, 404, 'unknown-model'],
    [`${TILE}?layer=ndvi_best`, 404, 'unknown-layer'],
    [`${TILE}?layer=ndvi_peak&rescale=1`, 400, 'bad-request'],
    [`${TILE}?layer=ndvi_peak&rescale=1,0`, 400, 'bad-request'],
    [`${TILE}?layer=ndvi_peak&rescale=,1`, 400, 'bad-request'],
    [`${TILE}?layer=ndvi_peak&rescale=0,NaN`, 400, 'bad-request'],
    [`${TILE}?colormap=jet`, 400, 'bad-request'],
    ['/point/abc', 400, 'bad-request'],
    ['/point/30', 400, 'bad-request'],
    ['/point/200,0', 400, 'bad-request'],
    ['/point/0,89', 400, 'bad-request'],
    ['/legend.json?layer=nope', 404, 'unknown-layer'],
    ['/tilejson.json?year=1999', 404, 'unknown-year'],
    ['/events?season=spring', 404, 'unknown-season'],
    ['/baselines/dw/2021/tiles/14/9557/9068', 404, 'unknown-year'],
    ['/nothing/here', 404, 'not-found'],
  ];
  for (const [path, status, code] of cases) {
    it(`${path} is ${status} ${code}`, async () => {
      const { get, service } = testApp();
      const response = await get(path);
      const problem = await problemOf(response);
      assert.equal(response.status, status);
      assert.equal(header(response, 'Content-Type'), 'application/problem+json');
      assert.equal(header(response, 'Cache-Control'), 'no-store');
      assert.equal(header(response, 'Access-Control-Allow-Origin'), '*');
      assert.equal(problem.code, code);
      assert.equal(problem.status, status);
      assert.ok(problem.title.length > 0 && problem.detail.length > 0);
      assert.ok((problem.hint ?? '').length > 0, 'says what to do');
      assert.match(problem.instance, /^urn:uuid:[0-9a-f-]{36}$/);
      assert.equal(service.calls.values.length, 0);
    });
  }

  it('names what there is', async () => {
    const { get } = testApp();
    const hint = async (query: string): Promise<string> =>
      (await problemOf(await get(TILE + query))).hint ?? '';
    assert.match(await hint('?layer=nope'), /classes, confidence, observations, truecolor, ndvi_peak/);
    assert.match(await hint('?year=1999'), /2020, 2021/);
    assert.match(await hint('?colormap=jet'), /viridis/);
  });
});
