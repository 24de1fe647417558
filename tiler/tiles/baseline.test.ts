import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { MemoryObjectStore } from '../../cache/memory-store.js';
import { encodeCog } from '../../engine/encode/cog.js';
import { NEEDS_GDAL } from '../../engine/encode/gdal-oracle.js';
import { overviews } from '../../engine/encode/overviews.js';
import { isGeoCropError } from '../../engine/errors.js';
import { projectPoint } from '../../engine/geo/project.js';
import { lonLatToPixel, tileBoundsMercator } from '../../engine/geo/tile-matrix.js';
import type { Raster } from '../../engine/raster.js';
import { DynamicWorldBaseline } from './baseline.js';

const [LON, LAT] = [30.004, -17.5];
const PIXEL = lonLatToPixel(14, LON, LAT);
const TILE = { z: 14, x: PIXEL.x >> 8, y: PIXEL.y >> 8 };
const SIDE = 600;

const keyOf = (year: number, piece = ''): string =>
  `dw/zim/summer/${year}_${year + 1}/highest_conf/DW_Zim_HighestConf_${year}_${year + 1}${piece}.tif`;

/** A 6 km square of stripes and blobs around the place. @param left pixels to the west of it */
async function cogOf(
  epsg: number,
  nodata: number | null = null,
  left = SIDE / 2,
  columns = SIDE,
): Promise<Uint8Array> {
  const [easting, northing] = projectPoint(epsg, LON, LAT);
  const x0 = Math.floor(easting / 10) * 10 - 10 * left;
  const y0 = Math.floor(northing / 10) * 10 + 10 * (SIDE / 2);
  // Of the place on the ground: pieces hold what the whole does.
  const data = Uint8Array.from({ length: columns * SIDE }, (_, at) => {
    const column = x0 / 10 + (at % columns);
    const row = Math.floor(at / columns) - y0 / 10;
    return (((column * 7) ^ (row * 13)) >>> 2) % 9;
  });
  const raster: Raster<Uint8Array> = { data, bands: 1, width: columns, height: SIDE, nodata };
  return encodeCog({
    raster,
    overviews: overviews(raster, 'mode', 2),
    epsg,
    transform: [10, 0, x0, 0, -10, y0],
    blockSize: 256,
  });
}

function hasGdalwarp(): boolean {
  try {
    execFileSync('gdalwarp', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The tile as GDAL makes it: exact transformation, full resolution, nearest. */
function gdalwarp(cog: Uint8Array, side: number): Uint8Array {
  const dir = mkdtempSync(join(tmpdir(), 'geocrop-baseline-'));
  try {
    const [from, to] = [join(dir, 'in.tif'), join(dir, 'out.raw')];
    writeFileSync(from, cog);
    const extent = ['-te', ...tileBoundsMercator(TILE).map(String), '-ts', String(side), String(side)];
    const exact = ['-q', '-ovr', 'NONE', '-et', '0', '-r', 'near', '-dstnodata', '255'];
    execFileSync('gdalwarp', [...exact, '-t_srs', 'EPSG:3857', ...extent, '-of', 'ENVI', from, to]);
    return readFileSync(to);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

async function baselineOf(files: Record<string, Uint8Array>, now?: () => number) {
  const store = new MemoryObjectStore(() => new Date('2024-01-01T00:00:00Z'));
  for (const [key, bytes] of Object.entries(files)) await store.put('geocrop-baselines', key, bytes);
  return { store, baseline: new DynamicWorldBaseline(store, now) };
}

describe('the Dynamic World baseline', () => {
  for (const epsg of [32736, 32735, 3857]) {
    it(`in EPSG:${epsg} is what gdalwarp says, to the pixel`, async (t) => {
      if (!hasGdalwarp()) return t.skip(NEEDS_GDAL);
      const cog = await cogOf(epsg);
      const { baseline } = await baselineOf({ [keyOf(2020)]: cog });
      for (const scale of [1, 2] as const) {
        const ours = await baseline.tile(2020, TILE, { scale });
        const side = 256 * scale;
        const theirs = gdalwarp(cog, side);
        assert.equal(theirs.length, side * side);
        const differences = theirs.filter((value, at) => value !== ours?.data[at]).length;
        assert.equal(differences, 0);
      }
    });
  }

  it('has water: 0 is a class, also where a file calls it nodata', async () => {
    const { baseline } = await baselineOf({ [keyOf(2020)]: await cogOf(32736, 0) });
    const tile = await baseline.tile(2020, TILE);
    assert.equal(tile?.nodata, 255);
    assert.ok(tile.data.includes(0));
  });

  it('has nothing where no file reaches, nor in years that are not there', async () => {
    const { baseline } = await baselineOf({ [keyOf(2020)]: await cogOf(32736) });
    assert.equal(await baseline.tile(2020, { ...TILE, x: TILE.x + 20 }), null);
    assert.equal(await baseline.tile(2019, TILE), null);
  });

  it('puts the pieces of a year together without a seam', async () => {
    const whole = await baselineOf({ [keyOf(2020)]: await cogOf(32736) });
    const pieces = await baselineOf({
      [keyOf(2020, '-0000000000-0000000000')]: await cogOf(32736, null, SIDE / 2, 310),
      [keyOf(2020, '-0000000000-0000000310')]: await cogOf(32736, null, SIDE / 2 - 310, SIDE - 310),
    });
    const tile = await pieces.baseline.tile(2020, TILE);
    assert.deepEqual(tile, await whole.baseline.tile(2020, TILE));
  });

  it('shows a class that is there when zoomed out: an overview, never an average', async () => {
    const { baseline } = await baselineOf({ [keyOf(2020)]: await cogOf(32736) });
    for (let z = 12; z >= 0; z--) {
      const tile = await baseline.tile(2020, { z, x: TILE.x >> (14 - z), y: TILE.y >> (14 - z) });
      assert.ok(tile === null || tile.data.every((value) => value < 9 || value === 255), `z${z}`);
      if (z > 8)
        assert.ok(
          tile?.data.some((value) => value !== 255),
          `z${z}`,
        );
    }
  });

  it('gives features the class that its tile shows, −1 where there is none', async () => {
    const { baseline } = await baselineOf({ [keyOf(2020)]: await cogOf(32736) });
    const tile = await baseline.tile(2020, TILE);
    const window = { kind: 'window', px0: TILE.x * 256, py0: TILE.y * 256, width: 256, height: 256 } as const;
    const classes = await baseline.dwClass(2020, window);
    assert.ok(classes.every((value, at) => (value === -1 ? 255 : value) === tile?.data[at]));
    const list = { kind: 'list', px: Int32Array.of(PIXEL.x, 0), py: Int32Array.of(PIXEL.y, 0) } as const;
    const at = (PIXEL.y & 255) * 256 + (PIXEL.x & 255);
    assert.deepEqual([...(await baseline.dwClass(2020, list))], [tile?.data[at], -1]);
    assert.ok((await baseline.dwClass(2019, window)).every((value) => value === -1));
  });

  it('lists its years, and anew after a minute', async () => {
    let now = 0;
    const { baseline, store } = await baselineOf(
      {
        [keyOf(2021)]: new Uint8Array(3),
        [keyOf(2019)]: new Uint8Array(2),
        'dw/zim/summer/2018_2020/highest_conf/DW_Zim_HighestConf_2018_2020.tif': new Uint8Array(1),
        'dw/zim/summer/readme.txt': new Uint8Array(1),
      },
      () => now,
    );
    const years = async (): Promise<number[]> => (await baseline.years()).map(({ year }) => year);
    assert.deepEqual(await years(), [2019, 2021]);
    const before = (await baseline.years())[0]?.digest;
    await store.put('geocrop-baselines', keyOf(2019), new Uint8Array(9));
    await store.put('geocrop-baselines', keyOf(2020), new Uint8Array(9));
    assert.deepEqual(await years(), [2019, 2021]);
    now = 60_000;
    assert.deepEqual(await years(), [2019, 2020, 2021]);
    assert.notEqual((await baseline.years())[0]?.digest, before);
  });

  it('says what is wrong with a file', async () => {
    const { baseline } = await baselineOf({
      [keyOf(2020)]: Buffer.from('not a TIFF at all, whatever its name'),
    });
    await assert.rejects(baseline.tile(2020, TILE), (error) => isGeoCropError(error, 'cog-malformed'));
  });
});
