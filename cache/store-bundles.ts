import type { BundleFiles } from '../engine/classes/bundle-files.js';
import type { Bucket, ObjectStore } from './object-store.js';

const BUCKET: Bucket = 'geocrop-models';

/** The bundles of a store, `geocrop-models/{folder}/…`, by folder name in code-unit order; hidden folders aside. */
export async function storeBundles(store: ObjectStore): Promise<BundleFiles[]> {
  const folders = new Set<string>();
  for await (const key of store.list(BUCKET, '')) {
    const slash = key.indexOf('/');
    if (slash > 0 && !key.startsWith('.')) folders.add(key.slice(0, slash));
  }
  return [...folders].sort().map((name) => ({
    name,
    read: (file: string) => store.get(BUCKET, `${name}/${file}`),
  }));
}
