import assert from 'node:assert/strict';
import { test } from 'node:test';
import { featureName } from './feature-names.js';

test('a feature is grouped by what it is of and named in words', () => {
  assert.deepEqual(featureName({ name: 'ndvi_mean_early', title: 'ndvi mean early' }), {
    group: 'NDVI',
    title: 'NDVI, mean of the first third',
  });
  assert.deepEqual(featureName({ name: 'swir16_median', title: 'swir16_median' }), {
    group: 'Reflectance',
    title: 'Shortwave 1.6 µm, median reflectance',
  });
});

test('a title that says more than the name is kept; an unknown feature keeps its own', () => {
  assert.equal(featureName({ name: 'ndvi_peak', title: 'Peak NDVI' }).title, 'Peak NDVI');
  assert.equal(featureName({ name: 'msavi_kurtosis', title: 'msavi kurtosis' }).title, 'msavi kurtosis');
});
