import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ARCHIVE_BUCKET, parseArchiveKey } from '../../../cache/archive-keys.js';
import { DiskObjectStore } from '../../../cache/disk-store.js';
import type { ObjectStore } from '../../../cache/object-store.js';
import { METATILE_SIZE } from '../../../engine/geo/tile-matrix.js';
import { openStage, tilePath } from '../stage.js';
import { makeWorld, UPPER } from '../world.js';
import { WorldServer } from '../world-server.js';
import type { ComparedFile } from './both.js';

/** Of the metatile's 1024 × 1024 pixels: nothing is there around it, and the border of two UTM zones is in it. */
const SHOWN = {
  left: UPPER.x * METATILE_SIZE + 150,
  right: UPPER.x * METATILE_SIZE + 750,
  top: UPPER.y * METATILE_SIZE + 250,
  bottom: UPPER.y * METATILE_SIZE + 850,
};
export const FEATURE = 'ndvi_peak';

/** Each waits for 55 s. */
const MOST_TRIES = 8;

/** A store with the archive of one metatile, as a server computed it. */
export interface ArchiveFiles {
  readonly store: ObjectStore;
  /** By product: as both servers are asked for it. */
  readonly files: ReadonlyMap<string, ComparedFile>;
  remove(): Promise<void>;
}

/** Lets a server compute a metatile: classes, confidence, observations, true colour and a feature. */
export async function makeArchive(): Promise<ArchiveFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'geocrop-archive-'));
  const server = await WorldServer.start(await makeWorld({ area: SHOWN, dates: 4 }));
  const stage = await openStage(folder, server.stac);
  try {
    // The tile of the metatile itself is sent when all of it is archived.
    for (const layer of ['classes', FEATURE]) {
      for (let tries = MOST_TRIES; ; tries -= 1) {
        const { status } = await stage.get(tilePath(UPPER, `layer=${layer}`));
        if (status === 200) break;
        if (status !== 503 || tries === 0) throw new Error(`${layer}: ${status}`);
      }
    }
  } finally {
    await stage.close();
    await server.stop();
  }
  const root = join(folder, 'store');
  const store = await DiskObjectStore.open(root);
  const files = new Map<string, ComparedFile>();
  for await (const key of store.list(ARCHIVE_BUCKET, 'archive/')) {
    const { file = '' } = parseArchiveKey(key) ?? {};
    const [, product] = /^(.+)\.tif$/.exec(file) ?? [];
    if (product === undefined) continue;
    files.set(product, {
      name: `archive/${product}`,
      path: join(root, ARCHIVE_BUCKET, key),
      url: `s3://${ARCHIVE_BUCKET}/${key}`,
    });
  }
  return { store, files, remove: () => rm(folder, { recursive: true }) };
}
