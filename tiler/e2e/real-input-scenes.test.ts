import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { projectPoint } from '../../engine/geo/project.js';
import { lonLatToPixel, NATIVE_ZOOM, pixelCentreLonLat } from '../../engine/geo/tile-matrix.js';
import { FEATURE_ORDER_V1 } from '../../engine/pixels/feature-order.js';
import { sclValid } from '../../engine/pixels/mask.js';
import { assertFeatures } from '../../engine/pixels/testing.js';
import type { Raster } from '../../engine/raster.js';
import type { SceneList } from '../../engine/scenes/scene.js';
import type { AreaResult } from '../areas/classify-area.js';
import { boundsOfMetatiles, realArea } from './real-area.js';
import {
  dataFolder,
  describeWith,
  lonLatOfNorthern,
  openReal,
  pointOfPixel,
  readReal,
  sample,
  withoutData,
  type RealEngine,
  type RealRaster,
} from './real-input.js';

interface Expected {
  readonly folder: string;
  readonly metatiles: readonly (readonly [number, number])[];
  readonly scenes: readonly string[];
  readonly tooCloudy: readonly string[];
  readonly pixels: readonly {
    readonly x: number;
    readonly y: number;
    readonly observations: number;
    readonly expected: readonly (number | null)[];
  }[];
}

/** What rasterio, PROJ and numpy say: made by fixtures/make_real_scenes.py. */
const expected = JSON.parse(
  readFileSync(new URL('../../../tiler/e2e/fixtures/real-scenes.json', import.meta.url), 'utf8'),
) as Expected;
const YEAR = 2023;
const MASKED = { bands: ['B02', 'B03', 'B04', 'B08'], buffer: 3, limit: 60 };
const ZONE = 32633;
/** Northings: where 33TWL ends in the north and 33TWM in the south. Between them both have pixels. */
const EDGES = [5_100_000, 5_090_220];
const RES = 120;

describeWith(withoutData, 'ten real scenes of two MGRS tiles', () => {
  let real: RealEngine;
  let ndvi: AreaResult;
  let observations: AreaResult;
  let truecolor: AreaResult;

  before(async () => {
    real = await openReal(expected.folder);
    const bounds = boundsOfMetatiles(expected.metatiles);
    const map = real.engine.service.resolveMap({ season: 'winter', year: YEAR });
    ndvi = await realArea(real.engine, map, 'ndvi_peak', bounds);
    observations = await realArea(real.engine, map, 'observations', bounds);
    truecolor = await realArea(real.engine, map, 'truecolor', bounds);
  });
  after(() => real?.close());

  /** Place in the rasters of the map pixel that contains a place on the ground; −1 outside. */
  const at = (easting: number, northing: number): number => {
    const { x, y } = lonLatToPixel(NATIVE_ZOOM, ...lonLatOfNorthern(ZONE, easting, northing));
    const { window, raster } = ndvi;
    const [column, row] = [x - window.px0, y - window.py0];
    const inside = column >= 0 && row >= 0 && column < raster.width && row < raster.height;
    return inside ? row * raster.width + column : -1;
  };

  test('the offset that the items state is not applied, and each scene says why', async () => {
    const lists = await Promise.all(expected.metatiles.map((metatile) => storedList(real, metatile)));
    for (const list of lists) {
      assert.deepEqual(list.scenes.map(({ id }) => id).sort(), expected.scenes);
      for (const { id, reflectance } of list.scenes) {
        assert.equal(reflectance.scale, 0.0001, id);
        assert.equal(reflectance.offset, 0, id);
        assert.match(reflectance.reason, /boa_offset_applied/, id);
        const median = reflectance.checkedRedMedian ?? NaN;
        assert.ok(median >= 0.005 && median <= 0.11, `${id}: median red ${median}`);
      }
      assert.deepEqual(list.leftOut.map(({ id }) => id).sort(), expected.tooCloudy);
      for (const { code, reason } of list.leftOut) {
        assert.equal(code, 'cloudy');
        assert.match(reason, /over the limit of 60 %/);
      }
    }
    assert.equal(expected.tooCloudy.length, 2);
    assert.deepEqual(real.warnings, []);
  });

  test('features at map pixels equal rasterio, PROJ and numpy', async () => {
    const rows = await sample(
      real.engine,
      'winter',
      expected.pixels.map(({ x, y }) => pointOfPixel(x, y, YEAR)),
    );
    const peak = FEATURE_ORDER_V1.indexOf('ndvi_peak');
    expected.pixels.forEach((pixel, i) => {
      const what = `pixel ${pixel.x}, ${pixel.y}`;
      assert.equal(rows[i]?.observations, pixel.observations, what);
      assertFeatures(rows[i].features, pixel.expected, what);
      // The map has the sample's very number.
      const { window, raster } = ndvi;
      const place = (pixel.y - window.py0) * raster.width + pixel.x - window.px0;
      assert.ok(Object.is(raster.data[place], rows[i].features[peak]), what);
      assert.equal(observations.raster.data[place], pixel.observations, what);
    });
    assert.equal(new Set(expected.pixels.map((pixel) => pixel.observations)).has(2), true);
  });

  test('nothing that SCL calls cloud or shadow, nor its neighbourhood, is an observation', async () => {
    const dates = await masksByDate();
    const { raster, window } = observations;
    const step = 16;
    let masked = 0;
    for (let row = 0; row < raster.height; row += step) {
      for (let column = 0; column < raster.width; column += step) {
        const place = pixelCentreLonLat(NATIVE_ZOOM, window.px0 + column, window.py0 + row);
        const [easting, northing] = projectPoint(ZONE, ...place);
        const seen = dates.filter((masks) => masks.some((mask) => isValid(mask, easting, northing))).length;
        assert.equal(raster.data[row * raster.width + column], seen, `column ${column}, row ${row}`);
        if (seen < dates.length) masked += 1;
      }
    }
    assert.ok(masked > 1000, `only ${masked} pixels have a cloud`);
  });

  test('vegetation has an NDVI between 0.7 and 0.9', async () => {
    const scl = await readReal(`${expected.folder}/S2A_33TWL_20230815_0_L2A/SCL.tif`);
    const peaks: number[] = [];
    scl.data.forEach((value, i) => {
      const [column, row] = [i % scl.width, Math.floor(i / scl.width)];
      const place = value === 4 ? at(scl.x0 + (column + 0.5) * RES, scl.y0 - (row + 0.5) * RES) : -1;
      const peak = place < 0 ? NaN : (ndvi.raster.data[place] ?? NaN);
      if (!Number.isNaN(peak)) peaks.push(peak);
    });
    peaks.sort((a, b) => a - b);
    const median = peaks[peaks.length >> 1] ?? NaN;
    assert.ok(peaks.length > 3000, `${peaks.length} pixels`);
    assert.ok(median > 0.7 && median < 0.9, `median ${median}`);
    assert.ok((peaks.at(-1) ?? NaN) < 1);
  });

  for (const edge of EDGES) {
    test(`there is no seam along the northing ${edge}`, () => {
      const red: Raster = { ...truecolor.raster, bands: 1 };
      for (const [name, raster] of Object.entries({ ndvi: ndvi.raster, red })) {
        const jumps = jumpsAlong(raster, edge, at);
        const [across, ...beside] = [
          jumps.get(0) ?? NaN,
          ...[...jumps].filter(([k]) => k !== 0).map(([, v]) => v),
        ];
        const mean = beside.reduce((sum, value) => sum + value, 0) / beside.length;
        const spread = Math.sqrt(beside.reduce((sum, value) => sum + (value - mean) ** 2, 0) / beside.length);
        assert.ok(beside.length >= 10 && spread > 0);
        assert.ok(across < mean + 3 * spread, `${name}: ${across} across, ${mean} ± ${spread} beside`);
      }
    });
  }

  /** Of every date under the cloud limit: each scene's pixels that count, by the plain formulas. */
  async function masksByDate(): Promise<(RealRaster & { valid: Uint8Array })[][]> {
    const dates = new Map<string, (RealRaster & { valid: Uint8Array })[]>();
    for (const id of readdirSync(dataFolder(expected.folder))) {
      const path = `${expected.folder}/${id}`;
      const item = JSON.parse(readFileSync(dataFolder(`${path}/${id}.json`), 'utf8')) as {
        properties: { datetime: string; 'eo:cloud_cover': number };
      };
      if (item.properties['eo:cloud_cover'] > MASKED.limit) continue;
      const scl = await readReal(`${path}/SCL.tif`);
      const valid = Uint8Array.from(sclValid(scl.data as Uint8Array, scl.width, scl.height, MASKED.buffer));
      for (const asset of MASKED.bands) {
        const band = await readReal(`${path}/${asset}.tif`);
        band.data.forEach((value, i) => value === band.nodata && (valid[i] = 0));
      }
      const date = item.properties.datetime.slice(0, 10);
      dates.set(date, [...(dates.get(date) ?? []), { ...scl, valid }]);
    }
    return [...dates.values()];
  }
});

function isValid(mask: RealRaster & { valid: Uint8Array }, easting: number, northing: number): boolean {
  const column = Math.floor((easting - mask.x0) / mask.res);
  const row = Math.floor((mask.y0 - northing) / mask.res);
  const inside = column >= 0 && row >= 0 && column < mask.width && row < mask.height;
  return inside && mask.valid[row * mask.width + column] === 1;
}

/**
 * Mean difference from a source row to the next one south, along lines beside an edge; 0 is the one across it. The places lie
 * inside the pixels of both tiles, whose grids are half a pixel apart.
 */
function jumpsAlong(
  raster: Raster,
  edge: number,
  at: (easting: number, northing: number) => number,
): Map<number, number> {
  const jumps = new Map<number, number>();
  for (let k = -20; k <= 20; k += 1) {
    let [sum, count] = [0, 0];
    for (let easting = 549_980 + RES / 2; easting < 557_000; easting += RES) {
      const [north, south] = [at(easting, edge + RES * k + 30), at(easting, edge + RES * (k - 1) + 30)];
      if (north < 0 || south < 0) continue;
      const jump = Math.abs((raster.data[north] ?? NaN) - (raster.data[south] ?? NaN));
      if (Number.isNaN(jump)) continue;
      sum += jump;
      count += 1;
    }
    if (count > 20) jumps.set(k, sum / count);
  }
  return jumps;
}

async function storedList({ engine }: RealEngine, [x, y]: readonly [number, number]): Promise<SceneList> {
  const { maps, sceneLists } = engine;
  const definition = maps.definition(maps.resolve({ season: 'winter', year: YEAR }));
  const list = await sceneLists.stored(definition, { z: 12, x, y });
  assert.ok(list !== undefined);
  return list;
}
