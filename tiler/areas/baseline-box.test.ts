import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { encodeProduct } from '../../engine/encode/products.js';
import { isGeoCropError, type ErrorCode } from '../../engine/errors.js';
import type { Coverage } from '../../engine/geo/coverage.js';
import { pixelWindowLonLat, type Bounds, type TileId } from '../../engine/geo/tile-matrix.js';
import { compileKernels } from '../../engine/kernels/load.js';
import { WorkerPool } from '../../engine/workers/pool.js';
import { systemClock } from '../http/clock.js';
import { BASELINE_PRODUCT, DYNAMIC_WORLD } from '../render/dynamic-world.js';
import type { BaselineTiles } from '../tiles/baseline-tiles.js';
import type { PlannedBox } from './area-service.js';
import { openAreaService, type AreaDeps } from './open-area-service.js';

/** Parts of four tiles by three. */
const WINDOW = { zoom: 14, px0: 9556 * 256 + 100, py0: 9015 * 256 + 200 };
const [WIDTH, HEIGHT] = [700, 400];
/** A tile without anything, and one beyond the coverage. */
const EMPTY = { x: 9557, y: 9016 };
const OUTSIDE = { x: 9558, y: 9015 };
const classAt = (x: number, y: number): number => ((x >> 3) ^ (y >> 2)) % 9;

const is = (tile: { x: number; y: number }, other: typeof EMPTY): boolean =>
  tile.x === other.x && tile.y === other.y;

const baselines: BaselineTiles = {
  years: async () => [{ year: 2020, digest: 'feedfacecafe', lastModified: new Date(0) }],
  tile: async (_, { x, y }) =>
    is({ x, y }, EMPTY)
      ? null
      : {
          data: Uint8Array.from({ length: 65_536 }, (__, i) =>
            classAt(x * 256 + (i % 256), y * 256 + (i >> 8)),
          ),
          bands: 1,
          width: 256,
          height: 256,
          nodata: 255,
        },
};

const outsideBounds = pixelWindowLonLat(14, OUTSIDE.x * 256, OUTSIDE.y * 256, 256, 256);
const coverage: Pick<Coverage, 'meetsBox' | 'bounds'> = {
  bounds: [25, -23, 34, -15],
  meetsBox: (box) => box[0] < 40 && box.join() !== outsideBounds.join(),
};

describe('a box of Dynamic World', () => {
  let pool: WorkerPool;
  before(async () => {
    pool = new WorkerPool({ threads: 2, kernels: await compileKernels() });
  });
  after(() => pool.close());

  const boxOf = async (bounds: Bounds, year = 2020): Promise<PlannedBox> => {
    const engine = { baselines, coverage, compute: { pool }, desk: { ordersAtOnce: 1 } };
    const limits = { hectares: 1, vertices: 1, pixels: 1e6, workMs: 60_000 };
    return openAreaService(engine as unknown as AreaDeps['engine'] & Parameters<typeof openAreaService>[0], {
      limits,
      clock: systemClock,
    }).box({ bounds, of: { kind: 'baseline', year }, compute: null, signal: new AbortController().signal });
  };
  /** Through the centres of its outermost pixels: every pixel that it touches is one of the window. */
  const inner = pixelWindowLonLat(14, WINDOW.px0 + 0.5, WINDOW.py0 + 0.5, WIDTH - 1, HEIGHT - 1);

  test('has the classes of its tiles, their names and colours, nodata where there are none', async () => {
    const box = await boxOf(inner);
    assert.equal(box.state, 'final');
    assert.match(box.fileName, /^geocrop_dynamic_world_2020_29\.9[\d_.-]+\.tif$/);
    const { path, bytes, remove } = await box.write(new AbortController().signal);
    const data = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
      const [x, y] = [WINDOW.px0 + (i % WIDTH), WINDOW.py0 + Math.floor(i / WIDTH)];
      const tile: TileId = { z: 14, x: x >> 8, y: y >> 8 };
      return is(tile, EMPTY) || is(tile, OUTSIDE) ? 255 : classAt(x, y);
    });
    const { tif } = await encodeProduct(
      BASELINE_PRODUCT,
      { data, bands: 1, width: WIDTH, height: HEIGHT, nodata: 255 },
      {
        window: WINDOW,
        classes: DYNAMIC_WORLD.map(({ name }) => name),
        palette: DYNAMIC_WORLD.map(({ color }) => color),
        metadata: [
          { name: 'GEOCROP_LAYER', value: 'dynamic_world' },
          { name: 'GEOCROP_YEAR', value: '2020' },
        ],
      },
    );
    assert.equal(bytes, tif.length);
    assert.ok(readFileSync(path).equals(tif));
    await remove();
    assert.throws(() => readFileSync(path), /ENOENT/);
  });

  test('is refused elsewhere, of other years, and where it is too large or too wide', async () => {
    const refused = async (bounds: Bounds, code: ErrorCode, year = 2020) =>
      assert.rejects(boxOf(bounds, year), (error) => isGeoCropError(error, code), `${bounds.join()} ${code}`);
    await refused([50, -18, 50.001, -17.999], 'outside-coverage');
    await refused(inner, 'unknown-year', 1999);
    await refused([29, -18, 30, -17], 'area-too-large');
    await refused([20, -18, 40, -17.99999], 'area-too-large');
  });
});
