import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { canonicalJson } from '../digest.js';
import { isGeoCropError } from '../errors.js';
import type { JsonRequest } from './fetch-json.js';
import type { Json } from './plain.js';
import { asRecord } from './plain.js';
import { pageThrough } from './stac-paging.js';
import { FakeTimers } from './testing/fake-timers.js';
import type { SeenRequest, TestServer } from './testing/http-server.js';
import { sendJson, serve } from './testing/http-server.js';
import { itemJson } from './testing/items.js';

const DATA = '../shared/data/stac';
const client = () => ({ fetch, timers: new FakeTimers() });
const pages = (first: JsonRequest) => pageThrough(first, client(), 120_000);
const ids = (features: readonly unknown[]) => features.map((feature) => asRecord(feature)?.['id']);
const nothing = { type: 'FeatureCollection', features: [], links: [] };

interface Recorded {
  readonly request: { readonly method: string; readonly uri: string; readonly body: Json | null };
  readonly response: { readonly body: Json };
}

/** Answers as recorded, with the server's own URL instead of the recorded one; nothing to what was not recorded. */
async function replay(t: TestContext, recorded: readonly Recorded[]): Promise<TestServer> {
  const key = (method: string, path: string, body: unknown) => canonicalJson([method, path, body ?? null]);
  const answers = new Map(
    recorded.map(({ request, response }) => {
      const { pathname, search } = new URL(request.uri);
      return [key(request.method, pathname + search, request.body), { request, response }];
    }),
  );
  return serve(t, (request, response, url) => {
    const found = answers.get(key(request.method, request.path, request.body));
    if (found === undefined) return sendJson(response, nothing);
    const text = JSON.stringify(found.response.body);
    sendJson(response, JSON.parse(text.replaceAll(new URL(found.request.uri).origin, url)));
  });
}

function cassette(name: string): Recorded[] {
  return (JSON.parse(readFileSync(join(DATA, 'cassettes', name), 'utf8')) as Recorded[]).filter(
    ({ request }) => request.uri.endsWith('/search'),
  );
}

const cassettes: { name: string; items: number; requests: number }[] = [
  // Planetary Computer: POST, no `merge`, the whole body; a last page that was not recorded.
  { name: 'test_item_search__TestItemSearch.test_result_paging.json', items: 20, requests: 3 },
  { name: 'test_item_search__TestItemSearch.test_result_paging_max_items.json', items: 30, requests: 4 },
  // Earth Search: POST, `merge` false; the last page is empty, as recorded.
  { name: 'test_item_search__test_multiple_collections.json', items: 2, requests: 2 },
  // Earth Search forgets the filter from the second page on.
  { name: 'test_cli__TestCLISearch.test_filter_inprocess_.json', items: 20, requests: 3 },
];
for (const { name, items, requests } of cassettes) {
  test(`recorded paging: ${name}`, async (t) => {
    if (!existsSync(DATA)) return t.skip('needs ../shared/data');
    const recorded = cassette(name);
    const server = await replay(t, recorded);
    const first = recorded[0]?.request;
    const features = await pages({
      url: server.url + new URL(first?.uri ?? '').pathname,
      body: first?.body ?? {},
    });
    assert.equal(new Set(ids(features)).size, items);
    assert.equal(features.length, items);
    assert.equal(server.seen.length, requests);
    assert.ok(server.seen.every(({ method }) => method === 'POST'));
  });
}

test('recorded paging: Earth Search v0, by GET hrefs without a method, and pages that overlap', async (t) => {
  if (!existsSync(DATA)) return t.skip('needs ../shared/data');
  const [one, two] = ['stac_p1', 'stac_p2'].map(
    (name) => JSON.parse(readFileSync(join(DATA, 'paged', `${name}.geojson`), 'utf8')) as Json,
  );
  const base = 'https://earth-search.aws.element84.com/v0/search';
  const server = await replay(t, [
    { request: { method: 'GET', uri: `${base}?limit=10`, body: null }, response: { body: one ?? {} } },
    { request: { method: 'GET', uri: `${base}?page=2&limit=10`, body: null }, response: { body: two ?? {} } },
  ]);
  const both = [...ids(one?.['features'] as Json[]), ...ids(two?.['features'] as Json[])];
  const got = ids(await pages({ url: `${server.url}/v0/search?limit=10` }));
  assert.deepEqual(got, [...new Set(both)]);
  assert.equal(both.length - got.length, 1, 'one item is on both pages');
  assert.deepEqual(
    server.seen.map(({ path }) => path),
    ['/v0/search?limit=10', '/v0/search?page=2&limit=10', '/v0/search?page=3&limit=10'],
  );
});

for (const method of ['get', 'post'] as const) {
  test(`DE Africa pages by ${method.toUpperCase()}: ${method === 'get' ? 'the href has all' : 'the body is merged'}`, async (t) => {
    if (!existsSync(DATA)) return t.skip('needs ../shared/data');
    const page = JSON.parse(
      readFileSync(join(DATA, 'deafrica', `RECONSTRUCTED_search_${method}_page1.json`), 'utf8'),
    ) as Json & { features: Json[] };
    const offsetOf = ({ path, body }: SeenRequest) =>
      Number(new URL(path, 'http://host').searchParams.get('_o') ?? asRecord(body)?.['_o'] ?? 0);
    const server = await serve(t, (request, response, url) => {
      const text = JSON.stringify(page).replaceAll('https://explorer.digitalearth.africa', url);
      if (offsetOf(request) === 0) return sendJson(response, JSON.parse(text));
      sendJson(response, { ...nothing, features: [itemJson('third')] });
    });
    const url = `${server.url}/stac/search`;
    const body = { collections: ['s2_l2a'], limit: 2, bbox: [30, -19, 31, -18] };
    const features = await pages(
      method === 'get' ? { url: `${url}?collections=s2_l2a&limit=2` } : { url, body },
    );
    assert.deepEqual(ids(features), [...ids(page.features), 'third']);
    assert.deepEqual(server.seen.map(offsetOf), [0, 2]);
    if (method === 'post') assert.deepEqual(server.seen[1]?.body, { ...body, _o: 2 });
    else assert.match(server.seen[1]?.path ?? '', /collections=s2_l2a&limit=2&_o=2/);
  });
}

/** A server whose page n holds the given ids; `next` leads to page `next(n)`, null to an end. */
async function paging(
  t: TestContext,
  idsOf: (page: number) => readonly string[],
  next: (page: number) => number | null,
): Promise<TestServer> {
  return serve(t, ({ path }, response) => {
    const page = Number(new URL(path, 'http://host').searchParams.get('page'));
    const to = next(page);
    sendJson(response, {
      ...nothing,
      features: idsOf(page).map((id) => itemJson(id)),
      links: to === null ? [] : [{ rel: 'next', href: `search?page=${to}` }],
    });
  });
}
const all = (server: TestServer) => pages({ url: `${server.url}/search?page=0` });

test('pages that overlap give each item once; a relative href and an empty last page are fine', async (t) => {
  const server = await paging(
    t,
    (page) => [['a', 'b'], ['b', 'c'], ['c', 'd'], []][page] ?? [],
    (page) => (page < 3 ? page + 1 : null),
  );
  assert.deepEqual(ids(await all(server)), ['a', 'b', 'c', 'd']);
});

test('a next that leads back ends the search; one that never ends is an error', async (t) => {
  const round = await paging(
    t,
    (page) => [`item-${page}`],
    (page) => (page + 1) % 2,
  );
  assert.deepEqual(ids(await all(round)), ['item-0', 'item-1']);
  assert.equal(round.seen.length, 2);

  const same = await paging(
    t,
    () => ['always'],
    (page) => page + 1,
  );
  await assert.rejects(all(same), (error) => isGeoCropError(error, 'stac-malformed'));
  assert.ok(same.seen.length < 10);
  const endless = await paging(
    t,
    (page) => [`item-${page}`],
    (page) => page + 1,
  );
  await assert.rejects(
    all(endless),
    (error) => isGeoCropError(error, 'stac-malformed') && /end of its pages/.test(error.message),
  );
});

test('what is no FeatureCollection, and a next that is no URL, are malformed', async (t) => {
  for (const answer of [
    { message: 'hello' },
    [],
    null,
    { type: 'FeatureCollection' },
    { ...nothing, links: [{ rel: 'next', href: 'http://' }] },
  ]) {
    const server = await serve(t, (_request, response) => sendJson(response, answer));
    await assert.rejects(all(server), (error) => isGeoCropError(error, 'stac-malformed'));
  }
});
