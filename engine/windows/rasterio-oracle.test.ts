import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { NEEDS_RASTERIO, pythonWith } from '../encode/gdal-oracle.js';
import { createByteSource } from './byte-source/create-byte-source.js';
import { CogReader } from './cog-reader.js';
import { FIXTURES } from './fixtures/fixtures.js';
import { readLevel } from './read-level.js';
import { mapStore } from './testing.js';

const SCENES = resolve('../shared/data/sentinel2');

test('every level of every real Sentinel-2 file equals rasterio', async (t) => {
  if (!existsSync(SCENES)) {
    t.skip('needs ../shared/data/sentinel2');
    return;
  }
  const python = pythonWith('rasterio');
  if (python === null) {
    t.skip(NEEDS_RASTERIO);
    return;
  }
  const script = fileURLToPath(new URL('digests.py', FIXTURES));
  const output = execFileSync(python, [script, SCENES], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const expected = JSON.parse(output) as Record<string, string[]>;
  const reader = new CogReader({ source: createByteSource(), store: mapStore() });
  for (const [path, digests] of Object.entries(expected)) {
    const header = await reader.header(pathToFileURL(path).href);
    assert.equal(header.levels.length, digests.length, path);
    for (const [level, digest] of digests.entries()) {
      const { data } = await readLevel(reader, header.href, level);
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      assert.equal(createHash('sha256').update(bytes).digest('hex'), digest, `${path}, level ${level}`);
    }
  }
  assert.ok(Object.keys(expected).length > 0);
});
