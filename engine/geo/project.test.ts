import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isGeoCropError } from '../errors.js';
import { projectPixels, projectPoint, projectWindow } from './project.js';
import { lonLatToPixel, pixelCentreLonLat } from './tile-matrix.js';

/** A millionth of a 10 m pixel. */
const TOLERANCE = 1e-5;
const expectations = JSON.parse(readFileSync(join('engine', 'geo', 'fixtures', 'ground.json'), 'utf8')) as {
  pixels: [number, number, number, number, number, number][];
};

test('pixel centres agree with PROJ in UTM, 4326 and 3857, inside and beyond the zone', () => {
  const easting = new Float64Array(1);
  const northing = new Float64Array(1);
  assert.ok(expectations.pixels.length > 500);
  for (const [epsg, zoom, px, py, x, y] of expectations.pixels) {
    const tolerance = epsg === 4326 ? TOLERANCE / 111_320 : TOLERANCE;
    projectWindow(epsg, zoom, px, py, 1, 1, easting, northing);
    assert.ok(
      Math.abs((easting[0] ?? NaN) - x) < tolerance && Math.abs((northing[0] ?? NaN) - y) < tolerance,
      `EPSG:${epsg} ${px},${py}: got ${easting[0]}, ${northing[0]}, PROJ ${x}, ${y}`,
    );
    const point = projectPoint(epsg, ...pixelCentreLonLat(zoom, px, py));
    assert.ok(Math.abs(point[0] - x) < tolerance && Math.abs(point[1] - y) < tolerance);
  }
});

test('a list of pixels has bit for bit the values of a window, with any stride', () => {
  const { x: px0, y: py0 } = lonLatToPixel(14, 30 - 1e-4, -17.8);
  for (const epsg of [32735, 32736, 4326, 3857]) {
    const [width, height, stride] = [37, 11, 40];
    const easting = new Float64Array(stride * height).fill(-1);
    const northing = new Float64Array(stride * height).fill(-1);
    projectWindow(epsg, 14, px0, py0, width, height, easting, northing, stride);
    const cells = Array.from({ length: width * height }, (_, at) => at).reverse();
    const listEasting = new Float64Array(cells.length);
    const listNorthing = new Float64Array(cells.length);
    projectPixels(
      epsg,
      14,
      cells.map((cell) => px0 + (cell % width)),
      cells.map((cell) => py0 + Math.floor(cell / width)),
      listEasting,
      listNorthing,
    );
    cells.forEach((cell, at) => {
      const there = Math.floor(cell / width) * stride + (cell % width);
      assert.ok(Object.is(listEasting[at], easting[there]) && Object.is(listNorthing[at], northing[there]));
    });
    assert.equal(easting[width], -1, 'what lies between the rows is left alone');
  }
});

test('another reference system, or too little room, is refused', () => {
  const one = new Float64Array(1);
  for (const epsg of [4258, 32600, 32661, 32761, 32735.5, NaN]) {
    assert.throws(
      () => projectWindow(epsg, 14, 0, 0, 1, 1, one, one),
      (error) => isGeoCropError(error, 'unsupported-crs'),
    );
    assert.throws(() => projectPoint(epsg, 30, -18));
  }
  assert.throws(() => projectWindow(32735, 14, 0, 0, 2, 1, one, one), /got 1 and 1 values/);
  assert.throws(() => projectPixels(32735, 14, [1, 2], [1], one, one), /got 2 columns, 1 rows/);
});
