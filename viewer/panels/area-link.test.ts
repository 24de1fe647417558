import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AreaGeometry } from '../panel-host.js';
import { areaOfWord, areaToWord } from './area-link.js';
import { circle } from './circle.js';

const FIELD: AreaGeometry = {
  type: 'Polygon',
  coordinates: [
    [
      [30.012345, -17.861],
      [30.02, -17.861001],
      [30.02, -17.87],
      [30.012345, -17.861],
    ],
  ],
};

test('a link gives back the area that made it', () => {
  const holes: AreaGeometry = {
    type: 'MultiPolygon',
    coordinates: [FIELD.coordinates, [FIELD.coordinates[0], FIELD.coordinates[0]] as never],
  };
  for (const area of [FIELD, holes]) assert.deepEqual(areaOfWord(areaToWord(area) ?? ''), area);
});

test('coordinates come back within a millionth of a degree, in a word of a few hundred letters', () => {
  const area = circle([30, -18], 2500);
  const word = areaToWord(area) ?? '';
  assert.ok(word.length > 0 && word.length < 800, String(word.length));
  assert.match(word, /^[\w-]+$/);
  const ring = areaOfWord(word)?.coordinates[0] as number[][];
  area.coordinates[0]?.forEach(([lon = 0, lat = 0], i) => {
    assert.ok(Math.abs((ring[i]?.[0] ?? 0) - lon) <= 5.1e-7);
    assert.ok(Math.abs((ring[i]?.[1] ?? 0) - lat) <= 5.1e-7);
  });
});

test('an area of very many corners has no word', () => {
  const ring = Array.from({ length: 5000 }, (_, i) => [30 + Math.cos(i) / 10, -18 + Math.sin(i) / 10]);
  assert.equal(areaToWord({ type: 'Polygon', coordinates: [[...ring, ring[0] as number[]]] }), null);
});

test('what is no area is none, and takes no time', () => {
  const word = areaToWord(FIELD) ?? '';
  for (const broken of ['', 'A', '////', 'zzzzzzzz', word.slice(0, -3), `${word}AA`, '_'.repeat(3000), 'ä'])
    assert.equal(areaOfWord(broken), null, broken);
});
