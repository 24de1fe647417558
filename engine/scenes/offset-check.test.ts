import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createByteSource } from '../windows/byte-source/create-byte-source.js';
import { CogReader } from '../windows/cog-reader.js';
import { readLevel } from '../windows/read-level.js';
import type { CoarseBand } from './offset-check.js';
import { checkOffset } from './offset-check.js';

const SCENES = '../shared/data/sentinel2/scenes_33TWL_33TWM_2023-08';
const MEDIANS = join('engine', 'scenes', 'fixtures', 'offset_medians.json');
const RIGHT = { scale: 0.0001, offset: 0 };

function band(width: number, height: number, value: (x: number, y: number) => number): CoarseBand {
  const data = Array.from({ length: width * height }, (_, at) => value(at % width, Math.floor(at / width)));
  return { data, width, height, nodata: 0 };
}

test('the median of red over vegetation; nodata and other classes do not count', () => {
  const scl = band(50, 40, (x) => (x < 30 ? 4 : 5));
  const red = band(50, 40, (x, y) => (x >= 30 ? 9000 : y < 10 ? 0 : x % 3 === 0 ? 200 : 310));
  // 30 × 30 vegetation pixels have data: fewer than a thousand.
  assert.deepEqual(checkOffset(red, scl, RIGHT), { median: null, plausible: true });
  const wider = band(50, 40, (x, y) => (x >= 30 ? 9000 : y < 4 ? 0 : x % 3 === 0 ? 200 : 310));
  assert.deepEqual(checkOffset(wider, scl, RIGHT), { median: 310 * 0.0001, plausible: true });
});

test('an even number of pixels: the mean of the two in the middle; the limits are plausible', () => {
  const scl = band(40, 30, () => 4);
  const of = (low: number, high: number) =>
    checkOffset(
      band(40, 30, (x) => (x < 20 ? low : high)),
      scl,
      RIGHT,
    );
  assert.ok(Math.abs((of(300, 500).median ?? NaN) - 0.04) < 1e-12);
  assert.equal(of(50, 50).plausible, true);
  assert.equal(of(49, 49).plausible, false);
  assert.equal(of(1100, 1100).plausible, true);
  assert.equal(of(1102, 1102).plausible, false);
});

test('red and SCL of different sizes are matched by place', () => {
  const scl = band(60, 60, (x, y) => (x < 30 && y >= 30 ? 4 : 8));
  const red = band(120, 121, (x, y) => (x < 60 && y >= 61 ? 400 : 8000));
  const check = checkOffset(red, scl, RIGHT);
  assert.equal(check.median, null, '900 pixels are too few');
  const finer = band(120, 120, (x, y) => (x < 60 && y >= 60 ? 4 : 8));
  const coarser = band(60, 60, (x, y) => (x < 30 && y >= 30 ? 400 : 8000));
  assert.ok(Math.abs((checkOffset(coarser, finer, RIGHT).median ?? NaN) - 0.04) < 1e-12);
});

test('a raster with the wrong number of values is refused', () => {
  const scl = band(4, 4, () => 4);
  assert.throws(() => checkOffset({ ...scl, width: 5 }, scl, RIGHT), /got 16 values, expected 20/);
});

test('ten real scenes: numpy’s medians, right as decided, implausible with the offset that their items state', async (t) => {
  if (!existsSync(SCENES)) return t.skip('needs ../shared/data');
  const reader = new CogReader({
    source: createByteSource(),
    store: { get: async () => undefined, put: async () => {} },
  });
  const coarsest = async (file: string): Promise<CoarseBand> => {
    const href = pathToFileURL(join(SCENES, file)).href;
    const { levels } = await reader.header(href);
    return readLevel(reader, href, levels.length - 1);
  };
  const expected = JSON.parse(readFileSync(MEDIANS, 'utf8')) as { medians: Record<string, number> };
  assert.equal(Object.keys(expected.medians).length, 10);
  for (const [scene, dn] of Object.entries(expected.medians)) {
    const red = await coarsest(`${scene}/B04.tif`);
    const scl = await coarsest(`${scene}/SCL.tif`);
    assert.deepEqual(checkOffset(red, scl, RIGHT), { median: dn * 0.0001, plausible: true }, scene);
    assert.equal(checkOffset(red, scl, { scale: 0.0001, offset: -0.1 }).plausible, false, scene);
    assert.equal(checkOffset(red, scl, { scale: 0.0001, offset: 0.1 }).plausible, false, scene);
  }
});
