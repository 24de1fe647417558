import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { digest } from '../../engine/digest.js';
import { gdalView, withoutGdal } from '../../engine/encode/gdal-oracle.js';
import { isGeoCropError } from '../../engine/errors.js';
import { openSceneSource } from '../../engine/scenes/open-scene-source.js';
import { BORDER_X } from './ground.js';
import type { GroundArea } from './scene-grid.js';
import { PASSES } from './season-plan.js';
import { SeasonPool } from './season-pool.js';
import { generateSimulatedSeason, type SeasonOptions, type SimulatedSeason } from './simulated-season.js';

const PIECE: GroundArea = { west: BORDER_X - 500, east: BORDER_X + 500, south: -1400, north: -600 };
const DATES = ['2024-10-17', '2024-12-28', '2025-03-18'];
/** What is no matter of the pixels. */
const LITTLE: GroundArea = { west: BORDER_X - 150, east: BORDER_X + 150, south: -1100, north: -900 };
/** Linux's device that is always full. */
const FULL_DISK = '/dev/full';
const withoutFullDisk = existsSync(FULL_DISK) ? false : 'needs /dev/full, which Linux has';
const root = mkdtempSync(join(tmpdir(), 'geocrop-season-'));
after(() => rmSync(root, { recursive: true, force: true }));

const optionsFor = (name: string): SeasonOptions => ({
  dir: join(root, name),
  area: PIECE,
  passes: PASSES.filter(({ date }) => DATES.includes(date)),
  pointsPerClass: 5,
});
const littleFor = (name: string): SeasonOptions => ({
  ...optionsFor(name),
  area: LITTLE,
  passes: PASSES.filter(({ date }) => date === DATES[0]),
});

/** Every file of a season with the digest of its bytes. */
async function contents(dir: string): Promise<Record<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(
      files.sort().map(async (file) => [file.slice(dir.length), digest(await readFile(file))] as const),
    ),
  );
}

describe('a simulated season', () => {
  let season: SimulatedSeason;
  const stages: string[] = [];
  before(async () => {
    season = await generateSimulatedSeason({
      ...optionsFor('one'),
      onProgress: ({ done, total, stage }) => {
        stages.push(stage);
        assert.ok(done === stages.length && done <= total);
      },
    });
  });

  test('says what it does, step by step', () => {
    assert.equal(stages.length, 2 + 2 + DATES.length * 2);
    assert.ok(stages.includes('scenes of 2024-12-28, zone 36'));
  });

  test('is a catalogue that the reader of catalogues follows', async () => {
    const source = await openSceneSource({
      stac: season.catalogue,
      collection: 's2_l2a_c1',
      fetch: () => Promise.reject(new Error('nothing may be fetched')),
    });
    const { items, leftOut } = await source.search({
      bbox: season.bbox,
      start: '2024-09-01',
      end: '2025-05-31',
    });
    assert.deepEqual(leftOut, []);
    // Two zones, three dates, and one date twice.
    assert.equal(items.length, 8);
    assert.equal(items.length, season.scenes);
    assert.deepEqual(new Set(items.map((item) => item.properties['proj:epsg'])), new Set([32735, 32736]));
    const twice = items.filter((item) => item.id.includes('20250318') && item.id.includes('35KRA'));
    assert.deepEqual(twice.map((item) => item.properties['s2:processing_baseline']).sort(), [
      '05.10',
      '05.11',
    ]);
    const cloudy = items.filter((item) => item.id.includes('20241228'));
    assert.ok(cloudy.every((item) => (item.properties['eo:cloud_cover'] as number) > 60));
  });

  test('keeps its files where its items say, of the size and content that they say', async () => {
    const collection = JSON.parse(readFileSync(season.catalogue, 'utf8')) as {
      links: { rel: string; href: string }[];
    };
    for (const { href } of collection.links.filter(({ rel }) => rel === 'item')) {
      const path = join(dirname(season.catalogue), href);
      const item = JSON.parse(readFileSync(path, 'utf8')) as {
        links: { rel: string; href: string }[];
        assets: Record<string, { href: string; 'file:size': number; 'file:checksum': string }>;
      };
      const parent = item.links.find(({ rel }) => rel === 'collection')?.href ?? '';
      assert.equal(join(dirname(path), parent), season.catalogue);
      assert.equal(Object.keys(item.assets).length, 8);
      for (const asset of Object.values(item.assets)) {
        const bytes = await readFile(join(dirname(path), asset.href));
        assert.equal(bytes.length, asset['file:size']);
        assert.equal(`1220${digest(bytes)}`, asset['file:checksum']);
      }
    }
  });

  test('is accepted by GDAL as Cloud Optimized GeoTIFFs', { skip: withoutGdal }, async () => {
    const files = (await readdir(season.dir, { recursive: true })).filter(
      (file) => file.includes('20250318T075211') && file.endsWith('.tif'),
    );
    assert.equal(files.length, 16);
    for (const file of files) {
      const view = gdalView(join(season.dir, file));
      assert.deepEqual([view.errors, view.warnings], [[], []], file);
      const fine = /B0[2348]/.test(file);
      assert.equal(view.epsg, file.includes('35KRA') ? '32735' : '32736');
      assert.equal(view.transform[1], fine ? 10 : 20);
      assert.deepEqual([(view.transform[0] as number) % 20, (view.transform[3] as number) % 20], [0, 0]);
      const [band] = view.bands;
      assert.equal(band?.type, file.endsWith('SCL.tif') ? 'Byte' : 'UInt16');
      assert.equal(band?.nodata, 0);
      assert.deepEqual(band?.block, fine ? [1024, 1024] : [512, 512]);
      assert.equal(band?.overviews.length, fine ? 3 : 2);
      if (!file.endsWith('SCL.tif')) assert.equal(view.structure['PREDICTOR'], '2');
    }
    const baseline = gdalView(season.baseline.path);
    assert.deepEqual([baseline.errors, baseline.warnings], [[], []]);
    assert.deepEqual(baseline.bands[0]?.colors?.[0], [65, 155, 223, 255], 'water is class 0 and blue');
  });

  test('is the same, byte for byte, when made again', async () => {
    const again = await generateSimulatedSeason(optionsFor('two'));
    assert.deepEqual(await contents(again.dir), await contents(season.dir));
  });

  test('is found, not made again; made again where a file is lost, cut short, or it was never finished', async () => {
    const options = littleFor('three');
    const first = await generateSimulatedSeason(options);
    const whole = await contents(first.dir);
    const old = new Date(1e12);
    const scene = Object.keys(whole).find((file) => file.endsWith('B08.tif')) as string;
    utimesSync(first.fields, old, old);
    assert.deepEqual(await generateSimulatedSeason(options), first);
    assert.equal(statSync(first.fields).mtimeMs, 1e12, 'untouched');

    for (const harm of [
      () => truncateSync(join(first.dir, scene), 1000),
      () => rmSync(first.fields),
      () => rmSync(join(first.dir, 'finished.json')),
      () => writeFileSync(join(first.dir, 'finished.json'), '{"version": 0}'),
    ]) {
      harm();
      await generateSimulatedSeason(options);
      assert.deepEqual(await contents(first.dir), whole);
    }
  });

  test('made twice at once, is there once', async () => {
    const options = littleFor('six');
    const [a, b] = await Promise.all([generateSimulatedSeason(options), generateSimulatedSeason(options)]);
    assert.deepEqual(a, b);
    assert.deepEqual(
      (await readdir(root)).filter((name) => name.startsWith('six')),
      ['six'],
    );
    const alone = await generateSimulatedSeason(littleFor('seven'));
    assert.deepEqual(await contents(a.dir), await contents(alone.dir));
  });

  test('clears away what a killed process left behind', async () => {
    const options = littleFor('four');
    const left = `${options.dir}.making-999999999-1`;
    mkdirSync(left);
    writeFileSync(join(left, 'half.tif'), 'half');
    await generateSimulatedSeason(options);
    assert.ok(!existsSync(left));
  });

  test('is given up when nobody wants it any more, and leaves nothing', async () => {
    const stop = new AbortController();
    const options = littleFor('five');
    const made = generateSimulatedSeason({ ...options, signal: stop.signal, onProgress: () => stop.abort() });
    await assert.rejects(made, (error) => isGeoCropError(error, 'aborted'));
    assert.deepEqual(
      (await readdir(root)).filter((name) => name.startsWith('five')),
      [],
    );
    await assert.rejects(generateSimulatedSeason({ ...options, signal: AbortSignal.abort() }), (error) =>
      isGeoCropError(error, 'aborted'),
    );
  });

  test('where it cannot be written, says so', async () => {
    writeFileSync(join(root, 'a-file'), '');
    await assert.rejects(
      generateSimulatedSeason({ ...littleFor('x'), dir: join(root, 'a-file', 'season') }),
      (error) => isGeoCropError(error, 'store-unavailable'),
    );
  });

  test('where the disk is full, says what it needs', { skip: withoutFullDisk }, async () => {
    const pool = new SeasonPool(1);
    await assert.rejects(
      pool.run({ kind: 'fields', path: FULL_DISK, area: PIECE, perClass: 1 }),
      (error) => isGeoCropError(error, 'store-full') && error.hint !== undefined,
    );
    await pool.close();
  });
});
