import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

import { breathe } from '../breathe.js';
import type { BundleSpec } from './bundle-contents.js';
import { bundleContents } from './bundle-contents.js';
import { folderBundleFiles } from './bundle-files.js';
import { onDisk, partBeside, prepareBundleFolder, putInPlace } from './bundle-folder.js';
import type { Bundle } from './bundle.js';
import { loadBundle } from './load-bundle.js';

export interface WriteBundleOptions {
  /** true: a bundle that is there is replaced, whole. */
  readonly replace: boolean;
  /** Until the bundle is put in place; what was made so far is removed. */
  readonly signal?: AbortSignal;
}

/**
 * Makes a bundle's folder: written beside it under a hidden name, loaded with all of loadBundle's checks, then renamed, so that
 * `dir` never holds half a bundle. Throws what bundleContents, loadBundle and {@link prepareBundleFolder} throw; `store-full`
 * or `store-unavailable` where the disk does not take it; the signal's reason.
 */
export async function writeBundle(
  spec: BundleSpec,
  dir: string,
  { replace, signal }: WriteBundleOptions,
): Promise<Bundle> {
  const target = await prepareBundleFolder(dir, replace);
  const contents = bundleContents(spec);
  const part = partBeside(target);
  try {
    await breathe(signal);
    await onDisk(dir, () => mkdir(part, { recursive: true }));
    for (const [file, bytes] of contents) {
      await breathe(signal);
      await onDisk(dir, () => writeFile(join(part, file), bytes));
    }
    const files = folderBundleFiles(part);
    const bundle = await loadBundle({
      name: basename(resolve(dir)),
      // loadBundle opens one member after the other.
      async read(file) {
        await breathe(signal);
        return files.read(file);
      },
    });
    await breathe(signal);
    await onDisk(dir, () => putInPlace(part, target));
    return bundle;
  } finally {
    await rm(part, { recursive: true, force: true }).catch(() => undefined);
  }
}
