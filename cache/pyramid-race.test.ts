import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { DiskObjectStore } from './disk-store.js';
import { describeOnMinio, startMinio, type MinioServer } from './minio-server.js';
import { pyramidRaces } from './pyramid-race.conformance.js';
import { S3ObjectStore } from './s3-store.js';

describe('writers of the pyramid on disk', () => {
  let root: string;
  let used = 0;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'geocrop-race-'));
  });
  after(() => rm(root, { recursive: true }));
  pyramidRaces('disk', async () => {
    const folder = join(root, String((used += 1)));
    return () => DiskObjectStore.open(folder);
  });
});

describeOnMinio('writers of the pyramid on MinIO', () => {
  let minio: MinioServer;
  const stores: S3ObjectStore[] = [];
  before(async () => {
    minio = await startMinio();
  });
  after(async () => {
    for (const store of stores) store.close();
    await minio.stop();
  });
  pyramidRaces('MinIO', async () => {
    const own = await minio.fresh();
    return async () => {
      const store = new S3ObjectStore(own);
      stores.push(store);
      return store;
    };
  });
});
