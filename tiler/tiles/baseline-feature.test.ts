import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryObjectStore } from '../../cache/memory-store.js';
import { loadBundle } from '../../engine/classes/load-bundle.js';
import { bundleContents, expectations, memoryBundleFiles } from '../../engine/classes/fixtures/fixtures.js';
import { encodeCog } from '../../engine/encode/cog.js';
import { isGeoCropError } from '../../engine/errors.js';
import { projectPoint } from '../../engine/geo/project.js';
import { lonLatToPixel } from '../../engine/geo/tile-matrix.js';
import type { Target } from '../../engine/metatile/target.js';
import { BANDS } from '../../engine/scenes/scene.js';
import { SUMMER } from '../../engine/season.js';
import { BaselineFeature } from './baseline-feature.js';
import { DynamicWorldBaseline } from './baseline.js';
import { Maps } from './maps.js';

const [LON, LAT] = [30.004, -17.5];
const KEY = 'dw/zim/summer/2021_2022/highest_conf/DW_Zim_HighestConf_2021_2022.tif';
const A_MINUTE = 60_000;

/** One class over a kilometre around the place. */
async function cogOf(value: number): Promise<Uint8Array> {
  const [easting, northing] = projectPoint(32736, LON, LAT);
  return encodeCog({
    raster: { data: new Uint8Array(100 * 100).fill(value), bands: 1, width: 100, height: 100, nodata: 255 },
    overviews: [],
    epsg: 32736,
    transform: [10, 0, Math.round(easting) - 500, 0, -10, Math.round(northing) + 500],
    blockSize: 256,
  });
}

function place(): Target {
  const { x, y } = lonLatToPixel(14, LON, LAT);
  return { kind: 'list', px: Int32Array.of(x, 0), py: Int32Array.of(y, 0) };
}

async function opened() {
  const clock = { now: 0, written: 0 };
  const store = new MemoryObjectStore(() => new Date(clock.written++));
  const files = new DynamicWorldBaseline(store, () => clock.now);
  return { clock, store, files, feature: await BaselineFeature.open(files) };
}

describe('Dynamic World as a feature', () => {
  it('has no class anywhere where no file is stored', async () => {
    const { feature } = await opened();
    assert.equal(feature.digest(2021), null);
    assert.deepEqual([...(await feature.read(place(), { year: 2021, digest: null }))], [-1, -1]);
  });

  it('gives a map the files that its recipe names, and no others', async () => {
    const { clock, store, feature } = await opened();
    await store.put('geocrop-baselines', KEY, await cogOf(0));
    clock.now += A_MINUTE;
    const early = { year: 2021, digest: null };
    await assert.rejects(feature.read(place(), early), (error) =>
      isGeoCropError(error, 'source-unavailable'),
    );
    const first = { year: 2021, digest: feature.digest(2021) };
    assert.deepEqual([...(await feature.read(place(), first))], [0, -1]);

    await store.put('geocrop-baselines', KEY, await cogOf(4));
    clock.now += A_MINUTE;
    await assert.rejects(feature.read(place(), first), (error) =>
      isGeoCropError(error, 'source-unavailable'),
    );
    const second = { year: 2021, digest: feature.digest(2021) };
    assert.notEqual(second.digest, first.digest);
    assert.deepEqual([...(await feature.read(place(), second))], [4, -1]);
  });

  it('never takes an old header with new blocks', async () => {
    const { clock, store, feature } = await opened();
    await store.put('geocrop-baselines', KEY, await cogOf(0));
    clock.now += A_MINUTE;
    await assert.rejects(feature.read(place(), { year: 2021, digest: null }));
    const wish = { year: 2021, digest: feature.digest(2021) };
    // Replaced within the minute that a listing is good for.
    await store.put('geocrop-baselines', KEY, await cogOf(4));
    await assert.rejects(feature.read(place(), wish), (error) => isGeoCropError(error, 'source-unavailable'));
  });

  it('is part of the recipe of the maps that use it, and of no others', async () => {
    const contents = bundleContents('trees');
    const plain = await loadBundle(memoryBundleFiles(contents, 'plain'));
    const features = [...expectations.features.slice(1), 'dw_class'];
    const user = await loadBundle(
      memoryBundleFiles({ ...contents, 'selected_features.json': features }, 'user'),
    );
    let digest: string | null = null;
    const maps = new Maps({
      bundles: new Map([
        ['plain', plain],
        ['user', user],
      ]),
      seasons: [SUMMER],
      years: () => [2021],
      defaultModel: null,
      source: 'test',
      profiles: ['test'],
      bands: BANDS,
      cloudBufferPixels: 3,
      cloudLimit: 60,
      baseline: () => digest,
      now: () => new Date('2024-01-01T00:00:00Z'),
    });
    const definitionOf = (model: string) => maps.definition({ season: 'summer', year: 2021, model });
    const [plainBefore, userBefore] = [definitionOf('plain'), definitionOf('user')];
    assert.equal(plainBefore.baseline, null);
    assert.deepEqual(userBefore.baseline, { year: 2021, digest: null });
    digest = 'of the files';
    assert.equal(definitionOf('plain').mapDigest, plainBefore.mapDigest);
    assert.notEqual(definitionOf('user').mapDigest, userBefore.mapDigest);
    assert.equal(definitionOf('user').pixelsDigest, userBefore.pixelsDigest);
    assert.deepEqual(definitionOf('user').baseline, { year: 2021, digest });
  });
});
