import type { Bucket, ObjectInfo, ObjectStore } from '../../cache/object-store.js';
import { BUCKETS } from '../../cache/object-store.js';
import { GeoCropError } from '../../engine/errors.js';
import type { ByteSource } from '../../engine/windows/byte-source.js';

/** What reading takes. */
export type ReadableStore = Pick<ObjectStore, 'getRange' | 'head'>;

/** Address of a stored object as it is now, `store://bucket/key?version`: a replaced one has another address. */
export function storeHref(bucket: Bucket, key: string, info: ObjectInfo): string {
  return `store://${bucket}/${key.split('/').map(encodeURIComponent).join('/')}?${versionOf(info)}`;
}

/**
 * Reads ranges of objects of our own store, for the same reader that reads scenes. An object that was replaced since its
 * address was made is `source-unavailable`: an old header must not be taken with new blocks.
 */
export function storeByteSource(store: ReadableStore): ByteSource {
  return {
    read: async (href, start, end, signal) => {
      const { protocol, hostname, pathname, search } = new URL(href);
      const bucket = BUCKETS.find((name) => name === hostname);
      if (protocol !== 'store:' || bucket === undefined) throw missing(href);
      const key = decodeURIComponent(pathname.slice(1));
      const bytes = await store.getRange(bucket, key, start, end, signal);
      const info = await store.head(bucket, key);
      if (bytes === undefined || info === undefined) throw missing(href);
      if (versionOf(info) !== search.slice(1)) {
        throw new GeoCropError('source-unavailable', 'The object was replaced while it was read.', {
          hint: 'Ask again: within a minute the new one is found.',
          context: { href },
        });
      }
      return bytes;
    },
  };
}

const versionOf = ({ size, modified, version }: ObjectInfo): string =>
  version === undefined ? `${size}-${modified.getTime()}` : encodeURIComponent(version);

function missing(href: string): GeoCropError {
  return new GeoCropError('source-missing', 'There is no such object in the store.', { context: { href } });
}
