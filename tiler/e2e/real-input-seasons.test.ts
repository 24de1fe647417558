import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { FEATURE_BANDS, FEATURE_ORDER_V1 } from '../../engine/pixels/feature-order.js';
import { assertFeatures, expectations } from '../../engine/pixels/testing.js';
import {
  dataFolder,
  describeWith,
  mapPixelOf,
  openReal,
  pointOfPixel,
  readReal,
  sample,
  withoutData,
} from './real-input.js';

/** The expectations of engine/pixels are of seasons by their first day; these are the ones that are configured. */
const SEASONS: Readonly<Record<string, string>> = { '09-01': 'summer', '05-01': 'winter' };
const sets = expectations('real-pixels.json').sets.filter(
  ({ seasonStart }) => seasonStart.slice(5) in SEASONS,
);

describeWith(withoutData, 'samples of real seasons', () => {
  for (const { folder, seasonStart, bands, pixels, scl } of sets) {
    const season = SEASONS[seasonStart.slice(5)] ?? '';
    const year = Number(seasonStart.slice(0, 4));
    test(`equal numpy's features: ${folder}, ${season} ${year}`, async () => {
      // The expectations know nothing of a cloud limit.
      const { engine, warnings, close } = await openReal(folder, { cloudLimit: 100 });
      try {
        assert.equal(engine.hasScl, scl);
        assert.ok(engine.maps.years(season).includes(year));
        const first = (await datesOf(folder))[0] ?? '';
        const grid = await readReal(`${folder}/${first}/B04.tif`);
        const points = pixels.map(({ row, column }) => {
          const { x, y } = mapPixelOf(grid, column, row);
          return pointOfPixel(x, y, year);
        });
        const rows = await sample(engine, season, points);
        pixels.forEach(({ row, column, observations, expected }, i) => {
          const what = `row ${row}, column ${column}`;
          assert.equal(rows[i]?.observations, observations, what);
          assertFeatures(rows[i].features, expected, what);
        });
        assert.ok(pixels.some(({ observations }) => observations >= 3));
        // What the bands do not allow is empty; all else is there.
        const full = rows.find(({ observations }) => observations >= 3);
        FEATURE_ORDER_V1.forEach((name, feature) => {
          const allowed = FEATURE_BANDS[name].every((band) => bands.includes(band));
          assert.equal(Number.isNaN(full?.features[feature] ?? NaN), !allowed, name);
        });
        assert.deepEqual(warnings, []);
      } finally {
        await close();
      }
    });
  }

  test('two months wholly nodata are no observations', async () => {
    const { engine, close } = await openReal('sentinel2/season_monthly_be_2020-11_2021-10');
    try {
      const grid = await readReal('sentinel2/season_monthly_be_2020-11_2021-10/2020-12-01/B04.tif');
      assert.ok(grid.data.every((value) => value === grid.nodata));
      const places = Array.from({ length: 25 }, (_, i) => mapPixelOf(grid, 4 * i + 1, 97 - 4 * i));
      const rows = await sample(
        engine,
        'summer',
        places.map(({ x, y }) => pointOfPixel(x, y, 2020)),
      );
      // November, February, March, April, May; December and January are empty.
      assert.ok(rows.every(({ observations }) => observations === 5));
    } finally {
      await close();
    }
  });
});

async function datesOf(folder: string): Promise<string[]> {
  return (await readdir(dataFolder(folder))).filter((name) => /^\d{4}-\d{2}-\d{2}$/.test(name)).sort();
}
