import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Polygon } from 'geojson';
import { areasCut, type PixelCut, type PixelWindow } from '../../../engine/geo/pixel-cut.js';
import { NATIVE_ZOOM, TILE_SIZE, pixelWindowLonLat } from '../../../engine/geo/tile-matrix.js';
import { amountOf, rowsOf, tilesOfRow } from './tile-rows.js';

const box = (x: number, y: number, width: number, height: number): Polygon => {
  const [west, south, east, north] = pixelWindowLonLat(NATIVE_ZOOM, x, y, width, height);
  const ring = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
  return { type: 'Polygon', coordinates: [ring] };
};

const [LEFT, TOP] = [9556 * TILE_SIZE, 9015 * TILE_SIZE];

test('the tiles of a row are those that have pixels of the area, with the same pixels as one by one', () => {
  const window: PixelWindow = { zoom: NATIVE_ZOOM, x: LEFT - 100, y: TOP + 20, width: 1500, height: 700 };
  const areas = [
    box(LEFT - 50, TOP + 30, 400, 90),
    box(LEFT + 700, TOP + 200, 300, 333),
    box(LEFT + 5, TOP + 60, 3, 500),
  ];
  const cut = areasCut(areas, window);
  for (const y of [9015, 9016, 9017, 9018]) {
    const found = new Map(tilesOfRow(cut, window, y).map(({ x, ...rows }) => [x, rows]));
    for (let x = 9555; x <= 9562; x += 1) {
      const alone = rowsOf(cut, { x, y });
      if (alone.spans.length === 0) assert.equal(found.has(x), false, `${x}/${y}`);
      else assert.deepEqual(found.get(x), alone, `${x}/${y}`);
    }
    assert.deepEqual(
      [...found.keys()],
      [...found.keys()].sort((a, b) => a - b),
    );
  }
  const all = [9015, 9016, 9017]
    .flatMap((y) => tilesOfRow(cut, window, y))
    .map((rows) => amountOf(rows).pixels);
  assert.equal(
    all.reduce((sum, pixels) => sum + pixels, 0),
    400 * 90 + 300 * 333 + 3 * 500 - 3 * 60,
  );
});

test('fields at two ends of the world cost what they hold, and not what lies between', () => {
  const width = 2 ** NATIVE_ZOOM * TILE_SIZE;
  const window: PixelWindow = { zoom: NATIVE_ZOOM, x: 0, y: TOP, width, height: TILE_SIZE };
  const cut = areasCut([box(10, TOP + 3, 20, 5), box(width - 400, TOP + 100, 300, 2)], window);
  let looks = 0;
  const counting: PixelCut = {
    spans: (y) => {
      looks += 1;
      return cut.spans(y);
    },
  };
  const found = tilesOfRow(counting, window, 9015);
  assert.deepEqual(
    found.map(({ x, ...rows }) => [x, amountOf(rows).pixels]),
    [
      [0, 100],
      [2 ** NATIVE_ZOOM - 2, 288],
      [2 ** NATIVE_ZOOM - 1, 312],
    ],
  );
  assert.equal(looks, TILE_SIZE);
  assert.equal(tilesOfRow(counting, window, 9016).length, 0);
});
