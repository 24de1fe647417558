import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isGeoCropError } from '../../engine/errors.js';
import { readConfig } from './read-config.js';
import { readSecret } from './secret-file.js';

describe('a secret', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'geocrop-secret-'));
  });
  after(() => rm(folder, { recursive: true }));

  const inFile = async (text: string): Promise<string | null> => {
    const file = join(folder, 'secret');
    await writeFile(file, text);
    return readSecret(readConfig({ GEOCROP_CACHE_REDIS_URL_FILE: file }), 'cacheRedisUrl');
  };

  it('is itself, or what its file holds, or null', async () => {
    assert.equal(await readSecret(readConfig({}), 'cacheRedisUrl'), null);
    const given = readConfig({ GEOCROP_CACHE_REDIS_URL: 'redis://cache' });
    assert.equal(await readSecret(given, 'cacheRedisUrl'), 'redis://cache');
    assert.equal(await inFile('redis://:s3cret@cache/1'), 'redis://:s3cret@cache/1');
    assert.equal(await inFile('redis://cache\r\n'), 'redis://cache');
  });

  it('in a file that has none is said, and never shown', async () => {
    for (const [text, why] of [
      ['', /the file is empty/],
      ['redis://:s3cret@cache\nredis://b', /several lines/],
      ['http://:s3cret@cache', /of what is in the file: expected redis:/],
    ] as const) {
      await assert.rejects(inFile(text), (error) => {
        assert.ok(isGeoCropError(error, 'config-invalid'));
        assert.match(error.message, why);
        assert.match(error.message, /^GEOCROP_CACHE_REDIS_URL_FILE = /);
        assert.ok(!error.message.includes('s3cret'));
        return true;
      });
    }
    const missing = readConfig({ GEOCROP_CACHE_REDIS_URL_FILE: join(folder, 'nowhere') });
    await assert.rejects(readSecret(missing, 'cacheRedisUrl'), /cannot be read/);
  });
});
