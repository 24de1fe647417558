import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { DiskObjectStore } from '../../cache/disk-store.js';
import { keepHouse } from '../../cache/housekeeping/keep-house.js';
import { DAY_MS } from '../../cache/housekeeping/read-usage.js';
import { verifyStore } from '../../cache/housekeeping/verify-store.js';
import { describeOnMinio, startMinio, type MinioServer } from '../../cache/minio-server.js';
import type { ObjectStore } from '../../cache/object-store.js';
import { S3ObjectStore } from '../../cache/s3-store.js';
import type { TileId } from '../../engine/geo/tile-matrix.js';
import { openS3Keeping } from '../tiles/s3-keeping.js';
import { openStage, modelsFolder, type Stage, type StageOptions } from './stage.js';
import { FEW_SCENES, makeWorld, TILE, UPPER } from './world.js';
import { WorldServer } from './world-server.js';

interface Place {
  readonly options: StageOptions;
  /** The same store as another process has it. */
  readonly other: ObjectStore;
}

/** What people look at while the store is being cleared. */
const LOOKS: readonly { readonly tile: TileId; readonly layer: string }[] = [
  { tile: TILE, layer: 'classes' },
  { tile: { ...TILE, x: TILE.x + 1 }, layer: 'confidence' },
  { tile: { z: 13, x: TILE.x >> 1, y: TILE.y >> 1 }, layer: 'truecolor' },
  { tile: UPPER, layer: 'observations' },
];

function suite(makePlace: (folder: string) => Promise<Place>): void {
  let server: WorldServer;
  let folder: string;
  let place: Place;
  let stage: Stage;

  before(async () => {
    server = await WorldServer.start(await makeWorld(FEW_SCENES));
    folder = await mkdtemp(join(tmpdir(), 'geocrop-house-'));
    place = await makePlace(folder);
    stage = await openStage(folder, server.stac, place.options);
  });
  after(async () => {
    await stage.close();
    await server.stop();
    await rm(folder, { recursive: true });
  });

  const look = async ({ tile, layer }: (typeof LOOKS)[number]): Promise<Buffer> => {
    const { service } = stage.engine;
    const map = service.resolveMap({ year: 2021, season: 'summer' });
    const { raster, state } = await service.values(map, layer, tile, { scale: 1, waitMs: 120_000 });
    assert.equal(state, 'final', `${layer} of ${tile.z}/${tile.x}/${tile.y}`);
    return Buffer.from(raster.data.buffer, raster.data.byteOffset, raster.data.byteLength);
  };
  const keys = async (prefix: string): Promise<string[]> => {
    const out: string[] = [];
    for await (const key of place.other.list('geocrop-results', prefix)) out.push(key);
    return out;
  };
  /** Until all that was computed is archived: the pixels' recipe and the map's. */
  const archived = async (): Promise<void> => {
    for (let left = 1200; ; left -= 1) {
      if ((await keys('archive/')).filter((key) => key.endsWith('/current.json')).length === 2) return;
      assert.ok(left > 0, 'the metatile is not archived');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  /** As another process does it, long after everything was last looked at. */
  const clearAll = () =>
    keepHouse(place.other, {
      now: Date.now() + 7 * DAY_MS,
      quotaBytes: 0,
      keepMs: Infinity,
      known: null,
      windows: null,
    });

  test('while another process clears the archive, tiles are right or made anew: never wrong, never an error', async () => {
    const expected: Buffer[] = [];
    for (const each of LOOKS) expected.push(await look(each));
    let cleared = 0;
    for (let round = 0; round < 3; round++) {
      await archived();
      let clearing = true;
      const clear = clearAll().finally(() => (clearing = false));
      const readers = LOOKS.map(async (each, i) => {
        for (let after = 2; after > 0; after -= clearing ? 0 : 1) {
          assert.ok((await look(each)).equals(expected[i] ?? Buffer.alloc(0)), each.layer);
        }
      });
      const [report] = await Promise.all([clear, ...readers]);
      assert.deepEqual(report.failures, []);
      cleared += report.removed.filter(({ kind }) => kind === 'version').length;
    }
    assert.ok(cleared >= 6, `${cleared} versions were taken away`);
    await archived();
    const { broken, metatiles } = await verifyStore(place.other);
    assert.deepEqual(broken, []);
    assert.equal(metatiles, 2);
    assert.deepEqual(stage.warnings, []);
  });

  test('what was looked at is known to others, once the process ends at the latest', async () => {
    const begun = Date.now();
    const clock = { now: begun + 1000 * DAY_MS };
    await stage.close();
    stage = await openStage(folder, server.stac, { ...place.options, clock });
    const { mapDigest, pixelsDigest, seasonKey } = stage.engine.maps.definition(
      stage.engine.service.resolveMap({ year: 2021, season: 'summer' }),
    );
    await look({ tile: TILE, layer: 'classes' });
    await archived();
    assert.ok((await look({ tile: TILE, layer: 'classes' })).length > 0);
    await stage.close();
    const { lastUse } = await keepHouse(place.other, {
      now: clock.now,
      quotaBytes: Infinity,
      keepMs: Infinity,
      known: null,
      windows: null,
      dryRun: true,
    });
    const minute = 60_000;
    assert.equal(lastUse.of(mapDigest, seasonKey, UPPER), Math.floor(clock.now / minute) * minute);
    assert.equal(lastUse.of(pixelsDigest, seasonKey, UPPER), undefined, 'nobody looked at the pixels');
    stage = await openStage(folder, server.stac, place.options);
  });
}

describe('housekeeping beside a server, on disk', () => {
  suite(async (folder) => ({
    options: {},
    other: await DiskObjectStore.open(join(folder, 'store')),
  }));
});

describeOnMinio('housekeeping beside a server, on MinIO', () => {
  let minio: MinioServer;
  let other: S3ObjectStore;
  before(async () => {
    minio = await startMinio();
  });
  after(async () => {
    other.close();
    await minio.stop();
  });
  suite(async (folder) => {
    const s3 = await minio.fresh();
    other = new S3ObjectStore(s3);
    const modelsDir = await modelsFolder(folder);
    return {
      other,
      options: {
        keep: () =>
          openS3Keeping({
            s3,
            modelsDir,
            bundledModelsDir: null,
            windowsDir: null,
            windowsQuotaBytes: 0,
            writes: true,
          }),
      },
    };
  });
});
