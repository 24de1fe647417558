import type { Bucket, ObjectStore } from '../../cache/object-store.js';
import { BUCKETS } from '../../cache/object-store.js';
import { GeoCropError } from '../../engine/errors.js';
import type { ByteSource } from '../../engine/windows/byte-source.js';

/** Address of a stored object: `store://bucket/key?version`. The version only tells replaced files apart. */
export function storeHref(bucket: Bucket, key: string, version: string): string {
  return `store://${bucket}/${key.split('/').map(encodeURIComponent).join('/')}?${encodeURIComponent(version)}`;
}

/** Reads ranges of objects of our own store, for the same reader that reads scenes. */
export function storeByteSource(store: ObjectStore): ByteSource {
  return {
    read: async (href, start, end, signal) => {
      const { protocol, hostname, pathname } = new URL(href);
      const bucket = BUCKETS.find((name) => name === hostname);
      if (protocol !== 'store:' || bucket === undefined) throw missing(href);
      const key = decodeURIComponent(pathname.slice(1));
      const bytes = await store.getRange(bucket, key, start, end, signal);
      if (bytes === undefined) throw missing(href);
      return bytes;
    },
  };
}

function missing(href: string): GeoCropError {
  return new GeoCropError('source-missing', 'There is no such object in the store.', { context: { href } });
}
