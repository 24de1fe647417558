import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Feature, FeatureCollection } from 'geojson';
import type { Coverage } from './coverage.js';
import { polygonsCoverage, zimbabweCoverage } from './coverage.js';
import { boxArea, type Area } from './polygon.js';

const BOUNDARIES = '../shared/data/boundaries';

test('Zimbabwe holds its towns and not those of its neighbours', () => {
  const coverage = zimbabweCoverage();
  assert.ok(coverage.contains(31.05, -17.83), 'Harare');
  assert.ok(coverage.contains(28.58, -20.15), 'Bulawayo');
  assert.ok(coverage.contains(32.62, -18.97), 'Mutare');
  assert.ok(!coverage.contains(28.28, -15.42), 'Lusaka');
  assert.ok(!coverage.contains(25.9, -24.65), 'Gaborone');
  assert.ok(!coverage.contains(33.48, -19.12), 'Chimoio');
  assert.ok(coverage.meetsBox([20, -25, 40, -10]) && coverage.meetsBox([31, -18, 31.1, -17.9]));
  assert.ok(!coverage.meetsBox([34, -20, 35, -19]));
});

test('Zimbabwe agrees with two other drawings of its border better than those with each other', (t) => {
  if (!existsSync(BOUNDARIES)) return t.skip('needs ../shared/data');
  const [deafrica, ne50m] = ['zimbabwe_deafrica.geojson', 'zimbabwe_ne50m.geojson'].map((file) => {
    const document = JSON.parse(readFileSync(`${BOUNDARIES}/${file}`, 'utf8')) as
      FeatureCollection<Area> | Feature<Area>;
    const features = document.type === 'FeatureCollection' ? document.features : [document];
    return polygonsCoverage(features.map((feature) => feature.geometry));
  });
  assert.ok(deafrica !== undefined && ne50m !== undefined);
  const overlap = (a: Coverage, b: Coverage) => {
    let [both, either] = [0, 0];
    for (let lon = 25; lon <= 33.5; lon += 0.1) {
      for (let lat = -22.5; lat <= -15.5; lat += 0.1) {
        const [here, there] = [a.contains(lon, lat), b.contains(lon, lat)];
        both += Number(here && there);
        either += Number(here || there);
      }
    }
    return both / either;
  };
  const others = overlap(deafrica, ne50m);
  assert.ok(others > 0.98);
  for (const other of [deafrica, ne50m]) assert.ok(overlap(zimbabweCoverage(), other) >= others);
});

test('a coverage of areas is their union, and of none is nowhere', () => {
  const coverage = polygonsCoverage([boxArea([0, 0, 1, 1]), boxArea([3, 0, 4, 2])]);
  assert.deepEqual(coverage.bounds, [0, 0, 4, 2]);
  assert.ok(coverage.contains(3.5, 1.5) && !coverage.contains(2, 0.5));
  assert.ok(coverage.meetsBox([0.9, 0.9, 2, 2]) && !coverage.meetsBox([1.5, 0, 2.5, 1]));
  const nowhere = polygonsCoverage([]);
  assert.ok(!nowhere.contains(0, 0) && !nowhere.meetsBox([-180, -85, 180, 85]));
});
