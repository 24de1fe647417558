import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { groundDistance } from './ground.js';

const expectations = JSON.parse(readFileSync(join('engine', 'geo', 'fixtures', 'ground.json'), 'utf8')) as {
  distances: [number, number, number, number, number][];
};

test('distances up to 10 km are the geodesics of PROJ to a millimetre', () => {
  assert.ok(expectations.distances.length > 50);
  for (const [lon1, lat1, lon2, lat2, metres] of expectations.distances) {
    const got = groundDistance(lon1, lat1, lon2, lat2);
    assert.ok(
      Math.abs(got - metres) < 1e-3,
      `${lon1},${lat1} to ${lon2},${lat2}: got ${got}, PROJ ${metres}`,
    );
  }
});
