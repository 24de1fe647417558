import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { areasCut, type PixelWindow } from './pixel-cut.js';
import { cutOfSpans, packSpans } from './pixel-spans.js';
import { lonLatToPixel } from './tile-matrix.js';

const { x, y } = lonLatToPixel(14, 30, -17.5);
const WINDOW: PixelWindow = { zoom: 14, x: x - 50, y: y - 40, width: 300, height: 200 };
const U = {
  type: 'Polygon',
  coordinates: [
    [
      [30, -17.5],
      [30.009, -17.5],
      [30.009, -17.508],
      [30.006, -17.508],
      [30.006, -17.503],
      [30.003, -17.503],
      [30.003, -17.508],
      [30, -17.508],
      [30, -17.5],
    ],
  ],
} as const;

describe('packed spans', () => {
  const cut = areasCut([U as never], WINDOW);

  test('are the cut, row by row', () => {
    const packed = packSpans(WINDOW, cut, 10_000);
    assert.ok(packed !== null);
    const unpacked = cutOfSpans(packed);
    let twice = 0;
    for (let row = WINDOW.y; row < WINDOW.y + WINDOW.height; row += 1) {
      assert.deepEqual(unpacked.spans(row), cut.spans(row));
      twice += cut.spans(row).length === 2 ? 1 : 0;
    }
    assert.ok(twice > 20, 'the legs of the U');
    assert.deepEqual(unpacked.spans(WINDOW.y - 1), []);
    assert.deepEqual(unpacked.spans(WINDOW.y + WINDOW.height), []);
  });

  test('are none where there are too many', () => {
    assert.equal(packSpans(WINDOW, cut, 5), null);
  });
});
