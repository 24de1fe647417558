import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { NEEDS_RASTERIO, pythonWith } from '../encode/gdal-oracle.js';
import { createByteSource } from '../windows/byte-source/create-byte-source.js';
import { CogReader } from '../windows/cog-reader.js';
import { mapStore } from '../windows/testing.js';
import { GENERAL_FIXTURES } from './fixtures/fixtures.js';
import { openDataset } from './open-dataset.js';
import { checkDescription, checkPixels, checkPlaces, type RasterioView } from './rasterio-view.js';

const COGS = resolve('../shared/data/cogs');

describe('COGs of other projects, as rasterio reads them', () => {
  const python = pythonWith('rasterio');
  if (!existsSync(COGS) || python === null) {
    test(
      'all of them',
      { skip: python === null ? NEEDS_RASTERIO : 'needs ../shared/data/cogs' },
      () => undefined,
    );
    return;
  }
  const script = fileURLToPath(new URL('view.py', GENERAL_FIXTURES));
  const output = execFileSync(python, [script, COGS], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  const reader = new CogReader({ source: createByteSource(), store: mapStore() });
  for (const [file, expected] of Object.entries(JSON.parse(output) as Record<string, RasterioView>)) {
    test(file, async () => {
      const dataset = await openDataset(reader, pathToFileURL(join(COGS, file)).href);
      checkDescription(dataset, expected);
      checkPlaces(dataset, expected);
      await checkPixels(dataset, expected);
    });
  }
});
