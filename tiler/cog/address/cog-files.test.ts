import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isGeoCropError } from '../../../engine/errors.js';
import type { ReadableStore } from '../../tiles/store-source.js';
import { CogFiles } from './cog-files.js';

const FILE = 's3://geocrop-results/results/1/refined.tif';

/** A store of one file, which says how often it was asked which file it is. */
function stage() {
  const state = { version: '1', asked: 0, now: 0 };
  const store = {
    head: async () => {
      state.asked += 1;
      const { version } = state;
      await new Promise((resolve) => setImmediate(resolve));
      return version === '' ? undefined : { size: 9, version, modified: new Date(0) };
    },
  } as unknown as ReadableStore;
  const files = new CogFiles({
    store,
    places: [{ kind: 'store', bucket: 'geocrop-results', prefix: '' }],
    bucketPrefix: '',
    http: { privateHosts: [], timeoutMs: 1000, maxInFlight: 1 },
    now: () => state.now,
  });
  return { state, files };
}

describe('files that are read as COGs', () => {
  it('are what they were for two seconds, and are then asked after', async () => {
    const { state, files } = stage();
    const { href } = await files.identify(FILE);
    state.version = '2';
    state.now = 1999;
    assert.equal((await files.identify(FILE)).href, href);
    state.now = 2000;
    assert.notEqual((await files.identify(FILE)).href, href);
    assert.equal(state.asked, 2);
  });

  it('are asked after once by all who find at the same time that they were replaced', async () => {
    const { state, files } = stage();
    const { href } = await files.identify(FILE);
    state.version = '2';
    const found = await Promise.all(Array.from({ length: 20 }, () => files.identify(FILE, href)));
    assert.equal(new Set(found.map((file) => file.href)).size, 1);
    assert.notEqual(found[0]?.href, href);
    assert.equal(state.asked, 2);
    assert.equal((await files.identify(FILE)).href, found[0]?.href);
  });

  it('are still the same where they were not replaced after all', async () => {
    const { files } = stage();
    const { href } = await files.identify(FILE);
    assert.equal((await files.identify(FILE, href)).href, href);
  });

  it('that could not be found are looked for again', async () => {
    const { state, files } = stage();
    state.version = '';
    await assert.rejects(files.identify(FILE), (error) => isGeoCropError(error, 'cog-missing'));
    state.version = '1';
    await files.identify(FILE);
    assert.equal(state.asked, 2);
  });
});
