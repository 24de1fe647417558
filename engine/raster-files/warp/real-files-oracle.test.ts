import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { inTemporaryFolder } from '../../encode/gdal-oracle.js';
import { isGeoCropError } from '../../errors.js';
import { createByteSource } from '../../windows/byte-source/create-byte-source.js';
import { CogReader } from '../../windows/cog-reader.js';
import { mapStore } from '../../windows/testing.js';
import type { Dataset } from '../dataset.js';
import { openDataset } from '../open-dataset.js';
import { WGS84 } from './grid/crs.js';
import { createReader } from './reader.js';
import { difference, runCase } from './testing-compare.js';
import type { Case } from './testing.js';
import { askRioTiler, tileAt, withoutRioTiler } from './testing.js';

const FOLDER = resolve('../shared/data/cogs');

/**
 * Compared by their preview only: PROJ knows no way from the Earth to another body, where proj4 takes the Earth's numbers; and proj4
 * has New Zealand's projection on the other side of the world, where PROJ has none.
 */
const PREVIEW_ONLY = [
  'rio-tiler/cog_hirise_mars.tif',
  'rio-tiler/cog_nonearth.tif',
  'linz/rgba8.nztm2000.tiff',
];

/** What GDAL takes from beside the file, or from its control points; we do not. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'odc-geo/au-gcp.tif': 'control points',
  'rio-tiler/cog_gcps.tif': 'control points',
  'rio-tiler/cog_gcps_ovr.tif': 'control points',
  'rio-tiler/my-bucket/hro_sources/colorado/201404_13SED190110_201404_0x1500m_CL_1.tif': 'overviews beside',
  'rio-tiler/my-bucket/hro_sources/colorado/201404_13SED190110_201404_0x1500m_CL_1_extmask.tif':
    'a mask beside',
};

const reader = createReader();

function casesOf(file: string, dataset: Dataset): Case[] {
  const path = join(FOLDER, file);
  const cases: Case[] = [{ file: path, op: 'preview', max_size: 200 }];
  if (dataset.crs === null || dataset.transform === null) return cases;
  const [west, south, east, north] = reader.bounds(dataset, WGS84);
  const lon = (west + east) / 2;
  const lat = (south + north) / 2;
  if (PREVIEW_ONLY.includes(file)) return cases;
  const { min, max } = reader.zooms(dataset, 'WebMercatorQuad');
  for (const z of new Set([min, max])) cases.push({ file: path, op: 'tile', ...tileAt(lon, lat, z) });
  cases.push({
    file: path,
    op: 'tile',
    ...tileAt(lon, lat, max),
    resampling_method: 'bilinear',
    reproject_method: 'bilinear',
  });
  cases.push({ file: path, op: 'point', x: lon, y: lat, crs: 'EPSG:4326' });
  return cases;
}

test(
  'files of other projects: the pixels and masks of rio-tiler',
  { skip: existsSync(FOLDER) ? withoutRioTiler : 'needs ../shared/data/cogs' },
  () =>
    inTemporaryFolder(async (folder) => {
      const files = Object.keys(JSON.parse(readFileSync(join(FOLDER, 'GDAL_ORACLE.json'), 'utf8')) as object);
      const cogs = new CogReader({ source: createByteSource(), store: mapStore() });
      const cases: Case[] = [];
      const datasets = new Map<string, Dataset>();
      for (const file of files) {
        if (file in ELSEWHERE) continue;
        try {
          const dataset = await openDataset(cogs, pathToFileURL(join(FOLDER, file)).href);
          datasets.set(join(FOLDER, file), dataset);
          cases.push(...casesOf(file, dataset));
        } catch (error) {
          assert.ok(isGeoCropError(error, 'cog-unsupported', 'unsupported-crs'), `${file}: ${String(error)}`);
        }
      }
      const { answers } = await askRioTiler(folder, cases);
      for (const [i, given] of cases.entries()) {
        const dataset = datasets.get(given.file);
        const answer = answers[i];
        const label = JSON.stringify(given);
        assert.ok(dataset !== undefined && answer !== undefined);
        if (answer.error !== undefined) {
          await assert.rejects(runCase(reader, dataset, given), `${label}: rio-tiler says ${answer.error}`);
          continue;
        }
        assert.ok(answer.image !== undefined, label);
        const found = difference(await runCase(reader, dataset, given), answer.image);
        const interpolated = given['reproject_method'] !== undefined;
        const most = dataset.compression === 'JPEG' ? 2 : interpolated ? 1 : 0;
        // Of numbers that a float64 barely holds, the last digits.
        const noise = interpolated && dataset.dataType === 'float64' ? 1e-6 * found.largest : 0;
        assert.ok(found.most <= most + noise, `${label}: ${found.note}`);
        assert.equal(found.masks, 0, `${label}: ${found.note}`);
      }
    }),
);
