import { mkdtemp, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryObjectStore } from '../../cache/memory-store.js';
import { bundleContents } from '../../engine/classes/fixtures/fixtures.js';
import { encodeCog } from '../../engine/encode/cog.js';
import { mapTransform } from '../../engine/encode/map-window.js';
import {
  latitudeAt,
  longitudeAt,
  matrixSize,
  METATILE_SIZE,
  NATIVE_ZOOM,
  type TileId,
} from '../../engine/geo/tile-matrix.js';
import { startServer } from '../http/server.js';
import { baselineKey } from '../demo/write-baseline.js';
import { SUMMERS, type BrowsedServer } from './browsed-server.js';
import { npyValues, openStage, writeBundle } from './stage.js';
import { makeWorld, UPPER } from './world.js';
import { sendJson, WorldServer } from './world-server.js';

/** The metatile that all scenes lie in, west of 30° E; and where in it they do, pixels. */
const METATILE: TileId = { ...UPPER, x: UPPER.x - 1 };
const [LEFT, TOP] = [METATILE.x * METATILE_SIZE, METATILE.y * METATILE_SIZE];
const SCENES = { left: LEFT + 300, right: LEFT + 724, top: TOP + 340, bottom: TOP + 684 };
const MIDDLE = [LEFT + METATILE_SIZE / 2, TOP + METATILE_SIZE / 2] as const;
/** Metatiles that may wait: those of two maps in one view, and fewer than a view that is zoomed out has. */
const QUEUE = 4;
const PALETTE = { maize: '#e3b92f', tobacco: '#8f6bb3', fallow: '#b9a67e', woodland: '#2f6b46' };
/** Dynamic World's trees, grass, crops and shrubs. */
const COVER = [4, 1, 4, 2, 5] as const;
/** What was right and wrong in a sample that nobody drew: so that areas are adjusted. */
const MATRIX = {
  rows: 'truth',
  columns: 'map',
  classes: ['maize', 'tobacco', 'fallow', 'woodland'],
  pixels: [
    [410, 22, 31, 4],
    [18, 260, 12, 9],
    [27, 8, 330, 21],
    [5, 11, 16, 390],
  ],
};

/** @param viewerDir of the built page */
export async function startTwoSummers(viewerDir: string): Promise<BrowsedServer> {
  const folder = await mkdtemp(join(tmpdir(), 'geocrop-e2e-'));
  const world = await WorldServer.start(await makeWorld({ area: SCENES, zones: [32735], summers: SUMMERS }));
  await writeModel(folder, 'Ensemble', 'xgboost.onnx');
  await writeModel(folder, 'Forest', 'forest.onnx');
  const size = matrixSize(NATIVE_ZOOM);
  const [lon, lat] = [longitudeAt(MIDDLE[0], size), latitudeAt(MIDDLE[1], size)];
  const stage = await openStage(folder, world.stac, {
    baselines: await baselineStore(),
    cloudBufferPixels: 1,
    queueLimit: QUEUE,
    viewerDir,
    center: [lon, lat, 14],
  });
  const http = await startServer(stage.app, { host: '127.0.0.1', port: 0 });
  return {
    url: http.url,
    scenes: SCENES,
    center: [lon, lat],
    hold: () => holdSearches(world),
    classes: async (year) => {
      const tiles = new Map<string, Uint8Array | Float32Array>();
      for (const [x, y] of corners()) {
        const path = `/tiles/14/${x}/${y}.npy?season=summer&year=${year}&model=Ensemble&wait=55`;
        tiles.set(`${x}/${y}`, await npyValues(await fetch(http.url + path)));
      }
      return {
        at: (x, y) => tiles.get(`${x >> 8}/${y >> 8}`)?.[(y & 255) * 256 + (x & 255)] ?? NaN,
      };
    },
    stop: async () => {
      await stage.close();
      await http.close(0);
      await world.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** The native tiles that scenes reach into. */
function corners(): [x: number, y: number][] {
  const found: [number, number][] = [];
  for (let y = SCENES.top >> 8; y <= SCENES.bottom >> 8; y += 1)
    for (let x = SCENES.left >> 8; x <= SCENES.right >> 8; x += 1) found.push([x, y]);
  return found;
}

async function writeModel(folder: string, name: string, file: string): Promise<void> {
  const contents = bundleContents('trees', [file]);
  await writeBundle(join(folder, 'models', name), {
    ...contents,
    'bundle.json': {
      ...(contents['bundle.json'] as object),
      name,
      card: { trainedOn: 'Nothing that was ever grown.', accuracy: 0.9, confusionMatrix: MATRIX },
    },
    'palette.json': PALETTE,
  });
}

/** Crops, trees and grass in squares over the metatile, other ones in each summer. */
async function baselineStore(): Promise<MemoryObjectStore> {
  const store = new MemoryObjectStore(() => new Date('2023-01-01T00:00:00Z'));
  for (const year of SUMMERS) {
    const data = Uint8Array.from(
      { length: METATILE_SIZE ** 2 },
      (_, i) => COVER[(((i >> 7) & 7) * 3 + (i >> 17) * 2 + year) % COVER.length] ?? 0,
    );
    const bytes = await encodeCog({
      raster: { data, bands: 1, width: METATILE_SIZE, height: METATILE_SIZE, nodata: null },
      epsg: 3857,
      transform: mapTransform({ zoom: 14, px0: LEFT, py0: TOP }),
    });
    await store.put('geocrop-baselines', baselineKey(year), bytes);
  }
  return store;
}

function holdSearches(world: WorldServer): () => void {
  const held: ServerResponse[] = [];
  world.onSearch = () => (response) => void held.push(response);
  return () => {
    world.onSearch = () => undefined;
    for (const response of held)
      sendJson(response, { type: 'FeatureCollection', features: world.features() });
  };
}
