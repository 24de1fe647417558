import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { GeoCropError, asGeoCropError, messageOf } from '../errors.js';
import { folderBundleFiles, type BundleFiles } from './bundle-files.js';
import type { LoadedBundle } from './load-bundle.js';
import { loadBundleTimed } from './load-bundle.js';

/** A folder of the models folder, or of the object store: a bundle that loads, or what is wrong with it. */
export type BundleListing =
  ({ readonly folder: string } & LoadedBundle) | { readonly folder: string; readonly error: GeoCropError };

/**
 * Every folder of `dir` (hidden ones aside) as a bundle, by folder name in code-unit order, as {@link loadBundles} has them.
 * Throws `config-invalid` where `dir` cannot be listed.
 */
export async function listBundles(dir: string): Promise<BundleListing[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch((cause: unknown) => {
    throw new GeoCropError('config-invalid', `The models folder ${dir} cannot be read: ${messageOf(cause)}`, {
      hint: 'Give a folder that holds one folder per model.',
      context: { dir },
      cause,
    });
  });
  const folders = entries
    .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort();
  return loadBundles(folders.map((folder) => folderBundleFiles(join(dir, folder))));
}

/** One that does not load does not keep the others away. Two of one name: the later folder is the error. */
export async function loadBundles(folders: readonly BundleFiles[]): Promise<BundleListing[]> {
  const listings: BundleListing[] = [];
  const folderOf = new Map<string, string>();
  for (const files of folders) {
    const { name: folder } = files;
    try {
      const loaded = await loadBundleTimed(files);
      const { bundle } = loaded;
      const first = folderOf.get(bundle.name);
      if (first !== undefined) {
        throw new GeoCropError(
          'bundle-mismatch',
          `${folder}/bundle.json: the name "${bundle.name}" is taken by ${first}.`,
          { hint: 'Give each bundle its own "name".', context: { bundle: folder, file: 'bundle.json' } },
        );
      }
      folderOf.set(bundle.name, folder);
      listings.push({ folder, ...loaded });
    } catch (error) {
      listings.push({ folder, error: asGeoCropError(error) });
    }
  }
  return listings;
}
