import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { describe, test } from 'node:test';
import { isGeoCropError } from '../errors.js';
import { compileKernels } from '../kernels/load.js';
import { CogReader } from '../windows/cog-reader.js';
import { CountingSource, mapStore, memorySource } from '../windows/testing.js';
import { WorkerPool } from '../workers/pool.js';
import { BlockDecoder } from './block-decoder.js';
import type { Dataset, PixelWindow } from './dataset.js';
import { GENERAL_FIXTURES } from './fixtures/fixtures.js';
import { openDataset, type OpenOptions } from './open-dataset.js';
import { sha256 } from './rasterio-view.js';
import { entry, image, tiffOf } from './tiff-builder.js';

const HREF = 'https://example.test/a.tif';
const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`${name}.tif`, GENERAL_FIXTURES)));

interface Opened {
  readonly dataset: Dataset;
  readonly source: CountingSource;
}

async function open(file: Uint8Array, options: OpenOptions = {}): Promise<Opened> {
  const source = new CountingSource(memorySource({ [HREF]: file }));
  const reader = new CogReader({ source, store: mapStore(), gapBytes: 0 });
  return { dataset: await openDataset(reader, HREF, options), source };
}

const whole = ({ width, height }: { readonly width: number; readonly height: number }): PixelWindow => ({
  column: 0,
  row: 0,
  width,
  height,
});

describe('reading a window', () => {
  test('fetches the blocks that it needs, image and mask, each once', async () => {
    const { dataset, source } = await open(fixture('mask-1-bit'), { decoder: new BlockDecoder() });
    source.clear();
    // Four blocks of 16 × 16 of the image, and as many of the mask.
    const window = { column: 10, row: 10, width: 12, height: 12 };
    const [first, second] = await Promise.all([
      dataset.read(0, window, [1, 2, 3]),
      dataset.read(0, window, [3, 1]),
    ]);
    const covered = new Set<number>();
    for (const { start, end } of source.reads) {
      for (let byte = start; byte < end; byte += 1) {
        assert.ok(!covered.has(byte), 'a byte is read twice');
        covered.add(byte);
      }
    }
    assert.deepEqual(second.data, [first.data[2], first.data[0]]);
    assert.equal(first.masks[0], first.masks[2], 'bands share their mask');
    source.clear();
    await dataset.read(0, window, [2]);
    assert.deepEqual(source.reads, [], 'decoded blocks are kept');
  });

  test('a band that is asked for twice is one array', async () => {
    const { dataset } = await open(fixture('alpha-4'));
    const { data } = await dataset.read(0, whole(dataset), [2, 2]);
    assert.equal(data[0], data[1]);
  });

  test('planes of their own are fetched by themselves', async () => {
    const { dataset, source } = await open(fixture('jpeg-planes'));
    source.clear();
    await dataset.read(0, { column: 0, row: 0, width: 1, height: 1 }, [2]);
    assert.equal(source.reads.length, 1);
  });

  test('in threads gives the same', async () => {
    const pool = new WorkerPool({
      threads: Math.min(2, availableParallelism()),
      kernels: await compileKernels(),
    });
    try {
      for (const name of ['webp-lossy-4', 'jpeg-ycbcr', 'nodata-nan', 'bits-4', 'alpha-16', 'float16']) {
        const here = (await open(fixture(name))).dataset;
        const there = (await open(fixture(name), { decoder: new BlockDecoder({ pool }) })).dataset;
        const bands = here.bands.map((_, i) => i + 1);
        const [a, b] = await Promise.all(
          [here, there].map((dataset) => dataset.read(0, whole(dataset), bands)),
        );
        assert.deepEqual(b?.data.map(sha256), a?.data.map(sha256), name);
      }
    } finally {
      await pool.close();
    }
  });

  test('is given up with its caller', async () => {
    const { dataset } = await open(fixture('alpha-4'));
    await assert.rejects(dataset.read(0, whole(dataset), [1], { signal: AbortSignal.abort() }), (error) =>
      isGeoCropError(error, 'aborted'),
    );
  });

  test('that is more than the limits allow is refused', async () => {
    for (const limits of [{ windowBytes: 100 }, { sourceBytes: 100 }, { decodedBytes: 100 }, { blocks: 2 }]) {
      const { dataset } = await open(fixture('alpha-4'), { limits });
      await assert.rejects(dataset.read(0, whole(dataset), [1]), (error) => {
        assert.ok(isGeoCropError(error, 'area-too-large'), JSON.stringify(limits));
        assert.equal(error.context.href, HREF);
        return true;
      });
    }
  });
});

describe('nodata in place of the file’s own', () => {
  test('masks by itself, without mask or alpha', async () => {
    for (const name of ['mask-1-bit', 'alpha-4', 'mask-over-nodata']) {
      const { dataset } = await open(fixture(name));
      const { data, masks } = await dataset.read(0, whole(dataset), [1], { nodata: 100 });
      assert.deepEqual(
        masks[0],
        Uint8Array.from(data[0]!, (value) => (value === 100 ? 0 : 255)),
        name,
      );
    }
  });

  test('that the type cannot hold masks nothing', async () => {
    const { dataset } = await open(fixture('mask-1-bit'));
    for (const nodata of [-1, 256, NaN]) {
      assert.deepEqual((await dataset.read(0, whole(dataset), [1], { nodata })).masks, [null]);
    }
  });

  test('null: the file’s own does not count, its alpha does', async () => {
    const { dataset } = await open(fixture('alpha-and-nodata'));
    const { data, masks } = await dataset.read(0, whole(dataset), [1, 4], { nodata: null });
    assert.deepEqual(masks, [data[1], null]);
    const other = (await open(fixture('nodata-nan'))).dataset;
    assert.deepEqual((await other.read(0, whole(other), [1], { nodata: null })).masks, [null]);
  });
});

describe('a mask without overviews', () => {
  test('is sampled at the centres of an overview’s pixels', async () => {
    // 4 × 4 of values and mask; an overview of 2 × 2. Centres of its pixels lie on the odd rows and columns.
    const values = new Uint8Array(256).fill(9);
    const mask = new Uint8Array(256);
    mask.set([255, 6, 255, 8], 16);
    mask[16 * 3 + 3] = 77;
    const blocks = Buffer.concat([values, mask]);
    const at = entry(324, 'long', 8 + 256);
    const file = tiffOf(
      [
        image(4, 4, 16),
        image(4, 4, 16, [entry(254, 'long', 4), at]),
        image(2, 2, 16, [entry(254, 'long', 1)]),
      ],
      { blocks },
    );
    const { dataset } = await open(file);
    assert.equal(dataset.mask, 'mask');
    assert.equal(dataset.levels.length, 2);
    const { masks } = await dataset.read(1, whole(dataset.levels[1]!), [1]);
    assert.deepEqual([...masks[0]!], [mask[17], mask[19], mask[49], mask[51]]);
    const part = await dataset.read(1, { column: 1, row: 1, width: 1, height: 1 }, [1]);
    assert.deepEqual([...part.masks[0]!], [77]);
  });
});

test('a header is kept with its description, and one without is not taken for it', async () => {
  const source = new CountingSource(memorySource({ [HREF]: fixture('described') }));
  const store = mapStore();
  const first = new CogReader({ source, store });
  await first.header(HREF);
  const dataset = await openDataset(first, HREF);
  assert.equal(dataset.bands[0]?.description, 'near & infra-red');
  source.clear();
  const again = await openDataset(new CogReader({ source, store }), HREF);
  assert.deepEqual(source.reads, []);
  assert.deepEqual({ ...again, read: null }, { ...dataset, read: null });
});

test('a reference system that is named but not known is refused as such', async () => {
  const keys = [1, 1, 0, 2, 1024, 0, 1, 1, 3072, 0, 1, 12345];
  const file = tiffOf([image(16, 16, 16, [entry(34735, 'short', ...keys)])], { blocks: new Uint8Array(256) });
  await assert.rejects(open(file), (error) => {
    assert.ok(isGeoCropError(error, 'unsupported-crs'));
    assert.match(error.message, /EPSG:12345/);
    return true;
  });
});
