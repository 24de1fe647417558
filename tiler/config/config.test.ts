import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { isGeoCropError } from '../../engine/errors.js';
import { SUMMER, WINTER } from '../../engine/season.js';
import { closest } from './closest.js';
import { configurationPage } from './docs.js';
import { SERVE_FLAGS } from './flags.js';
import { readConfig } from './read-config.js';
import { SETTINGS } from './settings.js';

const problemsOf = (environment: Record<string, string>, flags = {}): string[] => {
  try {
    readConfig(environment, flags);
  } catch (error) {
    assert.ok(isGeoCropError(error, 'config-invalid'));
    return error.message.split('\n').slice(1);
  }
  return [];
};

describe('the configuration', () => {
  it('has a default for everything', () => {
    const config = readConfig({});
    assert.equal(config.host, '127.0.0.1');
    assert.equal(config.port, 8080);
    assert.deepEqual(config.seasons, [SUMMER, WINTER]);
    assert.equal(config.blockCacheBytes, 20e9);
    assert.equal(config.memoryCacheBytes, 64 * 2 ** 20);
    assert.equal(config.fetchTimeoutMs, 20_000);
    assert.deepEqual(config.coverage, { kind: 'auto' });
    assert.equal(config.computeKey, null);
    assert.ok(Object.isFrozen(config));
  });

  it('takes flags before the environment, and empty variables as unset', () => {
    const environment = {
      GEOCROP_PORT: '9000',
      GEOCROP_HOST: '',
      GEOCROP_COVERAGE: 'area/fields.geojson',
      PORT: '1',
    };
    assert.equal(readConfig(environment).port, 9000);
    assert.equal(readConfig(environment, { port: '0' }).port, 0);
    assert.equal(readConfig(environment).host, '127.0.0.1');
    assert.deepEqual(readConfig(environment).coverage, { kind: 'file', path: 'area/fields.geojson' });
  });

  it('says everything that is wrong at once', () => {
    const problems = problemsOf(
      {
        GEOCROP_CLOUD_LIMIT: '160',
        GEOCROP_SEASONS: 'short=01-01..02-01',
        GEOCROP_BLOCK_CACHE_BYTES: 'much',
        GEOCROP_CLUOD_LIMIT: '50',
        GEOCROP_COMPUTE: 'key',
      },
      { port: '99999' },
    );
    assert.equal(problems.length, 6);
    assert.match(problems[0] ?? '', /--port = "99999": expected a whole number from 0 to 65535/);
    assert.ok(problems.some((problem) => /SEASONS.*120 to 366/.test(problem)));
    assert.ok(
      problems.some((problem) =>
        /CLUOD_LIMIT is no setting; did you mean GEOCROP_CLOUD_LIMIT\?/.test(problem),
      ),
    );
    assert.ok(problems.some((problem) => /needs GEOCROP_COMPUTE_KEY/.test(problem)));
  });

  it('refuses what is malformed', () => {
    const wrong: Record<string, string> = {
      GEOCROP_PUBLIC_URL: 'example.com',
      GEOCROP_FETCH_TIMEOUT: '20',
      GEOCROP_SEASONS: 'summer=09-01..05-31,summer=05-01..10-31',
      GEOCROP_COVERAGE: 'zambia',
      GEOCROP_LOG_LEVEL: 'loud',
      GEOCROP_WAIT: '56',
      GEOCROP_COMPUTE_THREADS: '0',
      GEOCROP_STORE_S3_PUBLIC_URL: 'https://maps.example.org/s3',
      GEOCROP_STORE_S3_BUCKET_PREFIX: 'Maps_',
      GEOCROP_STORE_S3_PATH_STYLE: 'perhaps',
    };
    for (const [name, value] of Object.entries(wrong)) {
      assert.equal(problemsOf({ [name]: value }).length, 1, name);
    }
  });

  it('never prints a secret', () => {
    const problems = problemsOf({ GEOCROP_COMPUTE_KEY: ' ' });
    assert.match(problems[0] ?? '', /\(hidden\)/);
    const address = problemsOf({ GEOCROP_PUBLIC_URL: 'ftp://me:s3cret@example.org' });
    assert.match(address[0] ?? '', /"ftp:\/\/\(hidden\)@example\.org"/);
  });

  it('wants both keys of an S3 store, each once', () => {
    const endpoint = { GEOCROP_STORE_S3_ENDPOINT: 'http://minio:9000/' };
    assert.deepEqual(problemsOf(endpoint), [
      '  - GEOCROP_STORE_S3_ENDPOINT needs GEOCROP_STORE_S3_ACCESS_KEY or GEOCROP_STORE_S3_ACCESS_KEY_FILE.',
      '  - GEOCROP_STORE_S3_ENDPOINT needs GEOCROP_STORE_S3_SECRET_KEY or GEOCROP_STORE_S3_SECRET_KEY_FILE.',
    ]);
    const keys = { GEOCROP_STORE_S3_ACCESS_KEY: 'a', GEOCROP_STORE_S3_SECRET_KEY_FILE: 'secret' };
    assert.equal(readConfig({ ...endpoint, ...keys }).storeS3Endpoint, 'http://minio:9000');
    const twice = problemsOf({ ...endpoint, ...keys, GEOCROP_STORE_S3_SECRET_KEY: 's3cret' });
    assert.equal(twice.length, 1);
    assert.ok(!twice.join().includes('s3cret'));
  });

  it('takes a Redis by its address, and says no password of it', () => {
    for (const url of [
      'redis://cache',
      'redis://:s3cret@cache:6379/3',
      'rediss://me:s3cret@cache/',
      'redis://[::1]:6380/15',
    ]) {
      assert.equal(readConfig({ GEOCROP_CACHE_REDIS_URL: url }).cacheRedisUrl, url);
    }
    for (const url of [
      'cache:6379',
      'http://cache',
      'redis://',
      'redis://me:s3cret@cache/tiles',
      'redis://cache/0?db=2',
    ]) {
      const problems = problemsOf({ GEOCROP_CACHE_REDIS_URL: url });
      assert.equal(problems.length, 1, url);
      assert.match(problems[0] ?? '', /\(hidden\): expected redis:\/\/host/);
    }
    const twice = {
      GEOCROP_CACHE_REDIS_URL: 'redis://:s3cret@cache',
      GEOCROP_CACHE_REDIS_URL_FILE: 'redis-url',
    };
    assert.match(
      problemsOf(twice).join(),
      /^ {2}- GEOCROP_CACHE_REDIS_URL and GEOCROP_CACHE_REDIS_URL_FILE are both set/,
    );
    assert.equal(readConfig({}).cacheRedisTtlMs, 7 * 24 * 3_600_000);
  });

  it('knows near names, not far ones', () => {
    const names = Object.values(SETTINGS).map((setting) => setting.env);
    assert.equal(closest('GEOCROP_STROE', names), 'GEOCROP_STORE');
    assert.equal(closest('GEOCROP_REDIS_URL', ['GEOCROP_HOST']), null);
  });

  it('is what docs/configuration.md says', () => {
    const page = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
    assert.equal(
      page,
      configurationPage(SERVE_FLAGS),
      'npm run build && node dist/tiler/config/write-docs.js',
    );
  });
});
