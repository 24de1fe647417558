import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Raster } from '../raster.js';
import { halve, overviewCount, overviews } from './overviews.js';

const bytes = (
  width: number,
  height: number,
  nodata: number | null,
  ...data: number[]
): Raster<Uint8Array> => ({
  data: Uint8Array.from(data),
  bands: data.length / (width * height),
  width,
  height,
  nodata,
});

test('classes: the commonest, nodata without a vote, ties to the lowest id', () => {
  const cases: [number[], number][] = [
    [[7, 3, 7, 2], 7],
    [[255, 255, 255, 4], 4],
    [[5, 5, 2, 2], 2],
    [[9, 8, 7, 6], 6],
    [[255, 9, 8, 255], 8],
    [[255, 255, 255, 255], 255],
    [[0, 0, 1, 1], 0],
  ];
  for (const [values, expected] of cases) {
    assert.deepEqual([...halve(bytes(2, 2, 255, ...values), 'mode').data], [expected], values.join());
  }
});

test('bytes: the mean of the valid, halves rounded up', () => {
  const cases: [number[], number][] = [
    [[1, 2, 3, 4], 3],
    [[0, 0, 0, 1], 0],
    [[255, 10, 255, 11], 11],
    [[255, 255, 255, 255], 255],
  ];
  for (const [values, expected] of cases) {
    assert.deepEqual([...halve(bytes(2, 2, 255, ...values), 'mean').data], [expected], values.join());
  }
  assert.deepEqual(
    [...halve(bytes(2, 2, null, 255, 255, 0, 0), 'mean').data],
    [128],
    '255 counts where nothing is nodata',
  );
});

test('float32: the mean of the valid in float64, NaN where none is', () => {
  const raster: Raster<Float32Array> = {
    data: Float32Array.of(1, 2, NaN, NaN, 4, NaN, NaN, NaN),
    bands: 1,
    width: 4,
    height: 2,
    nodata: NaN,
  };
  assert.deepEqual(halve(raster, 'mean').data, Float32Array.of(Math.fround(7 / 3), NaN));
});

test('colours count only where the mask is set', () => {
  const raster: Raster<Uint8Array> = {
    ...bytes(
      4,
      2,
      null,
      ...[10, 20, 0, 0, 30, 99, 0, 0],
      ...[1, 2, 0, 0, 3, 99, 0, 0],
      ...[0, 0, 0, 0, 0, 99, 0, 0],
    ),
    mask: Uint8Array.from([255, 255, 0, 0, 255, 0, 0, 0]),
  };
  const half = halve(raster, 'mean');
  assert.deepEqual([...half.data], [20, 0, 2, 0, 0, 0]);
  assert.deepEqual([...(half.mask ?? [])], [255, 0]);
});

test('odd sizes are rounded up and the last cells have what is left', () => {
  const half = halve(bytes(3, 3, 255, 1, 1, 5, 1, 2, 7, 9, 255, 255), 'mean');
  assert.deepEqual([half.width, half.height, ...half.data], [2, 2, 1, 6, 9, 255]);
});

test('a constant stays constant, at every level', () => {
  const constant: Raster<Float32Array> = {
    data: new Float32Array(64 * 64).fill(0.1),
    bands: 1,
    width: 64,
    height: 64,
    nodata: NaN,
  };
  const levels = overviews(constant, 'mean', 6);
  assert.deepEqual(
    levels.map((level) => level.width),
    [32, 16, 8, 4, 2, 1],
  );
  for (const level of levels) assert.ok(level.data.every((value) => value === Math.fround(0.1)));
});

test('no class appears that was not there', () => {
  const data = Array.from({ length: 32 * 32 }, (_, i) => ((i * 7919) % 13) * 9);
  const seen = new Set(data);
  for (const level of overviews(bytes(32, 32, 255, ...data), 'mode', 5)) {
    assert.ok(level.data.every((value) => seen.has(value)));
  }
});

test('as many levels as it takes to fit', () => {
  assert.equal(overviewCount(1024, 1024, 256), 2);
  assert.equal(overviewCount(1025, 10, 256), 3);
  assert.equal(overviewCount(256, 256, 256), 0);
});
