import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { rasterioRun, withoutRasterio } from '../../engine/encode/gdal-oracle.js';
import { METATILE_SIZE, pixelCentreLonLat, TILE_SIZE } from '../../engine/geo/tile-matrix.js';
import { hash } from '../../engine/metatile/testing.js';
import { FEATURE_ORDER_V1 } from '../../engine/pixels/feature-order.js';
import { samplePoints, type SampleRow } from '../areas/sample-points.js';
import { NO_MODEL, type MapDefinition } from '../tiles/maps.js';
import type { PointAnswer } from '../tiles/tile-service.js';
import { npyValues, openStage, tilePath, type Stage } from './stage.js';
import { AREA, makeWorld, TILE, UPPER, YEAR } from './world.js';
import { WorldServer } from './world-server.js';

const COUNT = 24;
/** Pixels of the native tile, on both sides of 30° E; the last two lie beside the metatile's lower border. */
const PIXELS = Array.from({ length: COUNT }, (_, i) => ({
  x: TILE.x * TILE_SIZE + Math.floor(hash(i, 21) * TILE_SIZE),
  y:
    i >= COUNT - 2
      ? (TILE.y + 1) * TILE_SIZE - 1
      : AREA.top + Math.floor(hash(i, 22) * ((TILE.y + 1) * TILE_SIZE - AREA.top)),
}));
const LAYERS = ['ndvi_peak', 'ndvi_sos', 'ndvi_sin2', 'swir22_median'] as const;

describe('one number everywhere', () => {
  let folder: string;
  let server: WorldServer;
  let stage: Stage;
  let rows: SampleRow[];
  const points = new Map<string, PointAnswer[]>();

  const inTile = ({ x, y }: { x: number; y: number }): number =>
    (y - TILE.y * TILE_SIZE) * TILE_SIZE + x - TILE.x * TILE_SIZE;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'geocrop-e2e-'));
    server = await WorldServer.start(await makeWorld());
    stage = await openStage(folder, server.stac);
    const { maps, sceneLists, compute, coverage, hasScl } = stage.engine;
    rows = await samplePoints(
      PIXELS.map(({ x, y }, i) => {
        const [lon, lat] = pixelCentreLonLat(14, x, y);
        return { id: String(i), lon, lat, label: '', field: '', year: YEAR };
      }),
      { maps, sceneLists, compute, coverage, hasScl, season: 'summer' },
    );
    for (const model of [NO_MODEL, 'trees']) {
      const answers: PointAnswer[] = [];
      for (const { x, y } of PIXELS) {
        const [lon, lat] = pixelCentreLonLat(14, x, y);
        const response = await stage.get(`/point/${lon},${lat}?year=${YEAR}&season=summer&model=${model}`);
        assert.equal(response.status, 200);
        answers.push((await response.json()) as PointAnswer);
      }
      points.set(model, answers);
    }
  });
  after(async () => {
    await stage.close();
    await server.stop();
    await rm(folder, { recursive: true });
  });

  const tile = async (layer: string, model: string): Promise<Uint8Array | Float32Array> => {
    const response = await stage.get(tilePath(TILE, `model=${model}&layer=${layer}`));
    assert.equal(response.status, 200, `${layer} of ${model}`);
    return npyValues(response);
  };

  test('the pixels are not all alike', () => {
    const counts = new Set(rows.map(({ observations }) => observations));
    assert.ok(counts.size >= 3, [...counts].join());
    const answers = points.get('trees') ?? [];
    assert.ok(new Set(answers.map((answer) => answer.class?.name)).size >= 3);
    assert.ok(answers.filter((answer) => answer.class !== null).length > COUNT / 2);
  });

  test('a row of sample and /point have the same 51 features and observations', () => {
    rows.forEach((row, i) => {
      const answer = points.get(NO_MODEL)?.[i];
      assert.equal(answer?.observations, row.observations);
      FEATURE_ORDER_V1.forEach((name, f) => {
        const value = row.features[f] ?? NaN;
        assert.equal(answer.features[name], Number.isNaN(value) ? null : value, `${name} of point ${i}`);
      });
    });
  });

  test('the .npy tiles have them too', async () => {
    const observations = await tile('observations', NO_MODEL);
    rows.forEach((row, i) => assert.equal(observations[inTile(PIXELS[i] ?? TILE)], row.observations));
    for (const name of LAYERS) {
      const values = await tile(name, NO_MODEL);
      const f = FEATURE_ORDER_V1.indexOf(name);
      rows.forEach((row, i) =>
        assert.deepEqual(values[inTile(PIXELS[i] ?? TILE)], row.features[f], `${name} of point ${i}`),
      );
    }
  });

  test('the class and confidence of /point are those of the tiles', async () => {
    const classes = await tile('classes', 'trees');
    const confidence = await tile('confidence', 'trees');
    (points.get('trees') ?? []).forEach((answer, i) => {
      const at = inTile(PIXELS[i] ?? TILE);
      assert.equal(answer.class?.id ?? 255, classes[at], `class of point ${i}`);
      assert.equal(answer.class?.confidence ?? 255, confidence[at], `confidence of point ${i}`);
    });
  });

  test('rasterio reads the same from the archive', { skip: withoutRasterio }, async () => {
    const { maps, sceneLists } = stage.engine;
    const file = async (definition: MapDefinition, recipe: string, product: string): Promise<string> => {
      const list = await sceneLists.stored(definition, UPPER);
      return join(
        ...[folder, 'store', 'geocrop-results', 'archive', recipe, definition.seasonKey],
        ...['12', String(UPPER.x), String(UPPER.y), list?.digest ?? '', `${product}.tif`],
      );
    };
    const read = `
import sys, rasterio
d = rasterio.open(sys.argv[1])
assert d.crs.to_epsg() == 3857 and d.shape == (1024, 1024)
sys.stdout.buffer.write(d.read().tobytes())
`;
    for (const [model, product] of [
      ...['observations', ...LAYERS].map((name) => [NO_MODEL, name] as const),
      ['trees', 'classes'] as const,
      ['trees', 'confidence'] as const,
      ['trees', 'observations'] as const,
    ]) {
      // The tile of the metatile itself is sent when all of it is archived.
      await (await stage.get(tilePath(UPPER, `model=${model}&layer=${product}`))).arrayBuffer();
      const definition = maps.definition({ season: 'summer', year: YEAR, model });
      const isMap = product === 'classes' || product === 'confidence';
      const path = await file(definition, isMap ? definition.mapDigest : definition.pixelsDigest, product);
      const bytes = Uint8Array.from(rasterioRun(read, path));
      const pixels = bytes.length === METATILE_SIZE ** 2 ? bytes : new Float32Array(bytes.buffer);
      const served = await tile(product, model);
      for (let row = 0; row < TILE_SIZE; row += 1) {
        const start = ((TILE.y % 4) * TILE_SIZE + row) * METATILE_SIZE + (TILE.x % 4) * TILE_SIZE;
        assert.deepEqual(
          pixels.slice(start, start + TILE_SIZE),
          served.slice(row * TILE_SIZE, (row + 1) * TILE_SIZE),
          `${product}, row ${row}`,
        );
      }
    }
  });
});
