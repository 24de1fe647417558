import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { bundleContents } from '../../engine/classes/fixtures/fixtures.js';
import { pixelCentreLonLat, TILE_SIZE, type TileId } from '../../engine/geo/tile-matrix.js';
import { classifyArea } from '../areas/classify-area.js';
import { npyValues, openStage, tilePath, writeBundle, type Stage } from './stage.js';
import { AREA, LOWER, makeWorld, TILE, UPPER, YEAR } from './world.js';
import { WorldServer } from './world-server.js';

const LAYERS = ['classes', 'confidence', 'observations', 'truecolor'];
const NODATA = 255;
const KERNEL = 5;
/** The native tiles that scenes show: three columns, and a row on either side of the metatiles' border. */
const COLUMNS = [0, 1, 2].map((column) => UPPER.x * 4 + column);
const ROWS = [TILE.y, TILE.y + 1];
const SHOWN: readonly TileId[] = ROWS.flatMap((y) => COLUMNS.map((x) => ({ z: 14, x, y })));

type Values = Uint8Array | Float32Array;

/** Bands of `width` × `height` pixels, row-major. */
interface Grid {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

function joined(tiles: readonly Values[], across: number): Grid {
  const width = across * TILE_SIZE;
  const height = (tiles.length / across) * TILE_SIZE;
  const data = Uint8Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const tile = tiles[Math.floor(y / TILE_SIZE) * across + Math.floor(x / TILE_SIZE)];
    return tile?.[(y % TILE_SIZE) * TILE_SIZE + (x % TILE_SIZE)] ?? NODATA;
  });
  return { data, width, height };
}

/** Votes by class; nodata has none. */
function votes(ids: Iterable<number>): Map<number, number> {
  const counts = new Map<number, number>();
  for (const id of ids) if (id !== NODATA) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

/** docs/architecture.md, "Classes", written apart from the kernel. */
function smoothed({ data, width, height }: Grid): Grid {
  const reach = (KERNEL - 1) / 2;
  const out = data.map((own, i) => {
    if (own === NODATA) return NODATA;
    const [x, y] = [i % width, Math.floor(i / width)];
    const around: number[] = [];
    for (let row = Math.max(0, y - reach); row <= Math.min(height - 1, y + reach); row += 1)
      for (let col = Math.max(0, x - reach); col <= Math.min(width - 1, x + reach); col += 1)
        around.push(data[row * width + col] ?? NODATA);
    const counts = votes(around);
    const most = Math.max(...counts.values());
    if (counts.get(own) === most) return own;
    return Math.min(...[...counts].filter(([, count]) => count === most).map(([id]) => id));
  });
  return { data: out, width, height };
}

/** Half the size, classes by mode: docs/architecture.md, "Zooms". */
function halved({ data, width, height }: Grid): Grid {
  const out = { data: new Uint8Array((width * height) / 4), width: width / 2, height: height / 2 };
  for (let i = 0; i < out.data.length; i += 1) {
    const at = Math.floor(i / out.width) * 2 * width + (i % out.width) * 2;
    const counts = votes([at, at + 1, at + width, at + width + 1].map((place) => data[place] ?? NODATA));
    const most = Math.max(0, ...counts.values());
    out.data[i] =
      most === 0 ? NODATA : Math.min(...[...counts].filter(([, count]) => count === most).map(([id]) => id));
  }
  return out;
}

describe('no seam across 30° E, the border of metatiles, and smoothing', () => {
  let folder: string;
  let server: WorldServer;
  let stage: Stage;

  const tile = async (from: Stage, layer: string, id: TileId, model = 'trees'): Promise<Values> => {
    const response = await from.get(tilePath(id, `model=${model}&layer=${layer}`));
    assert.equal(response.status, 200, `${layer} of ${id.z}/${id.x}/${id.y}`);
    assert.equal(response.headers.get('X-GeoCrop-Tile'), 'final');
    return npyValues(response);
  };
  const shown = (layer: string, model: string): Promise<Values[]> =>
    Promise.all(SHOWN.map((id) => tile(stage, layer, id, model)));

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'geocrop-e2e-'));
    server = await WorldServer.start(await makeWorld());
    const models = join(folder, 'a', 'models');
    const contents = bundleContents('trees', ['xgboost.onnx']);
    await writeBundle(join(models, 'trees'), contents);
    await writeBundle(join(models, 'raw'), {
      ...contents,
      'bundle.json': { ...(contents['bundle.json'] as object), name: 'raw', smoothing: 0 },
    });
    stage = await openStage(join(folder, 'a'), server.stac);
  });
  after(async () => {
    await stage.close();
    await server.stop();
    await rm(folder, { recursive: true });
  });

  test('the smoothed map is the majority filter over the joined unsmoothed maps of both metatiles', async () => {
    const raw = joined(await shown('classes', 'raw'), COLUMNS.length);
    const map = joined(await shown('classes', 'trees'), COLUMNS.length);
    assert.ok(votes(raw.data).size >= 3);
    assert.notDeepEqual(map.data, raw.data);
    assert.deepEqual(map.data, smoothed(raw).data);
  });

  test('z13 and z12 are the native tiles, halved by mode', async () => {
    const native = await Promise.all(
      Array.from({ length: 16 }, (_, i) =>
        tile(stage, 'classes', { z: 14, x: UPPER.x * 4 + (i % 4), y: UPPER.y * 4 + (i >> 2) }),
      ),
    );
    const half = halved(joined(native, 4));
    const quarters = await Promise.all(
      Array.from({ length: 4 }, (_, i) =>
        tile(stage, 'classes', { z: 13, x: UPPER.x * 2 + (i % 2), y: UPPER.y * 2 + (i >> 1) }),
      ),
    );
    assert.deepEqual(joined(quarters, 2).data, half.data);
    assert.deepEqual(await tile(stage, 'classes', UPPER), halved(half).data);
  });

  test('classifyArea gives the same pixels in one piece', async () => {
    const [west, north] = pixelCentreLonLat(14, AREA.left, AREA.top);
    const [east, south] = pixelCentreLonLat(14, AREA.right - 1, AREA.bottom - 1);
    const { service, coverage } = stage.engine;
    const { raster, window, metatiles } = await classifyArea(service, coverage, {
      map: { season: 'summer', year: YEAR, model: 'trees' },
      layer: 'classes',
      bounds: [west, south, east, north],
    });
    assert.deepEqual(metatiles, [UPPER, LOWER]);
    assert.deepEqual([window.px0, window.py0], [AREA.left, AREA.top]);
    const map = joined(await shown('classes', 'trees'), COLUMNS.length);
    const [dx, dy] = [AREA.left - UPPER.x * 1024, AREA.top - TILE.y * TILE_SIZE];
    for (let row = 0; row < raster.height; row += 1) {
      const start = (dy + row) * map.width + dx;
      assert.deepEqual(
        raster.data.slice(row * raster.width, (row + 1) * raster.width),
        map.data.slice(start, start + raster.width),
        `row ${row}`,
      );
    }
  });

  // Each from a store of its own; the first tile is made before anything else of its metatile is there.
  for (const [threads, first] of [
    [1, 1],
    [1, 4],
    [2, 2],
    [2, 3],
  ] as const) {
    test(`tile ${first} asked first, on ${threads} thread${threads > 1 ? 's' : ''}`, async () => {
      const own = await openStage(join(folder, `${threads}-${first}`), server.stac, { threads });
      try {
        const order = [...SHOWN.slice(first), ...SHOWN.slice(0, first).reverse()];
        const alone = await own.get(tilePath(order[0] ?? TILE, 'model=trees&layer=classes'));
        assert.equal(alone.headers.get('X-GeoCrop-Cache'), 'computed');
        assert.deepEqual(await npyValues(alone), await tile(stage, 'classes', order[0] ?? TILE));
        for (const layer of LAYERS)
          for (const id of order)
            assert.deepEqual(
              await tile(own, layer, id),
              await tile(stage, layer, id),
              `${layer} of ${id.z}/${id.x}/${id.y}`,
            );
      } finally {
        await own.close();
      }
    });
  }
});
