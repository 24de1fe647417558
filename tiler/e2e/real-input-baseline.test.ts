import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { MemoryObjectStore } from '../../cache/memory-store.js';
import { bundleContents, expectations } from '../../engine/classes/fixtures/fixtures.js';
import { encodeCog } from '../../engine/encode/cog.js';
import { samplePoints } from '../areas/sample-points.js';
import { realArea } from './real-area.js';
import { mapPixelOf, openReal, pointOfPixel, readReal, withoutData } from './real-input.js';

const FOLDER = 'sentinel2/season_monthly_be_2020-11_2021-10';
const YEAR = 2021;
const WATER = 0;
const CROPS = 4;

/** Dynamic World over the scenes: water in the west, crops in the middle, nothing in the east. */
async function baselineStore(): Promise<MemoryObjectStore> {
  const { x0, y0, res, width, height, epsg } = await readReal(`${FOLDER}/2021-05-01/B04.tif`);
  const data = Uint8Array.from({ length: width * height }, (_, i) =>
    i % width < 40 ? WATER : i % width < 80 ? CROPS : 255,
  );
  const store = new MemoryObjectStore(() => new Date('2024-01-01T00:00:00Z'));
  await store.put(
    'geocrop-baselines',
    `dw/zim/summer/${YEAR}_${YEAR + 1}/highest_conf/DW_Zim_HighestConf_${YEAR}_${YEAR + 1}.tif`,
    await encodeCog({
      raster: { data, bands: 1, width, height, nodata: 255 },
      overviews: [],
      epsg,
      transform: [res, 0, x0, 0, -res, y0],
      blockSize: 256,
    }),
  );
  return store;
}

test(
  'a model with dw_class sees one baseline in tiles, at points and in tables',
  { skip: withoutData },
  async () => {
    const models = mkdtempSync(join(tmpdir(), 'geocrop-models-'));
    const contents = {
      ...bundleContents('trees', ['forest.onnx']),
      'selected_features.json': [...expectations.features.slice(1), 'dw_class'],
    };
    mkdirSync(join(models, 'trees'));
    for (const [file, content] of Object.entries(contents)) {
      const bytes = content instanceof Uint8Array ? content : JSON.stringify(content);
      writeFileSync(join(models, 'trees', file), bytes);
    }
    const [withIt, without] = [
      await openReal(FOLDER, { modelsDir: models, baselines: await baselineStore() }),
      await openReal(FOLDER, { modelsDir: models }),
    ];
    try {
      const { engine } = withIt;
      const { service, baseline, maps, sceneLists, compute, coverage, hasScl } = engine;
      assert.deepEqual(engine.badBundles, []);
      const map = service.resolveMap({ season: 'winter', year: YEAR });
      const { raster, window } = await realArea(engine, map, 'classes', coverage.bounds);
      const other = await realArea(without.engine, map, 'classes', coverage.bounds);
      assert.notEqual(service.version(map), without.engine.service.version(map));
      assert.notDeepEqual(raster.data, other.raster.data, 'the classes do not hang on the baseline');

      const grid = await readReal(`${FOLDER}/2021-05-01/B04.tif`);
      const places = [10, 30, 50, 70, 90].map((column) => mapPixelOf(grid, column, 50));
      const points = places.map(({ x, y }) => pointOfPixel(x, y, YEAR));
      const rows = await samplePoints(points, {
        maps,
        sceneLists,
        compute,
        coverage,
        hasScl,
        baseline,
        season: 'winter',
      });
      assert.deepEqual(
        rows.map(({ dwClass }) => dwClass),
        [WATER, WATER, CROPS, CROPS, -1],
      );
      for (const [i, { lon, lat }] of points.entries()) {
        const { x = 0, y = 0 } = places[i] ?? {};
        const answer = await service.point(map, lon, lat);
        const shown = raster.data[(y - window.py0) * raster.width + x - window.px0];
        assert.equal(answer.class?.id, shown, `pixel ${x}, ${y}`);
      }
    } finally {
      await Promise.all([withIt.close(), without.close()]);
      rmSync(models, { recursive: true, force: true });
    }
  },
);
