import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskObjectStore } from '../../cache/disk-store.js';
import { startMinio, withoutMinio } from '../../cache/minio-server.js';
import { startRedis, withoutRedis } from '../../cache/redis-server.js';
import { S3ObjectStore } from '../../cache/s3-store.js';
import { quietAwsSdk } from '../../tiler/config/environment.js';
import { startEdge, withoutNginx } from '../../tiler/e2e/edge/edge.js';
import { startGeoCrop, type GeoCropServer } from '../geocrop-server.js';

/** One way in which a tile comes, ready to be asked. */
export interface Tier {
  readonly name: string;
  /** Where tiles are asked for; no slash at the end. */
  readonly url: string;
  /** Whose CPU and memory are counted; nginx's own are not. */
  readonly server: GeoCropServer;
  /** `header: value` that each answer has once the tier is warm. */
  readonly proof: string;
}

export interface Tiers {
  readonly tiers: readonly Tier[];
  /** Those that are not there, and how to get them. */
  readonly skipped: readonly string[];
  stop(): Promise<void>;
}

const NO_MEMORY = { GEOCROP_MEMORY_CACHE_BYTES: '0' };

/** `geocrop serve` over one archive in each way there is, side by side. */
export async function startTiers(stac: string, storeDir: string): Promise<Tiers> {
  const folder = await mkdtemp(join(tmpdir(), 'geocrop-tiers-'));
  const stops: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const each of [...stops].reverse()) await each();
  };
  const serve = async (name: string, settings: Record<string, string>): Promise<GeoCropServer> => {
    const server = await startGeoCrop(join(folder, `${name}.log`), {
      GEOCROP_STAC: stac,
      GEOCROP_STORE: storeDir,
      GEOCROP_COMPUTE: 'none',
      GEOCROP_LOG_LEVEL: 'warn',
      ...settings,
    });
    stops.push(() => server.stop());
    return server;
  };
  const cache = (tier: string): string => `x-geocrop-cache: ${tier}`;
  const tiers: Tier[] = [];
  const skipped: string[] = [];
  try {
    const memory = await serve('memory', {});
    tiers.push({ name: 'memory', url: memory.url, server: memory, proof: cache('memory') });
    if (withoutRedis === false) {
      const redis = await startRedis();
      stops.push(() => redis.stop());
      const server = await serve('redis', { ...NO_MEMORY, GEOCROP_CACHE_REDIS_URL: redis.url });
      tiers.push({ name: 'Redis', url: server.url, server, proof: cache('redis') });
    } else skipped.push(withoutRedis);
    const disk = await serve('disk', NO_MEMORY);
    tiers.push({ name: 'archive on disk', url: disk.url, server: disk, proof: cache('archive') });
    if (withoutMinio === false) {
      const minio = await startMinio();
      stops.push(() => minio.stop());
      quietAwsSdk();
      const { bucketPrefix, endpoint, accessKey, secretKey } = await minio.fresh();
      const store = new S3ObjectStore({ ...minio.options, bucketPrefix });
      await copyArchive(storeDir, store);
      store.close();
      const server = await serve('minio', {
        ...NO_MEMORY,
        GEOCROP_STORE_S3_ENDPOINT: endpoint,
        GEOCROP_STORE_S3_ACCESS_KEY: accessKey,
        GEOCROP_STORE_S3_SECRET_KEY: secretKey,
        GEOCROP_STORE_S3_BUCKET_PREFIX: bucketPrefix,
      });
      tiers.push({ name: 'archive on MinIO', url: server.url, server, proof: cache('archive') });
    } else skipped.push(withoutMinio);
    if (withoutNginx === false) {
      const edge = await startEdge(memory.url);
      stops.push(() => edge.stop());
      tiers.push({ name: 'through nginx', url: edge.url, server: memory, proof: 'x-cache-status: HIT' });
    } else skipped.push(withoutNginx);
    return { tiers, skipped, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function copyArchive(storeDir: string, to: S3ObjectStore): Promise<void> {
  const from = await DiskObjectStore.open(storeDir);
  const bucket = 'geocrop-results';
  for await (const key of from.list(bucket, '')) {
    const bytes = await from.get(bucket, key);
    if (bytes !== undefined) await to.put(bucket, key, bytes);
  }
}
