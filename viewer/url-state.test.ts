import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatUrl, parseUrl } from './url-state.js';

test('a link gives back the state that made it', () => {
  const state = {
    place: { zoom: 14.25, lat: -18.9312, lon: 30.0254 },
    season: 'winter',
    year: 2023,
    model: 'Ensemble',
    layer: 'ndvi_peak',
    opacity: 0.4,
    baseline: false,
    hidden: ['maize', 'built up, dense'],
    hatchBelow: 60,
    compare: { with: 'year', year: 2021 } as const,
    swipe: 0.375,
    others: { point: '30.1,-18.9' },
  };
  const link = formatUrl(state);
  const [search, hash] = link.split('#');
  assert.deepEqual(parseUrl(search ?? '', `#${hash}`), state);
});

test('what is the default is left out of the link', () => {
  assert.equal(
    formatUrl({ ...parseUrl('', ''), place: { zoom: 14, lat: -19, lon: 30 } }),
    '#14/-19.00000/30.00000',
  );
  assert.equal(formatUrl(parseUrl('', '')), '');
});

test('what is malformed counts as not given', () => {
  for (const hash of ['#', '#14', '#14/x/30', '#14/-99/30', '#14/-19/400', '#//', '#NaN/1/1']) {
    assert.equal(parseUrl('', hash).place, null, hash);
  }
  const state = parseUrl('?year=20x4&opacity=lots', '');
  assert.equal(state.year, null);
  assert.equal(state.opacity, 0.85);
});

test('zoom and opacity stay in their ranges', () => {
  assert.equal(parseUrl('', '#3/-19/30').place?.zoom, 6);
  assert.equal(parseUrl('', '#30/-19/30').place?.zoom, 18);
  assert.equal(parseUrl('?opacity=400', '').opacity, 1);
  assert.equal(parseUrl('?opacity=0', '').opacity, 0);
});

test('each comparison is written and read', () => {
  for (const compare of [
    { with: 'year', year: 2019 },
    { with: 'model', model: 'Ensemble:2' },
    { with: 'baseline' },
    null,
  ] as const) {
    const link = formatUrl({ ...parseUrl('', ''), compare });
    assert.deepEqual(parseUrl(link, '').compare, compare);
  }
  for (const text of ['year:', 'year:20x', 'model:', 'moon', ''])
    assert.equal(parseUrl(`?compare=${text}`, '').compare, null, text);
});

test('the divider stands in a link only while something is compared', () => {
  assert.equal(formatUrl({ ...parseUrl('', ''), swipe: 0.2 }), '');
  assert.equal(parseUrl('?compare=baseline&swipe=700', '').swipe, 1);
});

test('what panels keep comes through, and none of it takes the name of something of the map', () => {
  const state = parseUrl('?area=abc&year=2023&off=a&off=b&point=1,2', '');
  assert.deepEqual(state.others, { area: 'abc', point: '1,2' });
  assert.deepEqual(state.hidden, ['a', 'b']);
});
