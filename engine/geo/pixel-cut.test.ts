import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Position } from 'geojson';
import { hash } from '../metatile/testing.js';
import { aoiBounds, circleContains } from './aoi.js';
import { areasCut, circleCut, wholeCut, type PixelCut, type PixelWindow } from './pixel-cut.js';
import { areaContains, type Area } from './polygon.js';
import { lonLatToPixel, pixelCentreLonLat, pixelWindowLonLat } from './tile-matrix.js';

const WINDOW: PixelWindow = { zoom: 14, x: 2_446_300, y: 2_308_300, width: 450, height: 330 };
const [WEST, SOUTH, EAST, NORTH] = pixelWindowLonLat(14, WINDOW.x, WINDOW.y, WINDOW.width, WINDOW.height);
const at = (x: number, y: number): Position => [WEST + x * (EAST - WEST), NORTH + y * (SOUTH - NORTH)];

/** A star of many edges around a place, some of them crossing each other. */
function star(x: number, y: number, radius: number, seed: number, points = 60): Position[] {
  const ring = Array.from({ length: points }, (_, i) => {
    const angle = (i / points) * 2 * Math.PI + hash(seed, i, 1) * 0.3;
    const reach = radius * (0.3 + hash(seed, i));
    return at(x + reach * Math.cos(angle), y + reach * Math.sin(angle));
  });
  return [...ring, ring[0] as Position];
}

function check(cut: PixelCut, inside: (lon: number, lat: number) => boolean): number {
  let count = 0;
  for (let y = WINDOW.y; y < WINDOW.y + WINDOW.height; y++) {
    const row = new Uint8Array(WINDOW.width);
    let last = WINDOW.x - 1;
    for (const [from, to] of cut.spans(y)) {
      assert.ok(from > last && to > from && to <= WINDOW.x + WINDOW.width, `row ${y}: ${from} to ${to}`);
      row.fill(1, from - WINDOW.x, to - WINDOW.x);
      last = to;
    }
    for (let x = 0; x < WINDOW.width; x++) {
      const expected = inside(...pixelCentreLonLat(WINDOW.zoom, WINDOW.x + x, y));
      if (expected !== (row[x] === 1)) assert.fail(`pixel ${x}, ${y - WINDOW.y}: expected ${expected}`);
      count += row[x] as number;
    }
  }
  return count;
}

const areas: Record<string, Area[]> = {
  'a star that reaches beyond the window': [{ type: 'Polygon', coordinates: [star(0.5, 0.5, 0.6, 1)] }],
  'a hole, and a border that crosses itself': [
    { type: 'Polygon', coordinates: [star(0.4, 0.5, 0.3, 2), star(0.4, 0.5, 0.1, 3)] },
  ],
  'several that overlap': [
    { type: 'Polygon', coordinates: [star(0.3, 0.3, 0.2, 4)] },
    { type: 'MultiPolygon', coordinates: [[star(0.4, 0.4, 0.2, 5)], [star(0.9, 0.9, 0.2, 6)]] },
    { type: 'Polygon', coordinates: [star(0.8, 0.1, 0.05, 7)] },
  ],
  'a box on pixel centres': [
    {
      type: 'Polygon',
      coordinates: [
        (
          [
            [100, 100],
            [100, 200],
            [300, 200],
            [300, 100],
            [100, 100],
          ] as const
        ).map(([x, y]) => pixelCentreLonLat(14, WINDOW.x + x, WINDOW.y + y)),
      ],
    },
  ],
};

for (const [name, some] of Object.entries(areas)) {
  test(`row by row as pixel by pixel: ${name}`, () => {
    const count = check(areasCut(some, WINDOW), (lon, lat) =>
      some.some((area) => areaContains(area, lon, lat)),
    );
    assert.ok(count > 0 && count < WINDOW.width * WINDOW.height);
  });
}

test('an area elsewhere has no pixel', () => {
  const area: Area = { type: 'Polygon', coordinates: [star(5, 5, 0.3, 1)] };
  assert.equal(
    check(areasCut([area], WINDOW), () => false),
    0,
  );
});

test('a circle', () => {
  const [lon = NaN, lat = NaN] = at(0.5, 0.5);
  const circle = { lon, lat, radius: 1200 };
  check(circleCut(circle, WINDOW), (x, y) => circleContains(circle, x, y));
  const [west, , , north] = aoiBounds(circle);
  assert.ok(lonLatToPixel(14, west, north).x > WINDOW.x, 'all of it lies in the window');
});

test('everything', () => {
  assert.equal(
    check(wholeCut(WINDOW), () => true),
    WINDOW.width * WINDOW.height,
  );
});
