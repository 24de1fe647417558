import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGeoCropError } from '../errors.js';
import { openSceneSource } from './open-scene-source.js';
import type { SceneSource } from './scene-source.js';
import { FakeTimers } from './testing/fake-timers.js';
import { sendJson, serve, type TestServer } from './testing/http-server.js';
import { collectionOf, itemJson } from './testing/items.js';

const QUERY = { bbox: [30, -19, 30.1, -18.9], start: '2021-09-01', end: '2022-05-31' } as const;
const DATETIME = '2021-09-01T00:00:00Z/2022-05-31T23:59:59Z';

const open = (stac: string, collection: string | undefined = 'sentinel-2-test'): Promise<SceneSource> =>
  openSceneSource({ stac, fetch, timers: new FakeTimers(), ...(collection === '' ? {} : { collection }) });
const ids = async (source: SceneSource) => (await source.search(QUERY)).items.map((item) => item.id);
const api = async (server: TestServer, path = '') => open(server.url + path);

test('the landing page says where and how; it is asked once, and not before the first search', async (t) => {
  const server = await serve(t, ({ path }, response) => {
    if (path === '/v1') {
      const links = ['GET', 'POST'].map((method) => ({ rel: 'search', method, href: '/v1/find' }));
      return sendJson(response, { type: 'Catalog', links });
    }
    sendJson(response, collectionOf(itemJson('one'), itemJson('else', { collection: 'landsat' })));
  });
  const source = await api(server, '/v1');
  assert.equal(server.seen.length, 0);
  assert.deepEqual(await ids(source), ['one'], 'only what is of the collection');
  assert.deepEqual(await ids(source), ['one']);
  assert.deepEqual(
    server.seen.map(({ method, path }) => `${method} ${path}`),
    ['GET /v1', 'POST /v1/find', 'POST /v1/find'],
  );
  assert.deepEqual(server.seen[1]?.body, {
    collections: ['sentinel-2-test'],
    bbox: QUERY.bbox,
    datetime: DATETIME,
    limit: 100,
  });
});

test('a search link without a method means GET', async (t) => {
  const server = await serve(t, ({ path }, response) =>
    sendJson(
      response,
      path === '/v0' ? { links: [{ rel: 'search', href: 'search' }] } : collectionOf(itemJson('one')),
    ),
  );
  assert.deepEqual(await ids(await api(server, '/v0')), ['one']);
  const asked = new URL(server.seen[1]?.path ?? '', server.url);
  assert.equal(server.seen[1]?.method, 'GET');
  assert.deepEqual(Object.fromEntries(asked.searchParams), {
    collections: 'sentinel-2-test',
    bbox: '30,-19,30.1,-18.9',
    datetime: DATETIME,
    limit: '100',
  });
});

test('a /search URL needs no landing page; 405 to POST means GET, from then on', async (t) => {
  const server = await serve(t, ({ method }, response) =>
    method === 'POST' ? sendJson(response, {}, 405) : sendJson(response, collectionOf(itemJson('one'))),
  );
  const source = await api(server, '/search');
  assert.deepEqual(await ids(source), ['one']);
  assert.deepEqual(await ids(source), ['one']);
  assert.deepEqual(
    server.seen.map(({ method }) => method),
    ['POST', 'GET', 'GET'],
  );
});

test('malformed items are left out and named; a refusal names the server', async (t) => {
  const server = await serve(t, ({ path }, response) =>
    path === '/search'
      ? sendJson(response, collectionOf(itemJson('one'), { id: 'two' }, 'three', { no: 'id' }))
      : sendJson(response, { code: 400, description: 'The Query extension is no longer supported' }, 400),
  );
  const found = await (await api(server, '/search')).search(QUERY);
  assert.deepEqual(
    [found.items.map(({ id }) => id), found.leftOut.map(({ code }) => code)],
    [['one'], ['malformed', 'malformed', 'malformed']],
  );
  await assert.rejects(
    (await api(server, '/other')).search(QUERY),
    (error) => isGeoCropError(error, 'stac-refused') && /Query extension/.test(error.message),
  );
});

test('what is known without asking: DE Africa’s name, bands and that it has no coverage of its own', async () => {
  const source = await openSceneSource({
    stac: 'https://explorer.digitalearth.africa/stac',
    fetch: () => Promise.reject(new Error('nothing may be fetched')),
  });
  assert.equal(source.profile, 'deafrica-s2_l2a_c1');
  assert.deepEqual(await source.assets(), [
    ...['blue', 'green', 'red', 'rededge1', 'nir', 'swir16', 'swir22', 'scl'],
  ]);
  assert.equal(await source.areas(), null);
  assert.equal(await source.revision(), null);
});

test('an unknown collection’s bands are those of its first item', async (t) => {
  const server = await serve(t, (_request, response) => sendJson(response, collectionOf(itemJson('one'))));
  const source = await api(server, '/search');
  assert.deepEqual(await source.assets(), ['blue', 'green', 'red', 'nir', 'scl']);
  assert.match(source.profile, /^stac-[0-9a-f]{8}$/);
  const empty = await serve(t, (_request, response) => sendJson(response, collectionOf()));
  await assert.rejects((await api(empty, '/search')).assets(), (error) => isGeoCropError(error, 'no-scenes'));
});

test('an API without a collection, a page that is no API and another scheme are refused with what to give', async (t) => {
  await assert.rejects(open('https://example.org/stac', ''), (error) =>
    isGeoCropError(error, 'config-invalid'),
  );
  await assert.rejects(open('s3://bucket/catalog.json'), (error) => isGeoCropError(error, 'config-invalid'));
  const server = await serve(t, (_request, response) => sendJson(response, { type: 'Catalog', links: [] }));
  await assert.rejects(
    ids(await api(server)),
    (error) => isGeoCropError(error, 'stac-malformed') && /no STAC API/.test(error.message),
  );
});

test('a landing page that fails once leaves no trace', async (t) => {
  let failing = true;
  const server = await serve(t, ({ path }, response) => {
    if (path.startsWith('/search')) return sendJson(response, collectionOf(itemJson('one')));
    if (failing) return sendJson(response, {}, 500);
    sendJson(response, { links: [{ rel: 'search', href: '/search' }] });
  });
  const source = await api(server);
  await assert.rejects(ids(source), (error) => isGeoCropError(error, 'stac-unavailable'));
  await assert.rejects(source.search(QUERY, AbortSignal.abort()), (error) =>
    isGeoCropError(error, 'aborted'),
  );
  failing = false;
  assert.deepEqual(await ids(source), ['one']);
});
