import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { isGeoCropError } from '../errors.js';
import { FIXTURES } from '../windows/fixtures/fixtures.js';
import { CogReader } from '../windows/cog-reader.js';
import { mapStore, memorySource } from '../windows/testing.js';
import type { Dataset } from './dataset.js';
import { GENERAL_FIXTURES } from './fixtures/fixtures.js';
import { openDataset } from './open-dataset.js';

const HREF = 'https://example.test/broken.tif';
/** Larger windows are cut down to this side. */
const MOST_SIDE = 64;
/** Of this process with all of its tests. */
const MOST_RESIDENT_BYTES = 640 * 1024 * 1024;
const CODES = [
  'cog-malformed',
  'cog-unsupported',
  'block-corrupt',
  'unsupported-crs',
  'area-too-large',
] as const;

/** Everything that a dataset has, as far as it is small: all bands of all levels. Throws only GeoCropError. */
async function readAll(file: Uint8Array): Promise<Dataset> {
  const reader = new CogReader({ source: memorySource({ [HREF]: file }), store: mapStore() });
  const dataset = await openDataset(reader, HREF);
  const bands = dataset.bands.slice(0, 8).map((_, i) => i + 1);
  for (const [index, level] of dataset.levels.entries()) {
    const width = Math.min(level.width, MOST_SIDE);
    const height = Math.min(level.height, MOST_SIDE);
    const { data, masks } = await dataset.read(index, { column: 0, row: 0, width, height }, bands);
    for (const values of data) assert.equal(values.length, width * height);
    for (const mask of masks) assert.equal(mask?.length ?? width * height, width * height);
  }
  // A header that was kept is the same once more.
  assert.deepEqual(describeAll(await openDataset(reader, HREF)), describeAll(dataset));
  return dataset;
}

const describeAll = (dataset: Dataset): unknown => ({ ...dataset, read: null });

async function survives(file: Uint8Array, damage: string): Promise<'read' | 'refused'> {
  try {
    await readAll(file);
    return 'read';
  } catch (error) {
    if (!isGeoCropError(error, ...CODES)) throw new Error(`${damage}: ${String(error)}`, { cause: error });
    assert.equal(error.context.href, HREF, `${damage}: ${error.message} names the file`);
    return 'refused';
  }
}

/** Numbers in [0, 1), the same at every run: xorshift32 (Marsaglia 2003). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const files = [FIXTURES, GENERAL_FIXTURES].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.tif') && !name.startsWith('layout-'))
    .map((name) => new URL(name, folder)),
);

after(() => {
  const { maxRSS } = process.resourceUsage();
  assert.ok(maxRSS * 1024 < MOST_RESIDENT_BYTES, `the process had ${maxRSS} kB`);
});

describe('damaged GeoTIFFs open and are read, or are refused as what they are', () => {
  for (const [i, url] of files.entries()) {
    const name = url.pathname.split('/').at(-1) ?? '';
    test(name, async () => {
      const random = seeded(i + 1);
      const intact = new Uint8Array(readFileSync(url));
      assert.equal(await survives(intact, name), 'read');
      for (let mutation = 0; mutation < 24; mutation += 1) {
        const file = intact.slice(
          0,
          mutation % 6 === 5 ? Math.floor(random() * intact.length) : intact.length,
        );
        const flips = 1 + Math.floor(random() * 6);
        // Most of them in the directories, where a byte does most.
        const reach = mutation % 3 === 0 ? file.length : Math.min(1200, file.length);
        for (let flip = 0; flip < flips && reach > 0; flip += 1) {
          const value = [0, 1, 0x7f, 0xff, Math.floor(random() * 256)][Math.floor(random() * 5)] ?? 0;
          file[Math.floor(random() * reach)] = value;
        }
        await survives(file, `${name}, mutation ${mutation}`);
      }
    });
  }
});
