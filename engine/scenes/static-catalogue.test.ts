import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isGeoCropError } from '../errors.js';
import { diskFiles } from './files.js';
import { openSceneSource } from './open-scene-source.js';
import type { FoundItems, SceneSource } from './scene-source.js';
import { FakeTimers } from './testing/fake-timers.js';
import { sendJson, serve } from './testing/http-server.js';
import { collectionOf, itemJson } from './testing/items.js';

const ALL = { bbox: [-180, -85, 180, 85], start: '2021-09-01', end: '2022-05-31' } as const;
const ids = ({ items }: FoundItems) => items.map((item) => item.id);

function folder(t: TestContext, files: Record<string, unknown>): string {
  const root = mkdtempSync(join(tmpdir(), 'geocrop-catalogue-'));
  t.after(() => rmSync(root, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return root;
}

const noFetch = () => Promise.reject(new Error('nothing may be fetched'));
const open = (stac: string, collection?: string): Promise<SceneSource> =>
  openSceneSource({
    stac,
    fetch: stac.startsWith('http') ? fetch : noFetch,
    timers: new FakeTimers(),
    ...(collection === undefined ? {} : { collection }),
  });

test('a folder: items in it and below, by name; other JSON is passed over, broken JSON and no items are named', async (t) => {
  const root = folder(t, {
    'b/item.json': itemJson('two'),
    'a/deep/item.geojson': itemJson('one'),
    'c.json': collectionOf(itemJson('three'), { type: 'Feature', id: 'field' }),
    'notes.json': { hello: 'world' },
    'broken.json': '{"type": "Feat',
    'B04.tif': 'not JSON',
  });
  const found = await (await open(root)).search(ALL);
  assert.deepEqual(ids(found), ['one', 'two', 'three']);
  assert.deepEqual(
    found.leftOut.map(({ id, code }) => [id, code]),
    [
      ['broken.json', 'malformed'],
      ['field', 'malformed'],
    ],
  );
  assert.match(found.items[0]?.assets[0]?.href ?? '', /^file:.*\/a\/deep\/one\/B02\.tif$/);
});

test('a file: an item, an item collection; the same item twice is named', async (t) => {
  const root = folder(t, {
    'item.json': itemJson('one'),
    'all.json': collectionOf(itemJson('one'), itemJson('two'), itemJson('one')),
  });
  assert.deepEqual(ids(await (await open(join(root, 'item.json'))).search(ALL)), ['one']);
  const found = await (await open(join(root, 'all.json'))).search(ALL);
  assert.deepEqual(ids(found), ['one', 'two']);
  assert.deepEqual(
    found.leftOut.map(({ id, code }) => [id, code]),
    [['one', 'duplicate']],
  );
});

test('a catalogue: child and item links are followed, in circles too; a dead link is named', async (t) => {
  const link = (rel: string, href: string) => ({ rel, href });
  const root = folder(t, {
    'catalog.json': {
      type: 'Catalog',
      links: [link('self', 'https://elsewhere.org/catalog.json'), link('child', './s2/collection.json')],
    },
    's2/collection.json': {
      type: 'Collection',
      links: [
        link('parent', '../catalog.json'),
        link('child', '../catalog.json'),
        link('item', 'one.json'),
        link('item', 'gone.json'),
      ],
    },
    's2/one.json': { ...itemJson('one'), links: [link('child', 'unlinked.json')] },
    's2/unlinked.json': itemJson('unlinked'),
  });
  for (const stac of [root, join(root, 'catalog.json'), join(root, 's2/collection.json')]) {
    const found = await (await open(stac)).search(ALL);
    assert.deepEqual(ids(found), ['one'], stac);
    assert.deepEqual(
      found.leftOut.map(({ id, code }) => [id, code]),
      [['gone.json', 'malformed']],
    );
  }
});

test('coverage, bands and revision are those of its items', async (t) => {
  const files = {
    'one.json': itemJson('one'),
    'two.json': itemJson('two', { collection: 'other', assets: { swir22: { href: 'x.tif' } } }),
  };
  const source = await open(folder(t, files));
  assert.equal((await source.areas())?.length, 2);
  assert.deepEqual(await source.assets(), ['blue', 'green', 'red', 'nir', 'swir22', 'scl']);
  const chosen = await open(folder(t, files), 'other');
  assert.deepEqual(ids(await chosen.search(ALL)), ['two']);
  assert.deepEqual(await chosen.assets(), ['swir22']);

  const root = folder(t, files);
  const before = await (await open(root)).revision();
  assert.equal(await (await open(root)).revision(), before);
  writeFileSync(join(root, 'three.json'), JSON.stringify(itemJson('three')));
  const after = await open(root);
  assert.notEqual(await after.revision(), before);
  assert.equal(after.profile, (await open(root)).profile);
  assert.match(after.profile, /^static-[0-9a-f]{8}$/);
});

test('dates are asked for, days included', async (t) => {
  const source = await open(folder(t, { 'one.json': itemJson('one') }));
  const between = async (start: string, end: string) => ids(await source.search({ ...ALL, start, end }));
  assert.deepEqual(await between('2021-11-05', '2021-11-05'), ['one']);
  assert.deepEqual(await between('2021-11-06', '2022-01-01'), []);
});

test('a path that is not there, and a document that is no catalogue, are typed errors', async (t) => {
  const root = folder(t, { 'numbers.json': [1, 2, 3], 'broken.json': '{', 'empty/x.txt': '' });
  await assert.rejects(open(join(root, 'nothing')), (error) => isGeoCropError(error, 'source-missing'));
  for (const name of ['numbers.json', 'broken.json']) {
    const source = await open(join(root, name));
    await assert.rejects(source.search(ALL), (error) => isGeoCropError(error, 'stac-malformed'), name);
  }
  assert.deepEqual(await (await open(join(root, 'empty'))).search(ALL), { items: [], leftOut: [] });
});

test('a catalogue on HTTP: relative links and hrefs, no files, three tries; an API is told to be one', async (t) => {
  let failures = 2;
  const server = await serve(t, ({ path }, response, url) => {
    if (path === '/catalog.json') {
      sendJson(response, { type: 'Catalog', links: [{ rel: 'item', href: 'items/one.json' }] });
    } else if (path === '/items/one.json') {
      if (failures-- > 0) return sendJson(response, {}, 503);
      const assets = { red: { href: '../B04.tif' }, nir: { href: 'file:///etc/passwd' } };
      sendJson(response, itemJson('one', { assets }));
    } else {
      sendJson(response, { type: 'Catalog', links: [{ rel: 'search', href: `${url}/search` }] });
    }
  });
  const source = await open(`${server.url}/catalog.json`);
  assert.equal(server.seen.length, 0, 'nothing is asked when it is opened');
  const { items } = await source.search(ALL);
  assert.deepEqual(
    items[0]?.assets.map((asset) => asset.href),
    [`${server.url}/B04.tif`],
  );
  assert.equal(await source.revision(), null);
  const requests = server.seen.length;
  await source.search(ALL);
  assert.equal(server.seen.length, requests, 'it is read once');
  const api = await open(`${server.url}/api.json`);
  await assert.rejects(
    api.search(ALL),
    (error) => isGeoCropError(error, 'stac-malformed') && /STAC API/.test(error.message),
  );
});

test('a server that fails for the moment makes no smaller catalogue, and the next call reads it', async (t) => {
  let failing = true;
  const server = await serve(t, ({ path }, response) => {
    if (path !== '/one.json') {
      sendJson(response, { type: 'Catalog', links: [{ rel: 'item', href: 'one.json' }] });
    } else if (failing) sendJson(response, {}, 500);
    else sendJson(response, itemJson('one'));
  });
  const source = await open(`${server.url}/catalog.json`);
  await assert.rejects(source.search(ALL), (error) => isGeoCropError(error, 'stac-unavailable'));
  await assert.rejects(source.search(ALL, AbortSignal.abort()), (error) => isGeoCropError(error, 'aborted'));
  failing = false;
  assert.deepEqual(ids(await source.search(ALL)), ['one']);
});

test('links: to a folder, to nothing, and in a circle', async (t) => {
  const root = folder(t, { 'a/one.json': itemJson('one') });
  symlinkSync(join(root, 'nothing'), join(root, 'dead.json'));
  symlinkSync(root, join(root, 'a', 'circle'));
  const listed = (await diskFiles.list(root)) ?? [];
  assert.deepEqual(listed.map(({ name, folder }) => [name, folder]).sort(), [
    ['a', true],
    ['dead.json', false],
  ]);
  assert.equal(await diskFiles.list(join(root, 'a/one.json')), null);
  const found = await (await open(root)).search(ALL);
  assert.deepEqual(ids(found), ['one']);
  assert.ok(found.leftOut.some(({ id, code }) => id === 'dead.json' && code === 'malformed'));
});

test('a file that goes away after opening is a typed error, and read when it is back', async (t) => {
  const root = folder(t, { 'one.json': itemJson('one') });
  const source = await open(join(root, 'one.json'));
  renameSync(join(root, 'one.json'), join(root, 'away'));
  await assert.rejects(source.search(ALL), (error) => isGeoCropError(error, 'source-missing'));
  renameSync(join(root, 'away'), join(root, 'one.json'));
  assert.deepEqual(ids(await source.search(ALL)), ['one']);
});
