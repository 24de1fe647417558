import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { createByteSource } from '../windows/byte-source/create-byte-source.js';
import { CogReader } from '../windows/cog-reader.js';
import { mapStore } from '../windows/testing.js';
import { GENERAL_FIXTURES } from './fixtures/fixtures.js';
import { openDataset } from './open-dataset.js';
import { checkDescription, checkPixels, checkPlaces, type RasterioView } from './rasterio-view.js';

const { files } = JSON.parse(readFileSync(new URL('expected.json', GENERAL_FIXTURES), 'utf8')) as {
  files: Record<string, RasterioView>;
};
const reader = new CogReader({ source: createByteSource(), store: mapStore() });

describe('general GeoTIFFs as rasterio reads them', () => {
  for (const [file, expected] of Object.entries(files)) {
    test(file, async () => {
      const dataset = await openDataset(reader, new URL(file, GENERAL_FIXTURES).href);
      checkDescription(dataset, expected);
      checkPlaces(dataset, expected);
      await checkPixels(dataset, expected);
    });
  }
});
