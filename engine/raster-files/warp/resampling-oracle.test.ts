import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTemporaryFolder } from '../../encode/gdal-oracle.js';
import { RESAMPLING, WARP_RESAMPLING } from '../read.js';
import { createReader } from './reader.js';
import { difference, runCase } from './testing-compare.js';
import type { Case } from './testing.js';
import { askRioTiler, tileAt, withoutRioTiler } from './testing.js';

const reader = createReader();

/** Files of fixtures/oracle.py, with every way to say which pixels are missing and with none, and a place near an edge of each. */
const FILES: Readonly<Record<string, readonly [lon: number, lat: number]>> = {
  utm_u16_nodata: [31.12, -18.09],
  utm_two_nodata: [31.12, -18.09],
  utm_f32_nan: [31.12, -18.09],
  utm_rgba: [31.12, -18.09],
  utm_mask: [31.12, -18.09],
  utm_rgb: [31.12, -18.09],
  utm_int32: [31.12, -18.09],
  utm_float64: [31.12, -18.09],
  lonlat_palette: [29.52, -17.3],
  north_rgba: [137.42, 77.115],
};

/** Reduced and enlarged, out of the file and out of its overviews, warped and not, up to the file's edge and beyond it. */
function casesOf(file: string): Case[] {
  const [lon, lat] = FILES[file] as readonly [number, number];
  const near = [lon - 0.002, lat - 0.01, lon + 0.02, lat + 0.013];
  const wide = [lon - 0.1, lat - 0.1, lon + 0.012, lat + 0.013];
  const part = { op: 'part' as const, bounds_crs: 'EPSG:4326' };
  const degrees = { ...part, bounds: near, dst_crs: 'EPSG:4326', width: 40, height: 40 };
  const read = RESAMPLING.map((resampling_method) => ({ resampling_method }));
  const warped = WARP_RESAMPLING.filter((how) => !skipped(file, how)).map((how) => ({
    reproject_method: how,
  }));
  return [
    ...read.flatMap((how) => [
      { ...part, bounds: wide, max_size: 90, ...how },
      { ...part, bounds: near, width: 60, height: 50, ...how },
      { op: 'preview' as const, max_size: 100, ...how },
    ]),
    ...warped.flatMap((how) => [
      { op: 'tile' as const, ...tileAt(lon, lat, 11), size: 64, ...how },
      { op: 'tile' as const, ...tileAt(lon, lat, 14), size: 64, ...how },
      { ...degrees, ...how },
    ]),
    { op: 'preview' as const, max_size: 60, dst_crs: 'EPSG:3857', reproject_method: 'bilinear' },
    { ...degrees, indexes: [1], resampling_method: 'lanczos', reproject_method: 'lanczos' },
    { ...degrees, indexes: [1], resampling_method: 'cubic', reproject_method: 'bilinear' },
  ].map((given) => ({ file, ...given }));
}

/** GDAL 3.10 takes the mode of int16 for missing where it is −1. */
const skipped = (file: string, how: string): boolean => file === 'utm_two_nodata' && how === 'mode';

/** Of all files at once. */
let answered:
  Promise<Awaited<ReturnType<typeof askRioTiler>> & { readonly cases: readonly Case[] }> | undefined;
const asked = () =>
  (answered ??= inTemporaryFolder(async (folder) => {
    const cases = Object.keys(FILES).flatMap(casesOf);
    return { cases, ...(await askRioTiler(folder, cases)) };
  }));

for (const file of Object.keys(FILES)) {
  test(`${file}: every way of resampling equals GDAL's`, { skip: withoutRioTiler }, async () => {
    const { cases, datasets, answers } = await asked();
    const dataset = datasets.get(file);
    assert.ok(dataset !== undefined);
    const float = dataset.dataType.startsWith('float');
    let compared = 0;
    for (const [i, given] of cases.entries()) {
      if (given.file !== file) continue;
      const label = JSON.stringify(given);
      const image = answers[i]?.image;
      assert.ok(image !== undefined, `${label}: ${answers[i]?.message}`);
      const found = difference(await runCase(reader, dataset, given), image);
      // Whole numbers within one; floats as far as two orders of summing lie apart.
      assert.ok(found.most <= (float ? 1e-5 * found.largest : 1), `${label}: ${found.note}`);
      assert.equal(found.masks, 0, `${label}: ${found.note}`);
      assert.ok(found.bounds <= 1e-6, `${label}: bounds are ${found.bounds} pixels off`);
      compared += found.valid;
    }
    assert.ok(compared > 0, 'something was compared');
  });
}
