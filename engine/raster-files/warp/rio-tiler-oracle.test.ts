import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTemporaryFolder } from '../../encode/gdal-oracle.js';
import { createReader } from './reader.js';
import { crsNamed, difference, runCase } from './testing-compare.js';
import type { Case } from './testing.js';
import { askRioTiler, tileAt, withoutRioTiler } from './testing.js';

const reader = createReader();

/** A place inside each file of fixtures/oracle.py, degrees. */
const PLACES: Readonly<Record<string, readonly [lon: number, lat: number]>> = {
  utm_rgb: [31.14, -18.09],
  utm_u16_nodata: [31.14, -18.09],
  utm_two_nodata: [31.14, -18.09],
  utm_f32_nan: [31.14, -18.09],
  utm_rgba: [31.14, -18.09],
  utm_mask: [31.14, -18.09],
  utm_no_overviews: [31.14, -18.09],
  utm_float64: [31.12, -18.09],
  utm_int32: [31.12, -18.09],
  merc_rgb: [28.752, -17.66],
  merc_nodata_off_grid: [30.68, -17.8],
  merc_mask: [30.68, -17.8],
  lonlat_palette: [30, -17.6],
  lonlat_world: [31, -18],
  lonlat_dateline: [175, -12],
  lonlat_south_up: [30.6, -18.5],
  rotated: [31.12, -18.1],
  albers: [30.1, -15.76],
};

/** Tiles over and under the file's resolution, boxes in several systems, previews, a point. */
function casesOf(file: string, options: Readonly<Record<string, unknown>> = {}): Case[] {
  const [lon, lat] = PLACES[file] as readonly [number, number];
  const coarse = file === 'lonlat_world' || file === 'lonlat_dateline';
  const zooms = coarse ? [0, 1, 3, 6] : [8, 11, 12, 13, 14, 16];
  const near = [lon - 0.01, lat - 0.01, lon + 0.012, lat + 0.013];
  const wide = [lon - 0.1, lat - 0.1, lon + 0.012, lat + 0.013];
  const own = file === 'lonlat_south_up' ? [] : [{ bounds: near }, { bounds: wide, max_size: 150 }];
  return [
    ...zooms.map((z) => ({ op: 'tile' as const, ...tileAt(lon, lat, z) })),
    ...own.map((part) => ({ op: 'part' as const, bounds_crs: 'EPSG:4326', ...part })),
    { op: 'part' as const, bounds: wide, bounds_crs: 'EPSG:4326', dst_crs: 'EPSG:3857', max_size: 300 },
    { op: 'preview' as const, max_size: 256 },
    { op: 'point' as const, x: lon, y: lat, crs: 'EPSG:4326' },
  ].map((given) => ({ file, ...given, ...options }));
}

async function compare(cases: readonly Case[], most: number): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const { datasets, answers } = await askRioTiler(folder, cases);
    let compared = 0;
    for (const [i, given] of cases.entries()) {
      const dataset = datasets.get(given.file);
      const answer = answers[i];
      const label = JSON.stringify(given);
      assert.ok(dataset !== undefined && answer !== undefined, label);
      if (answer.error !== undefined) {
        await assert.rejects(runCase(reader, dataset, given), `${label}: rio-tiler says ${answer.error}`);
        continue;
      }
      assert.ok(answer.image !== undefined, label);
      const found = difference(await runCase(reader, dataset, given), answer.image);
      assert.ok(found.most <= most, `${label}: ${found.note}`);
      assert.equal(found.masks, 0, `${label}: ${found.note}`);
      compared += found.valid;
    }
    assert.ok(compared > 0, 'something was compared');
  });
}

for (const file of Object.keys(PLACES)) {
  test(`${file}: nearest equals rio-tiler, every pixel and mask`, { skip: withoutRioTiler }, () =>
    compare(casesOf(file), 0),
  );
}

test('zooms and bounds equal rio-tiler', { skip: withoutRioTiler }, () =>
  inTemporaryFolder(async (folder) => {
    const systems = ['EPSG:4326', 'EPSG:3857'];
    const cases: Case[] = Object.keys(PLACES).map((file) => ({ file, op: 'info', crs: systems }));
    const { datasets, answers } = await askRioTiler(folder, cases);
    for (const [i, { file }] of cases.entries()) {
      const dataset = datasets.get(file);
      const answer = answers[i];
      assert.ok(dataset !== undefined && answer?.bounds !== undefined, file);
      const zooms = reader.zooms(dataset, 'WebMercatorQuad');
      assert.deepEqual(zooms, { min: answer.minzoom, max: answer.maxzoom }, file);
      for (const [s, name] of systems.entries()) {
        const [west, south, east, north] = reader.bounds(dataset, crsNamed(name));
        for (const [side, value] of [west, south, east, north].entries()) {
          const expected = answer.bounds[s]?.[side] ?? NaN;
          assert.ok(
            Math.abs(value - expected) <= 1e-11 * Math.max(1, Math.abs(expected)) * 10,
            `${file} ${name} ${value} ${expected}`,
          );
        }
      }
    }
  }),
);
