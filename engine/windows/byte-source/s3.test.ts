import assert from 'node:assert/strict';
import { test } from 'node:test';
import { s3Url } from './s3.js';

test('public objects have addresses by bucket and region', () => {
  assert.equal(
    s3Url('s3://deafrica-sentinel-2-l2a-c1/36/K/YF/B04.tif'),
    'https://deafrica-sentinel-2-l2a-c1.s3.af-south-1.amazonaws.com/36/K/YF/B04.tif',
  );
  assert.equal(
    s3Url('s3://sentinel-cogs/a/B04.tif', { region: 'af-south-1' }),
    'https://sentinel-cogs.s3.us-west-2.amazonaws.com/a/B04.tif',
  );
  assert.equal(
    s3Url('s3://somewhere/a', { region: 'eu-central-1' }),
    'https://somewhere.s3.eu-central-1.amazonaws.com/a',
  );
  assert.equal(
    s3Url('s3://sentinel-cogs/a', { bucketRegions: { 'sentinel-cogs': 'eu-west-1' } }),
    'https://sentinel-cogs.s3.eu-west-1.amazonaws.com/a',
  );
  assert.equal(s3Url('s3://with.dots/a/b'), 'https://s3.af-south-1.amazonaws.com/with.dots/a/b');
  assert.equal(
    s3Url('s3://bucket/a//b c', { endpoint: 'http://minio:9000/' }),
    'http://minio:9000/bucket/a//b%20c',
  );
});
