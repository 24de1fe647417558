import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGeoCropError } from '../errors.js';
import { aoiBounds, checkAoi, circleContains, parseAoi } from './aoi.js';
import { zimbabweCoverage } from './coverage.js';
import { groundDistance } from './ground.js';

test('an AOI is a circle of up to 5 km whose centre is covered', () => {
  const aoi = parseAoi(' 31.05, -17.83,2000 ');
  assert.deepEqual(aoi, { lon: 31.05, lat: -17.83, radius: 2000 });
  assert.equal(checkAoi(aoi, zimbabweCoverage()), aoi);
  for (const text of [
    '',
    '31,-17',
    '31,-17,0',
    '31,-17,-5',
    '31,-17,5001',
    '31,,5',
    'a,b,c',
    '181,0,5',
    '31,-17,5,5',
  ]) {
    assert.throws(
      () => parseAoi(text),
      (error) => isGeoCropError(error, 'bad-request') && error.hint !== undefined,
      text,
    );
  }
  assert.throws(
    () => checkAoi(parseAoi('28.28,-15.42,500'), zimbabweCoverage()),
    (error) => isGeoCropError(error, 'outside-coverage'),
  );
});

test('the circle touches its box on all four sides and stays within it', () => {
  for (const lat of [-18, 0, 60]) {
    const aoi = { lon: 31, lat, radius: 5000 };
    const [west, south, east, north] = aoiBounds(aoi);
    assert.ok(
      circleContains(aoi, 31, lat) && !circleContains(aoi, 31, north) && !circleContains(aoi, 31, south),
    );
    let [furthestEast, furthestNorth] = [31, lat];
    for (let lon = west - 0.02; lon <= east + 0.02; lon += (east - west) / 200) {
      for (let at = south - 0.02; at <= north + 0.02; at += (north - south) / 200) {
        if (!circleContains(aoi, lon, at)) continue;
        assert.ok(lon >= west && lon <= east && at >= south && at <= north);
        furthestEast = Math.max(furthestEast, lon);
        furthestNorth = Math.max(furthestNorth, at);
      }
    }
    assert.ok(
      groundDistance(furthestEast, lat, east, lat) < 60 && groundDistance(31, furthestNorth, 31, north) < 60,
    );
  }
});
