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
