import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { isGeoCropError } from '../errors.js';
import { compileKernels } from '../kernels/load.js';
import type { Raster } from '../raster.js';
import { WorkerPool } from '../workers/pool.js';
import { encodeCog } from './cog.js';
import { bandDescriptions } from './gdal-metadata.js';
import {
  gdalPixels,
  gdalView,
  inTemporaryFolder,
  rasterioRun,
  withoutGdal,
  withoutRasterio,
} from './gdal-oracle.js';
import { overviewCount, overviews, type Reducer } from './overviews.js';
import { StreamingCog, type StreamingCogOptions } from './streaming-cog.js';
import { codeStrip } from './strip-task.js';
import { hash } from '../metatile/testing.js';

interface Case {
  readonly raster: Raster;
  readonly reducer: Reducer;
  readonly options: Pick<StreamingCogOptions, 'photometric' | 'colors' | 'predictor' | 'metadata'>;
}

const TRANSFORM = [9.554628535647032, 0, 3_300_000, 0, -9.554628535647032, -1_900_000] as const;
const GEO = { epsg: 3857, transform: TRANSFORM } as const;

/** Fields of a few pixels, and a part of the picture that is empty. */
function classes(width: number, height: number): Case {
  const data = Uint8Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    if (x > width / 2 && y < height / 2) return 255;
    return hash(x >> 2, y >> 2) < 0.1 ? 255 : Math.floor(hash(x >> 1, y >> 1, 7) * 6);
  });
  return {
    raster: { data, bands: 1, width, height, nodata: 255 },
    reducer: 'mode',
    options: {
      photometric: 'palette',
      colors: ['#e6c229', '#010203', '#ffffff'],
      metadata: bandDescriptions(['classes']),
    },
  };
}

function numbers(width: number, height: number): Case {
  const data = Float32Array.from({ length: width * height }, (_, i) =>
    hash(i >> 4, 3) < 0.3 ? NaN : hash(i % width, Math.floor(i / width)) * 2 - 1,
  );
  return {
    raster: { data, bands: 1, width, height, nodata: NaN },
    reducer: 'mean',
    options: { predictor: 3 },
  };
}

function picture(width: number, height: number): Case {
  const data = Uint8Array.from({ length: 3 * width * height }, (_, i) => Math.floor(hash(i >> 3) * 256));
  const mask = Uint8Array.from({ length: width * height }, (_, i) =>
    hash((i % width) >> 3, 5) < 0.4 ? 0 : 255,
  );
  for (let i = 0; i < data.length; i++) if (mask[i % (width * height)] === 0) data[i] = 0;
  return {
    raster: { data, bands: 3, width, height, nodata: null, mask },
    reducer: 'mean',
    options: { photometric: 'rgb', predictor: 2 },
  };
}

function counts(width: number, height: number): Case {
  const data = Uint8Array.from({ length: width * height }, (_, i) => Math.floor(hash(i) * 40));
  return {
    raster: { data, bands: 1, width, height, nodata: null },
    reducer: 'mean',
    options: { predictor: 2 },
  };
}

const pyramid = ({ raster, reducer }: Case, blockSize = 256): Raster[] =>
  overviews(raster, reducer, overviewCount(raster.width, raster.height, blockSize));

function streamOptions(
  some: Case,
  path: string,
  more: Partial<StreamingCogOptions> = {},
): StreamingCogOptions {
  const { width, height, bands, nodata, data, mask } = some.raster;
  const format = data instanceof Float32Array ? 'float32' : 'uint8';
  const masked = mask !== undefined;
  return {
    ...GEO,
    ...some.options,
    reducer: some.reducer,
    path,
    width,
    height,
    bands,
    nodata,
    format,
    masked,
    ...more,
  };
}

/** Rows [from, to) of a raster. */
function rowsOf(raster: Raster, from: number, to: number): Raster {
  const { width, height, bands, mask } = raster;
  const rows = to - from;
  const data = raster.data.slice(0, bands * rows * width);
  for (let band = 0; band < bands; band++) {
    const start = (band * height + from) * width;
    data.set(raster.data.subarray(start, start + rows * width), band * rows * width);
  }
  const cut = mask === undefined ? {} : { mask: mask.slice(from * width, to * width) };
  return { ...raster, data, height: rows, ...cut };
}

/** Through the writer, `first` rows at first and then `step` at a time. */
async function stream(
  some: Case,
  path: string,
  { first = 256, step = 256, ...more }: Partial<StreamingCogOptions> & { first?: number; step?: number } = {},
): Promise<{ bigTiff: boolean; bytes: number }> {
  rmSync(path, { force: true });
  const cog = await StreamingCog.create(streamOptions(some, path, more));
  const { height } = some.raster;
  for (let y = 0; y < height;) {
    const end = Math.min(height, y + (y === 0 ? first : step));
    await cog.write(rowsOf(some.raster, y, end));
    y = end;
  }
  const finished = await cog.finish();
  assert.equal(existsSync(path), false, 'nothing is seen before it is committed');
  await finished.commit();
  return finished;
}

const SIZES: readonly (readonly [number, number])[] = [
  [1, 1],
  [1, 700],
  [700, 1],
  [256, 256],
  [257, 255],
  [512, 512],
  [513, 1025],
  [1300, 777],
];

describe('a COG written as its pixels come is the one that is written at once', () => {
  for (const [name, make] of Object.entries({ classes, numbers, picture, counts })) {
    for (const [width, height] of SIZES) {
      test(`${name}, ${width} × ${height}`, async () => {
        const some = make(width, height);
        const whole = await encodeCog({
          ...GEO,
          ...some.options,
          raster: some.raster,
          overviews: pyramid(some),
          sparse: true,
        });
        await inTemporaryFolder(async (folder) => {
          const path = join(folder, 'a.tif');
          for (const [first, step, atOnce] of [
            [256, 256, 1],
            [100, 256, 3],
            [7, 93, 2],
          ] as const) {
            const { bytes } = await stream(some, path, { first, step, atOnce });
            assert.equal(bytes, whole.length);
            assert.ok(readFileSync(path).equals(whole), `${first}, then ${step} rows at a time`);
            assert.deepEqual(readdirSync(folder), ['a.tif']);
          }
        });
      });
    }
  }
});

describe('GDAL finds a valid COG, BigTIFF too', { skip: withoutGdal }, () => {
  for (const [name, some] of Object.entries({
    classes: classes(1300, 777),
    numbers: numbers(600, 1100),
    picture: picture(900, 700),
    pixel: classes(1, 1),
    row: numbers(1500, 1),
    nothing: {
      ...classes(900, 900),
      raster: { ...classes(900, 900).raster, data: new Uint8Array(810_000).fill(255) },
    },
  })) {
    for (const bigTiff of [false, true]) {
      test(`${name}${bigTiff ? ', BigTIFF' : ''}`, async () => {
        await inTemporaryFolder(async (folder) => {
          const path = join(folder, 'a.tif');
          const finished = await stream(some, path, { bigTiff });
          assert.equal(finished.bigTiff, bigTiff);
          assert.equal(readFileSync(path)[2], bigTiff ? 43 : 42);
          const view = gdalView(path);
          assert.deepEqual([view.errors, view.warnings], [[], []]);
          assert.equal(view.structure['LAYOUT'], 'COG');
          const [a, b, c, d, e, f] = TRANSFORM;
          assert.deepEqual(view.transform, [c, a, b, f, d, e]);
          for (const [level, { data, mask }] of [some.raster, ...pyramid(some)].entries()) {
            const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
            assert.ok(gdalPixels(path, level).equals(bytes), `level ${level}`);
            if (mask !== undefined)
              assert.ok(gdalPixels(path, level, 'mask').equals(mask), `mask of level ${level}`);
          }
        });
      });
    }
  }

  test('blocks beyond 4 GiB are found', async () => {
    await inTemporaryFolder(async (folder) => {
      const some = classes(700, 600);
      const path = join(folder, 'a.tif');
      const { bytes, bigTiff } = await stream(some, path, { gap: 2 ** 32 });
      assert.ok(bigTiff && bytes > 2 ** 32, 'by itself, since 32 bits do not reach');
      assert.ok(statSync(path).blocks * 512 < 2 ** 24, 'a hole takes no room');
      const { errors } = gdalView(path);
      assert.deepEqual(errors, []);
      for (const [level, { data }] of [some.raster, ...pyramid(some)].entries()) {
        assert.ok(gdalPixels(path, level).equals(data as Uint8Array), `level ${level}`);
      }
    });
  });
});

test('rasterio reads the same pixels, of BigTIFF too', { skip: withoutRasterio }, async () => {
  const read = 'import sys,rasterio\nsys.stdout.buffer.write(rasterio.open(sys.argv[1]).read().tobytes())';
  await inTemporaryFolder(async (folder) => {
    for (const some of [classes(700, 300), numbers(300, 700), picture(300, 300)]) {
      const path = join(folder, 'a.tif');
      await stream(some, path, { bigTiff: true });
      const { data } = some.raster;
      assert.ok(rasterioRun(read, path).equals(Buffer.from(data.buffer, data.byteOffset, data.byteLength)));
    }
  });
});

test('what is empty takes no bytes', async () => {
  await inTemporaryFolder(async (folder) => {
    const some = classes(2048, 2048);
    const path = join(folder, 'a.tif');
    const empty = { ...some, raster: { ...some.raster, data: new Uint8Array(2048 * 2048).fill(255) } };
    const { bytes } = await stream(empty, path);
    const levels = 4;
    const palettes = levels * 3 * 256 * 2;
    const lists = 8 * (64 + 16 + 4 + 1);
    assert.ok(bytes < palettes + lists + 500 * levels, `${bytes} bytes`);
  });
});

describe('in a pool of threads', () => {
  let pool: WorkerPool;
  before(async () => {
    pool = new WorkerPool({ threads: 2, kernels: await compileKernels() });
  });
  after(() => pool.close());

  test('the bytes are the same, and no more is under way than was allowed', async () => {
    for (const some of [classes(3000, 1000), numbers(2100, 700), picture(2300, 600)]) {
      await inTemporaryFolder(async (folder) => {
        const [alone, many] = [join(folder, 'alone.tif'), join(folder, 'many.tif')];
        await stream(some, alone);
        let now = 0;
        let most = 0;
        await stream(some, many, {
          first: 100,
          atOnce: 3,
          code: async (task) => {
            most = Math.max(most, (now += 1));
            const coded = await pool.run('strip', task);
            now -= 1;
            return coded;
          },
        });
        assert.ok(readFileSync(many).equals(readFileSync(alone)));
        assert.ok(most >= 2 && most <= 3, `${most} at once`);
      });
    }
  });

  test('a thread that fails fails the file, and nothing is left', async () => {
    await inTemporaryFolder(async (folder) => {
      let calls = 0;
      const path = join(folder, 'a.tif');
      const failing = stream(classes(3000, 2000), path, {
        code: (task) => (++calls === 5 ? Promise.reject(new Error('died')) : pool.run('strip', task)),
      });
      await assert.rejects(failing, /died/);
      assert.deepEqual(readdirSync(folder), []);
    });
  });
});

test('the reader waits: at most three rows of blocks are in memory, two where they come whole', async () => {
  await inTemporaryFolder(async (folder) => {
    for (const [first, most] of [
      [256, 2],
      [100, 3],
    ] as const) {
      const some = classes(300, 2560);
      let release = (): void => undefined;
      let blocked = new Promise<void>((resolve) => (release = resolve));
      const cog = await StreamingCog.create(
        streamOptions(some, join(folder, 'a.tif'), {
          code: async (task) => {
            await blocked;
            return codeStrip(task);
          },
        }),
      );
      const written: number[] = [];
      const writing = (async () => {
        for (let y = 0; y < 2560; y = written.at(-1) ?? 2560) {
          const end = Math.min(2560, y === 0 ? first : y + 256);
          await cog.write(rowsOf(some.raster, y, end));
          written.push(end);
        }
      })();
      // Coding stands still: what can go on does so in microtasks and turns of the event loop.
      for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
      assert.ok((written.at(-1) ?? 0) <= most * 256, `${written.at(-1)} rows were taken`);
      blocked = Promise.resolve();
      release();
      await writing;
      assert.equal(cog.stripsHeld, most);
      await (await cog.finish()).commit();
    }
  });
});

test('given up, nothing is left, and the old file stays', async () => {
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, 'a.tif');
    writeFileSync(path, 'old');
    const some = classes(700, 700);
    const cog = await StreamingCog.create(streamOptions(some, path));
    await cog.write(rowsOf(some.raster, 0, 256));
    await cog.abort();
    await cog.abort();
    assert.deepEqual(readdirSync(folder), ['a.tif']);
    await assert.rejects(cog.write(rowsOf(some.raster, 256, 512)).then(() => cog.finish()));

    const finished = await StreamingCog.create(streamOptions(some, path));
    for (const [from, to] of [
      [0, 256],
      [256, 512],
      [512, 700],
    ] as const) {
      await finished.write(rowsOf(some.raster, from, to));
    }
    await finished.finish();
    await finished.abort();
    assert.deepEqual(readdirSync(folder), ['a.tif'], 'also after it was put together');
    assert.equal(readFileSync(path, 'utf8'), 'old');
  });
});

test('a folder that cannot be written to is said', async () => {
  await inTemporaryFolder(async (folder) => {
    writeFileSync(join(folder, 'file'), '');
    const path = join(folder, 'file', 'a.tif');
    await assert.rejects(StreamingCog.create(streamOptions(classes(10, 10), path)), (error: unknown) => {
      assert.ok(isGeoCropError(error, 'store-unavailable'));
      assert.match(error.message, /a\.tif cannot be written/);
      return true;
    });
  });
});

test('contradicting sizes are refused', async () => {
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, 'a.tif');
    const some = classes(300, 300);
    const bad: [Partial<StreamingCogOptions>, RegExp][] = [
      [{ width: 0 }, /width: got 0/],
      [{ height: 1.5 }, /height: got 1.5/],
      [{ blockSize: 100 }, /blockSize: got 100/],
      [{ photometric: 'rgb' }, /rgb: got 1 bands/],
      [{ format: 'float32' }, /palette: expected one band of uint8/],
      [{ masked: true }, /a mask or a nodata value/],
    ];
    for (const [change, message] of bad) {
      await assert.rejects(StreamingCog.create(streamOptions(some, path, change)), message);
    }
    const cog = await StreamingCog.create(streamOptions(some, path));
    await assert.rejects(cog.rows(257), /rows: got 257 at row 0 of 300/);
    await assert.rejects(cog.finish(), /finish: got 0 rows, expected 300/);
    await cog.abort();
    assert.deepEqual(readdirSync(folder), []);
  });
});

const CHILD = new URL('./streaming-cog-child.js', import.meta.url).pathname;

test('memory hangs on the width, not on the height', async () => {
  await inTemporaryFolder(async (folder) => {
    const [width, height] = [60_000, 8_000];
    const child = spawn(
      process.execPath,
      ['--max-old-space-size=64', CHILD, join(folder, 'a.tif'), String(width), String(height)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    assert.deepEqual(await once(child, 'close'), [0, null]);
    const told = JSON.parse(out.split('\n')[1] ?? '') as Record<
      'before' | 'peak' | 'strips' | 'stretches',
      number
    >;
    assert.ok(told.strips <= 2 && told.stretches <= 4, JSON.stringify(told));
    const strip = width * 256;
    // Two rows of blocks, the overviews', and as much again for threads, compressed blocks and what waits to be collected.
    const allowed = 2 * 3 * strip + 64 * 2 ** 20;
    assert.ok(allowed < (width * height) / 2, 'the test says something');
    assert.ok(told.peak - told.before < allowed, `${(told.peak - told.before) / strip} rows of blocks`);
  });
});

test('killed in the middle: nothing is seen under the name, and what was there stays', async () => {
  await inTemporaryFolder(async (folder) => {
    for (const old of [null, 'old']) {
      const path = join(folder, 'a.tif');
      if (old !== null) writeFileSync(path, old);
      const child = spawn(process.execPath, [CHILD, path, '20000', '40000'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      for (let rows = 0; rows < 5; rows++) await once(child.stdout, 'data');
      child.kill('SIGKILL');
      await once(child, 'close');
      assert.equal(existsSync(path) ? readFileSync(path, 'utf8') : null, old);
      const left = readdirSync(folder).filter((name) => name !== 'a.tif');
      assert.deepEqual(left, [`a.tif.part-${child.pid}`], 'one file, and it says whose it was');
      rmSync(join(folder, left[0] ?? ''));
    }
  });
});
