import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import proj4 from 'proj4';
import type { Dataset, PixelWindow } from './dataset.js';

/** For tests: what fixtures/view.py says of a file, and a dataset held against it. */

interface Digests {
  /** Missing where the level is too large for it. */
  readonly data?: readonly string[];
  readonly masks?: readonly string[];
}

export interface RasterioView {
  readonly dtype: string;
  readonly nodata: string | null;
  readonly epsg: number | null;
  readonly proj: string | null;
  readonly wkt: string | null;
  /** x, y, longitude and latitude in WGS 84. */
  readonly places: readonly (readonly [number, number, number, number])[];
  readonly transform: readonly number[];
  readonly gcps: readonly (readonly number[])[];
  readonly colorinterp: readonly string[];
  readonly descriptions: readonly (string | null)[];
  readonly scales: readonly number[];
  readonly offsets: readonly number[];
  readonly units: readonly (string | null)[];
  readonly tags: Readonly<Record<string, string>>;
  readonly bandTags: readonly Readonly<Record<string, string>>[];
  readonly flags: readonly (readonly string[])[];
  readonly colormap: Readonly<Record<string, readonly number[]>> | null;
  readonly compression: string | null;
  readonly interleaving: string | null;
  /** Base64 of the full level, bands after each other, where values need only be close; else null. */
  readonly values: string | null;
  readonly block: readonly number[];
  readonly levels: readonly (Digests & {
    readonly size: readonly [number, number];
    readonly windows: readonly (Digests & { readonly window: readonly [number, number, number, number] })[];
  })[];
}

/** Degrees: a centimetre. */
const MOST_DEGREES_APART = 1e-7;

/** Where PROJ puts some places of the file, and where proj4 does by what the dataset says of its reference system. */
export function checkPlaces(dataset: Dataset, expected: RasterioView): void {
  if (expected.places.length === 0) return;
  assert.ok(dataset.crs !== null, 'a reference system');
  const projection = proj4(dataset.crs.proj, '+proj=longlat +datum=WGS84 +no_defs');
  for (const [x, y, lon, lat] of expected.places) {
    const [myLon = NaN, myLat = NaN] = projection.forward([x, y]);
    const around = Math.abs(((myLon - lon + 540) % 360) - 180) * Math.cos((lat * Math.PI) / 180);
    const apart = Math.max(around, Math.abs(myLat - lat));
    assert.ok(
      apart < MOST_DEGREES_APART,
      `${x}, ${y} is ${myLon}, ${myLat}, not ${lon}, ${lat} (${dataset.crs.proj})`,
    );
  }
}

/** What the file says of itself. */
export function checkDescription(dataset: Dataset, expected: RasterioView): void {
  assert.equal(dataset.dataType, expected.dtype, 'type');
  assert.equal(dataset.nodata, expected.nodata === null ? null : Number(expected.nodata), 'nodata');
  assert.equal(dataset.crs?.epsg ?? null, expected.epsg, 'EPSG');
  // rasterio gives the identity where there is none.
  assert.deepEqual(dataset.transform ?? [1, 0, 0, 0, 1, 0], expected.transform, 'transform');
  assert.deepEqual(
    (dataset.controlPoints ?? []).map(({ column, row, x, y, z }) => [column, row, x, y, z]),
    expected.gcps,
    'control points',
  );
  const { bands } = dataset;
  assert.deepEqual(
    bands.map(({ colorInterpretation }) => colorInterpretation),
    expected.colorinterp,
    'colour interpretation',
  );
  assert.deepEqual(
    bands.map(({ description }) => description),
    expected.descriptions,
    'descriptions',
  );
  assert.deepEqual(
    bands.map(({ scale }) => scale),
    expected.scales,
    'scales',
  );
  assert.deepEqual(
    bands.map(({ offset }) => offset),
    expected.offsets,
    'offsets',
  );
  assert.deepEqual(
    bands.map(({ units }) => units),
    expected.units,
    'units',
  );
  assert.deepEqual({ ...dataset.metadata }, expected.tags, 'metadata');
  assert.deepEqual(
    bands.map(({ metadata }) => ({ ...metadata })),
    expected.bandTags,
    'metadata of bands',
  );
  assert.equal(dataset.mask, maskOf(expected.flags[0] ?? []), 'mask');
  assert.deepEqual(
    dataset.palette === null ? null : Object.fromEntries(dataset.palette),
    expected.colormap,
    'palette',
  );
  assert.equal(dataset.compression, expected.compression, 'compression');
  assert.equal(dataset.interleave, expected.interleaving, 'interleave');
  const [full] = dataset.levels;
  assert.deepEqual([full?.blockHeight, full?.blockWidth], expected.block, 'blocks');
  assert.deepEqual(
    dataset.levels.map(({ width, height }) => [width, height]),
    expected.levels.map(({ size }) => size),
    'levels',
  );
}

function maskOf(flags: readonly string[]): Dataset['mask'] {
  if (flags.includes('nodata')) return 'nodata';
  if (flags.includes('alpha')) return 'alpha';
  return flags.includes('per_dataset') ? 'mask' : 'none';
}

/** Values and masks of every band of every level, whole and by windows. */
export async function checkPixels(dataset: Dataset, expected: RasterioView): Promise<void> {
  const exact = expected.values === null;
  if (!exact) await checkClose(dataset, expected.values);
  for (const [index, level] of expected.levels.entries()) {
    const [width, height] = level.size;
    if (level.data !== undefined) {
      await checkWindow(dataset, index, { column: 0, row: 0, width, height }, level, exact);
    }
    for (const { window, ...digests } of level.windows) {
      const [column, row, wide, high] = window;
      await checkWindow(dataset, index, { column, row, width: wide, height: high }, digests, exact);
    }
  }
}

async function checkWindow(
  dataset: Dataset,
  level: number,
  window: PixelWindow,
  expected: Digests,
  exact: boolean,
): Promise<void> {
  const bands = dataset.bands.map((_, i) => i + 1);
  const { data, masks } = await dataset.read(level, window, bands);
  for (const band of bands) {
    const what = `level ${level}, band ${band}, ${JSON.stringify(window)}`;
    if (exact) {
      assert.equal(sha256(data[band - 1]!), expected.data?.[band - 1], `values of ${what}`);
    }
    const mask = masks[band - 1] ?? new Uint8Array(window.width * window.height).fill(255);
    assert.equal(sha256(mask), expected.masks?.[band - 1], `mask of ${what}`);
  }
}

/** A level of colour in YCbCr is a level and three quarters in red or blue. */
const MOST_APART = 2;

async function checkClose(dataset: Dataset, values: string): Promise<void> {
  const expected = Buffer.from(values, 'base64');
  const { width, height } = dataset;
  const { data } = await dataset.read(0, { column: 0, row: 0, width, height }, [1, 2, 3]);
  let apart = 0;
  for (const [band, plane] of data.entries()) {
    for (let i = 0; i < plane.length; i += 1) {
      const difference = Math.abs(plane[i]! - expected[band * plane.length + i]!);
      assert.ok(difference <= MOST_APART, `band ${band + 1}, pixel ${i} is ${difference} apart`);
      if (difference > 0) apart += 1;
    }
  }
  assert.ok(apart < expected.length / 50, `${apart} of ${expected.length} values differ`);
}

export function sha256(values: ArrayBufferView): string {
  return createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex')
    .slice(0, 20);
}
