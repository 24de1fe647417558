import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gdalView, pythonWith, withoutGdal } from '../../engine/encode/gdal-oracle.js';
import { encodeProduct } from '../../engine/encode/products.js';
import { FEATURE_BANDS, FEATURE_ORDER_V1 } from '../../engine/pixels/feature-order.js';
import type { Band } from '../../engine/scenes/scene.js';
import type { LabelledPoint } from '../areas/labelled-points.js';
import { sampleCsv } from '../areas/sample-points.js';
import { boundsOfMetatiles, realArea } from './real-area.js';
import {
  describeWith,
  mapPixelOf,
  openReal,
  pointOfPixel,
  readReal,
  sample,
  withoutData,
  type RealRaster,
} from './real-input.js';

const PYTHON = pythonWith('sklearn, skl2onnx');
const withoutPython: string | false =
  PYTHON === null
    ? 'needs scikit-learn and skl2onnx: python3 -m venv .venv && .venv/bin/pip install -r engine/training/requirements-oracles.txt'
    : false;
const TRAIN = fileURLToPath(new URL('../../../tiler/e2e/fixtures/train_small.py', import.meta.url));

/** NDVI, EVI and SAVI over the season, and the bands' medians. */
const NAMES = /^((ndvi|evi|savi)_(peak|min|mean|std)|\w+_median)$/;

interface Trained {
  readonly classes: readonly string[];
  readonly accuracy: number;
  readonly alwaysTheCommonest: number;
  /** Squares that the model has not seen. */
  readonly heldOut: readonly string[];
}

interface Case {
  readonly name: string;
  readonly folder: string;
  readonly season: string;
  readonly year: number;
  readonly bands: readonly Band[];
  readonly classes: readonly string[];
  readonly labels: (folder: string) => Promise<Labels>;
  /** Source pixels that are looked at. */
  readonly rect: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  /** Side of a square that is held out whole, source pixels. */
  readonly square: number;
  readonly metatiles: readonly (readonly [number, number])[] | null;
}

interface Labels {
  readonly grid: RealRaster;
  /** Of a pixel by its place; undefined where there is none. */
  readonly of: (place: number) => string | undefined;
}

/** Farmers' fields, mapped by others. */
async function cropland(folder: string): Promise<Labels> {
  const grid = await readReal(`${folder}/reference_cropland.tif`);
  return { grid, of: (place) => (grid.data[place] === 1 ? 'cropland' : 'other') };
}

/** How green the clearest scene is: SCL calls 997 of 1,000 pixels there vegetation, so it gives no classes. */
async function greenness(folder: string): Promise<Labels> {
  const scene = `${folder}/S2A_33TWM_20230815_0_L2A`;
  const [red, nir] = [await readReal(`${scene}/B04.tif`), await readReal(`${scene}/B08.tif`)];
  return {
    grid: red,
    of: (place) => {
      const [a, b] = [red.data[place] ?? 0, nir.data[place] ?? 0];
      const ndvi = a > 0 && b > 0 ? (b - a) / (b + a) : NaN;
      return ndvi > 0.84 ? 'dense' : ndvi < 0.78 ? 'open' : undefined;
    },
  };
}

const CASES: readonly Case[] = [
  {
    name: 'cropland of a Belgian summer',
    folder: 'sentinel2/season_monthly_be_2020-11_2021-10',
    season: 'winter',
    year: 2021,
    bands: ['blue', 'green', 'red', 'rededge1', 'nir', 'swir16', 'swir22'],
    classes: ['cropland', 'other'],
    labels: cropland,
    rect: { x: 0, y: 0, width: 100, height: 100 },
    square: 10,
    metatiles: null,
  },
  {
    name: 'dense and open green on both sides of two MGRS tiles’ edges',
    folder: 'sentinel2/scenes_33TWL_33TWM_2023-08',
    season: 'winter',
    year: 2023,
    bands: ['blue', 'green', 'red', 'nir'],
    classes: ['dense', 'open'],
    labels: greenness,
    rect: { x: 416, y: 800, width: 60, height: 115 },
    square: 12,
    metatiles: [
      [2226, 1456],
      [2226, 1457],
    ],
  },
];

describeWith(withoutData || withoutPython, 'small models of real pixels', () => {
  for (const example of CASES)
    test(example.name, (t) => trainAndMap(example, (reason) => t.diagnostic(reason)));
});

async function trainAndMap(example: Case, say: (what: string) => void): Promise<void> {
  const { folder, season, classes } = example;
  const models = mkdtempSync(join(tmpdir(), 'geocrop-models-'));
  try {
    const points = await labelledPoints(example);
    const features = FEATURE_ORDER_V1.filter(
      (name) => NAMES.test(name) && FEATURE_BANDS[name].every((band) => example.bands.includes(band)),
    );
    const table = join(models, 'table.csv');
    const sampling = await openReal(folder);
    try {
      writeFileSync(table, sampleCsv(await sample(sampling.engine, season, points)));
    } finally {
      await sampling.close();
    }
    const trained = JSON.parse(
      execFileSync(PYTHON ?? '', [TRAIN, table, join(models, 'Small'), features.join(',')], {
        encoding: 'utf8',
      }),
    ) as Trained;
    assert.deepEqual(trained.classes, classes);
    const scores = await mapScores(example, models, points, trained);
    say(
      `accuracy ${scores.accuracy.toFixed(3)}, balanced ${scores.balanced.toFixed(3)} on ${scores.pixels} pixels not seen; ` +
        `before smoothing ${trained.accuracy}; always the commonest ${trained.alwaysTheCommonest}`,
    );
    assert.ok(scores.pixels > 300);
    // Two classes: guessing gives one half of the balanced accuracy.
    assert.ok(scores.balanced > 0.7, `balanced accuracy ${scores.balanced}`);
  } finally {
    rmSync(models, { recursive: true, force: true });
  }
}

/** One point for every labelled pixel, in squares that are held out whole. */
async function labelledPoints({ folder, year, labels, rect, square }: Case): Promise<LabelledPoint[]> {
  const { grid, of } = await labels(folder);
  const points: LabelledPoint[] = [];
  for (let row = rect.y; row < rect.y + rect.height; row += 1) {
    for (let column = rect.x; column < rect.x + rect.width; column += 1) {
      const label = of(row * grid.width + column);
      if (label === undefined) continue;
      const { x, y } = mapPixelOf(grid, column, row);
      const field = `${Math.floor(column / square)}-${Math.floor(row / square)}`;
      points.push({ ...pointOfPixel(x, y, year), label, field });
    }
  }
  return points;
}

interface Scores {
  readonly pixels: number;
  readonly accuracy: number;
  /** Mean of the classes' recalls. */
  readonly balanced: number;
}

/** Classifies the area as `geocrop classify` does, holds the GeoTIFF against GDAL, and its classes against the labels. */
async function mapScores(
  { folder, season, year, metatiles }: Case,
  modelsDir: string,
  points: readonly LabelledPoint[],
  { classes, heldOut }: Trained,
): Promise<Scores> {
  const real = await openReal(folder, { modelsDir });
  try {
    const { engine } = real;
    assert.deepEqual(engine.badBundles, []);
    const map = engine.service.resolveMap({ season, year });
    assert.equal(map.model, 'Small');
    const bounds = metatiles === null ? engine.coverage.bounds : boundsOfMetatiles(metatiles);
    const { raster, window } = await realArea(engine, map, 'classes', bounds);
    const palette = engine.service.legend(map).map(({ color }) => color);
    const encoded = await encodeProduct('classes', raster, { window, classes, palette });
    checkWithGdal(encoded.tif, modelsDir, raster);

    const hits = classes.map(() => ({ right: 0, all: 0 }));
    for (const point of points) {
      if (!heldOut.includes(point.field)) continue;
      const [x = NaN, y = NaN] = point.id.split('/').map(Number);
      const [column, row] = [x - window.px0, y - window.py0];
      const inside = column >= 0 && row >= 0 && column < raster.width && row < raster.height;
      const given = inside ? (raster.data[row * raster.width + column] ?? 255) : 255;
      if (given === 255) continue;
      const hit = hits[classes.indexOf(point.label)];
      if (hit === undefined) throw new RangeError(point.label);
      hit.all += 1;
      if (classes[given] === point.label) hit.right += 1;
    }
    const pixels = hits.reduce((sum, { all }) => sum + all, 0);
    return {
      pixels,
      accuracy: hits.reduce((sum, { right }) => sum + right, 0) / pixels,
      balanced: hits.reduce((sum, { right, all }) => sum + right / all, 0) / hits.length,
    };
  } finally {
    await real.close();
  }
}

function checkWithGdal(tif: Uint8Array, folder: string, raster: { width: number; height: number }): void {
  if (withoutGdal !== false) return;
  const file = join(folder, 'classes.tif');
  writeFileSync(file, tif);
  const view = gdalView(file);
  assert.deepEqual([view.errors, view.warnings], [[], []]);
  assert.equal(view.epsg, '3857');
  assert.equal(view.bands[0]?.nodata, 255);
  assert.ok(raster.width > 0 && raster.height > 0);
}
