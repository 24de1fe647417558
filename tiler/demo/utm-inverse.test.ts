import assert from 'node:assert/strict';
import { test } from 'node:test';
import { projectPoint } from '../../engine/geo/project.js';
import { groundOf, lonLatOf } from './ground.js';
import { lonLatOfUtm } from './utm-inverse.js';

test('back from UTM: the projection that the engine uses, undone to a tenth of a micrometre', () => {
  for (const zone of [35, 36]) {
    for (const lon of [29.9, 29.99, 30, 30.07]) {
      for (const lat of [-17.9, -17.81, -17.7]) {
        const [back, north] = lonLatOfUtm(...projectPoint(32700 + zone, lon, lat), zone);
        assert.ok(Math.abs(back - lon) < 1e-12, `${zone}: ${lon} came back as ${back}`);
        assert.ok(Math.abs(north - lat) < 1e-12, `${zone}: ${lat} came back as ${north}`);
      }
    }
  }
});

test('the ground is true to scale, and there and back', () => {
  const { x, y } = groundOf(30.03, -17.77);
  const [lon, lat] = lonLatOf(x, y);
  assert.ok(Math.abs(lon - 30.03) < 1e-12 && Math.abs(lat + 17.77) < 1e-12);
  const [e0, n0] = projectPoint(32736, 29.99, -17.81);
  const [e1, n1] = projectPoint(32736, 30.03, -17.77);
  // UTM's own scale is 1.0008 here.
  const ratio = Math.hypot(x, y) / Math.hypot(e1 - e0, n1 - n0);
  assert.ok(Math.abs(ratio - 1) < 0.003, `${ratio}`);
});
