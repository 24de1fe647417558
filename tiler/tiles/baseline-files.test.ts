import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { MemoryObjectStore } from '../../cache/memory-store.js';
import { encodeCog } from '../../engine/encode/cog.js';
import { overviewCount, overviews } from '../../engine/encode/overviews.js';
import { projectPoint } from '../../engine/geo/project.js';
import { lonLatToPixel } from '../../engine/geo/tile-matrix.js';
import { isGeoCropError } from '../../engine/errors.js';
import type { Raster } from '../../engine/raster.js';
import { testApp } from '../http/testing.js';
import { DYNAMIC_WORLD } from '../render/dynamic-world.js';
import { DynamicWorldBaseline } from './baseline.js';

/** Dynamic World as people have it: Earth Engine's pieces, masks, nodata 0, eleven years. */
const [LON, LAT] = [30.004, -17.5];
const PIXEL = lonLatToPixel(14, LON, LAT);
const TILE = { z: 14, x: PIXEL.x >> 8, y: PIXEL.y >> 8 };
const EPSG = 32736;
const [EASTING, NORTHING] = projectPoint(EPSG, LON, LAT).map((metres) => Math.floor(metres / 10) * 10) as [
  number,
  number,
];
/** Pixels of 10 m on a side of the whole; the place is in its middle. */
const SIDE = 1200;

/** Stripes of all nine classes, of the place on the ground. */
const classAt = (column: number, row: number): number => (((column * 7) ^ (row * 13)) >>> 3) % 9;

interface Piece {
  readonly column: number;
  readonly row: number;
  readonly width: number;
  readonly height: number;
}
const WHOLE: Piece = { column: 0, row: 0, width: SIDE, height: SIDE };

async function fileOf(
  { column, row, width, height }: Piece,
  options: {
    nodata?: number | null;
    masked?: (column: number, row: number) => boolean;
    levels?: number;
  } = {},
): Promise<Uint8Array> {
  const { nodata = null, masked, levels = overviewCount(width, height, 256) } = options;
  const at = (i: number): [number, number] => [column + (i % width), row + Math.floor(i / width)];
  const data = Uint8Array.from({ length: width * height }, (_, i) => classAt(...at(i)));
  const raster: Raster<Uint8Array> = {
    data,
    bands: 1,
    width,
    height,
    nodata,
    ...(masked === undefined ? {} : { mask: Uint8Array.from(data, (_, i) => (masked(...at(i)) ? 0 : 255)) }),
  };
  return encodeCog({
    raster,
    // As others make them: of every value, 0 too.
    overviews: overviews({ ...raster, nodata: null }, 'mode', levels).map((level) => ({ ...level, nodata })),
    epsg: EPSG,
    transform: [10, 0, EASTING - 5 * SIDE + 10 * column, 0, -10, NORTHING + 5 * SIDE - 10 * row],
    blockSize: 256,
  });
}

const keyOf = (year: number, piece = ''): string =>
  `dw/zim/summer/${year}_${year + 1}/highest_conf/DW_Zim_HighestConf_${year}_${year + 1}${piece}.tif`;
/** `-{row}-{column}` of its first pixel, ten digits each: Earth Engine's. */
const suffixOf = ({ row, column }: Piece): string =>
  `-${[row, column].map((pixels) => String(pixels).padStart(10, '0')).join('-')}`;

/** A grid of pieces, the last of each row and column smaller. */
function piecesOf(across: number): Piece[] {
  const side = 256 * Math.ceil(SIDE / across / 256);
  const starts = Array.from({ length: Math.ceil(SIDE / side) }, (_, i) => i * side);
  return starts.flatMap((row) =>
    starts.map((column) => ({
      column,
      row,
      width: Math.min(side, SIDE - column),
      height: Math.min(side, SIDE - row),
    })),
  );
}

class CountingStore extends MemoryObjectStore {
  bytes = 0;
  override async getRange(
    ...args: Parameters<MemoryObjectStore['getRange']>
  ): Promise<Uint8Array | undefined> {
    const found = await super.getRange(...args);
    this.bytes += found?.length ?? 0;
    return found;
  }
}

async function stored(files: Readonly<Record<string, Uint8Array>>) {
  const store = new CountingStore(() => new Date('2024-01-01T00:00:00Z'));
  for (const [key, bytes] of Object.entries(files)) await store.put('geocrop-baselines', key, bytes);
  return { store, baseline: new DynamicWorldBaseline(store) };
}

describe('Dynamic World’s files', () => {
  for (const across of [2, 3, 5]) {
    test(`Earth Engine’s pieces, ${across} × ${across}, are the whole, at every zoom that shows a pixel of it`, async () => {
      const pieces = piecesOf(across);
      assert.equal(pieces.length, across ** 2);
      const files = await Promise.all(
        pieces.map(
          async (piece) => [keyOf(2020, suffixOf(piece)), await fileOf(piece, { levels: 1 })] as const,
        ),
      );
      const [whole, parts] = [
        await stored({ [keyOf(2020)]: await fileOf(WHOLE, { levels: 1 }) }),
        await stored(Object.fromEntries(files)),
      ];
      assert.equal((await parts.baseline.years()).length, 1);
      for (const z of [15, 14, 13, 12]) {
        const place = lonLatToPixel(z, LON, LAT);
        const tile = { z, x: place.x >> 8, y: place.y >> 8 };
        const found = await parts.baseline.tile(2020, tile);
        assert.ok(found !== null && found.data.some((value) => value !== 255));
        assert.deepEqual(found, await whole.baseline.tile(2020, tile), `z${z}`);
      }
    });
  }

  test('what a mask leaves out is nothing; water is water, in a file that calls 0 its nodata too', async () => {
    const masked = (column: number): boolean => column >= SIDE / 2;
    const plain = await stored({ [keyOf(2020)]: await fileOf(WHOLE) });
    const zero = await stored({ [keyOf(2020)]: await fileOf(WHOLE, { nodata: 0 }) });
    const half = await stored({ [keyOf(2020)]: await fileOf(WHOLE, { masked }) });
    for (const z of [14, 12, 10]) {
      const place = lonLatToPixel(z, LON, LAT);
      const tile = { z, x: place.x >> 8, y: place.y >> 8 };
      const [all, same, some] = await Promise.all(
        [plain, zero, half].map(({ baseline }) => baseline.tile(2020, tile)),
      );
      assert.ok(all !== undefined && all !== null && some !== undefined && some !== null);
      assert.ok(all.data.includes(0), `z${z} has water`);
      assert.deepEqual(same, all, `z${z}, nodata 0`);
      let [shown, left] = [0, 0];
      for (const [at, value] of some.data.entries()) {
        if (all.data[at] === 255) continue;
        if (value === 255) left += 1;
        else {
          shown += 1;
          if (z >= 14) assert.equal(value, all.data[at]);
        }
      }
      assert.ok(shown > 0 && left > 0, `z${z}: ${shown} shown, ${left} masked`);
    }
  });

  test('a country at z6 reads an overview, not the country', async () => {
    const bytes = await fileOf(WHOLE);
    const { baseline, store } = await stored({ [keyOf(2020)]: bytes });
    for (const z of [6, 8, 9]) {
      const place = lonLatToPixel(z, LON, LAT);
      store.bytes = 0;
      const tile = await baseline.tile(2020, { z, x: place.x >> 8, y: place.y >> 8 });
      assert.ok(tile?.data.some((value) => value < 9));
      // The header's read, at the first, is more than the overview's block.
      assert.ok(store.bytes < bytes.length / 4, `z${z}: ${store.bytes} of ${bytes.length} bytes`);
    }
  });

  test('are of any year from 2015 to 2025', async () => {
    const years = Array.from({ length: 11 }, (_, i) => 2015 + i);
    const { baseline } = await stored(
      Object.fromEntries(years.map((year) => [keyOf(year), new Uint8Array(8)])),
    );
    assert.deepEqual(
      (await baseline.years()).map(({ year }) => year),
      years,
    );
    await assert.rejects(baseline.tile(2015, TILE), (error) => isGeoCropError(error, 'cog-malformed'));
  });

  test('as picture, GeoTIFF and array: water in its colour, everywhere the same classes', async () => {
    const { baseline } = await stored({ [keyOf(2015)]: await fileOf(WHOLE, { nodata: 0 }) });
    const { get } = testApp({}, { baselines: baseline });
    const expected = (await baseline.tile(2015, TILE))?.data;
    assert.ok(expected?.includes(0));
    const path = `/baselines/dw/2015/tiles/${TILE.z}/${TILE.x}/${TILE.y}`;
    const npy = new Uint8Array(await (await get(`${path}.npy`)).arrayBuffer());
    assert.deepEqual(npy.subarray(npy.length - 65_536), expected);
    for (const format of ['png', 'tif', 'npy']) {
      const response = await get(`${path}.${format}`);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('X-GeoCrop-Tile'), 'final');
      const etag = response.headers.get('ETag') ?? '';
      assert.equal((await get(`${path}.${format}`, { 'If-None-Match': etag })).status, 304);
    }
    assert.equal((await get('/baselines/dw/2016/tiles/0/0/0')).status, 404);
  });

  const FACTS = '../shared/data/facts/dynamic_world_classes.json';
  test('have the official names and colours', { skip: existsSync(FACTS) ? false : `needs ${FACTS}` }, () => {
    const facts = JSON.parse(readFileSync(FACTS, 'utf8')) as {
      classes: { value: number; name: string; color: string }[];
    };
    assert.deepEqual(
      DYNAMIC_WORLD.map(({ name, color }, value) => ({ value, name, color })),
      facts.classes.map((entry) => ({ ...entry, color: entry.color.toLowerCase() })),
    );
  });
});
