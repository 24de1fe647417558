import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { DiskObjectStore } from '../disk-store.js';
import { MemoryObjectStore } from '../memory-store.js';
import { describeOnMinio, startMinio, type MinioServer } from '../minio-server.js';
import { openS3Store } from '../s3-probe.js';
import { keepHouseConformance } from './keep-house.conformance.js';

keepHouseConformance('memory', async () => ({
  store: new MemoryObjectStore(),
  close: () => Promise.resolve(),
}));

keepHouseConformance('disk', async () => {
  const root = await mkdtemp(join(tmpdir(), 'geocrop-house-'));
  return {
    store: await DiskObjectStore.open(root, { sync: false }),
    close: () => rm(root, { recursive: true, force: true }),
  };
});

describeOnMinio('housekeeping on MinIO', () => {
  let minio: MinioServer;
  before(async () => {
    minio = await startMinio();
  });
  after(() => minio.stop());
  keepHouseConformance('minio', async () => {
    const store = await openS3Store(await minio.fresh());
    return { store, close: async () => store.close() };
  });
});
