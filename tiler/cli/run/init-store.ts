import { resolve } from 'node:path';
import { checkStore } from '../../../cache/check-store.js';
import { DiskObjectStore } from '../../../cache/disk-store.js';
import { BUCKETS } from '../../../cache/object-store.js';
import type { S3Options } from '../../../cache/s3-options.js';
import { quietAwsSdk } from '../../config/environment.js';
import { s3Options } from '../../config/s3-options.js';
import type { RunInitStore } from '../commands/init-store.js';
import { EXIT } from '../exit-codes.js';
import type { Io } from '../io.js';

export const runInitStore: RunInitStore = async ({ config }, io) => {
  const s3 = await s3Options(config);
  if (s3 !== null) return initS3(s3, io);
  const folder = resolve(config.storeDir);
  const store = await DiskObjectStore.open(folder);
  for (const bucket of BUCKETS) {
    await checkStore(store, bucket);
    io.out(`${bucket}: written, read, listed, deleted\n`);
  }
  io.out(`The store is the folder ${folder}; it can be used.\n`);
  return EXIT.ok;
};

async function initS3(s3: S3Options, io: Io): Promise<number> {
  quietAwsSdk();
  const { openS3Store } = await import('../../../cache/s3-probe.js');
  const { expireWindows, makeBucket, WINDOW_DAYS } = await import('../../../cache/init-s3-store.js');
  const { S3ObjectStore } = await import('../../../cache/s3-store.js');
  const bare = new S3ObjectStore(s3);
  const made = new Map<string, string>();
  try {
    for (const bucket of BUCKETS) made.set(bucket, await makeBucket(bare, bucket));
    const store = await openS3Store(s3);
    try {
      for (const bucket of BUCKETS) {
        await checkStore(store, bucket);
        const name = store.bucketName(bucket);
        io.out(
          `${name}: ${made.get(bucket) === 'made' ? 'made' : 'was there'}; written, read, listed, deleted\n`,
        );
      }
      io.out('If-None-Match: of several writers of one new object exactly one wins\n');
      io.out(
        store.checksums === 'supported'
          ? 'Checksums: CRC32 goes with every object\n'
          : 'Checksums: not known to this server, so objects go without\n',
      );
      const why = await expireWindows(store);
      const windows = store.bucketName('geocrop-windows');
      if (why === null) io.out(`${windows}: source blocks expire after ${WINDOW_DAYS} days\n`);
      else
        io.err(
          `${windows}: source blocks will not expire by themselves: ${why}. Delete old ones now and then.\n`,
        );
    } finally {
      store.close();
    }
  } finally {
    bare.close();
  }
  io.out(`The store is at ${s3.endpoint}; it can be used.\n`);
  return EXIT.ok;
}
