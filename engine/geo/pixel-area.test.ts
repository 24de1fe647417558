import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pixelHectares } from './pixel-area.js';
import { matrixSize } from './tile-matrix.js';

const { rows } = JSON.parse(readFileSync(join('engine', 'geo', 'fixtures', 'pixel-areas.json'), 'utf8')) as {
  rows: [zoom: number, row: number, pixels: number, hectares: number][];
};

describe('hectares of a map pixel', () => {
  test('are those of PROJ’s geodesics', () => {
    assert.ok(rows.length > 20);
    for (const [zoom, row, pixels, hectares] of rows) {
      const got = pixels * pixelHectares(zoom, row);
      assert.ok(Math.abs(got / hectares - 1) < 1e-7, `z${zoom} row ${row}: got ${got}, PROJ ${hectares}`);
    }
  });

  test('of all rows are the ellipsoid up to 85.05°, whatever the zoom', () => {
    const whole = (zoom: number): number => {
      const size = matrixSize(zoom);
      let sum = 0;
      for (let y = 0; y < size; y += 1) sum += size * pixelHectares(zoom, y);
      return sum;
    };
    assert.ok(Math.abs(whole(0) / whole(6) - 1) < 1e-12);
    // The ellipsoid has 5.10066e10 ha; the caps beyond 85.05° are 0.37 % of it.
    assert.ok(Math.abs(whole(4) / 5.10066e10 - 0.9963) < 1e-4, String(whole(4)));
  });
});
