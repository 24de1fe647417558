import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digest } from '../digest.js';
import { BANDS } from '../scenes/scene.js';
import { FEATURE_BANDS, FEATURE_ORDER_V1, bandsForFeatures, isFeatureName } from './feature-order.js';
import { expectations } from './testing.js';

test('FEATURE_ORDER_V1 is frozen: models are trained on it', () => {
  assert.equal(
    digest([...FEATURE_ORDER_V1]),
    'eff55970b0cc5cd2743bbb584c4ae36d50c01b7ac5c9a1952664c6c664fe691a',
  );
  assert.equal(new Set(FEATURE_ORDER_V1).size, 51);
  assert.throws(() => (FEATURE_ORDER_V1 as unknown as string[]).push('more'), TypeError);
});

test('the numpy reference has the same names in the same order', () => {
  assert.deepEqual(expectations('series.json').features, [...FEATURE_ORDER_V1]);
});

test('each feature names the bands it needs, in stack order', () => {
  assert.deepEqual(FEATURE_BANDS.evi_std, ['blue', 'red', 'nir']);
  assert.deepEqual(FEATURE_BANDS.ndvi_sos, ['red', 'nir']);
  assert.deepEqual(FEATURE_BANDS.ndre_mean_late, ['rededge1', 'nir']);
  assert.deepEqual(FEATURE_BANDS.bsi_min, ['blue', 'red', 'nir', 'swir16']);
  assert.deepEqual(FEATURE_BANDS.swir22_median, ['swir22']);
  for (const feature of FEATURE_ORDER_V1) assert.ok(FEATURE_BANDS[feature].length > 0, feature);
});

test('the bands of a list of features are each there once, in stack order', () => {
  assert.deepEqual(bandsForFeatures([...FEATURE_ORDER_V1]), [...BANDS]);
  assert.deepEqual(bandsForFeatures(['ndmi_peak', 'ndvi_peak', 'red_median']), ['red', 'nir', 'swir16']);
  assert.deepEqual(bandsForFeatures(['dw_class']), []);
  assert.ok(isFeatureName('ndvi_peak') && !isFeatureName('dw_class') && !isFeatureName('ndvi'));
});
