import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

import { GeoCropError, messageOf } from '../errors.js';
import type { BundleSpec } from './bundle-contents.js';
import { bundleContents } from './bundle-contents.js';
import { MANIFEST_FILE } from './bundle-documents.js';
import { folderBundleFiles } from './bundle-files.js';
import type { Bundle } from './bundle.js';
import { loadBundle } from './load-bundle.js';

export interface WriteBundleOptions {
  /** true: a bundle that is there is replaced, whole. */
  readonly replace: boolean;
}

/**
 * Makes a bundle's folder: written beside it under a hidden name, loaded with all of loadBundle's checks, then renamed, so that
 * `dir` never holds half a bundle. Throws what bundleContents, loadBundle and {@link checkBundleFolder} throw; `store-full` or
 * `store-unavailable` where the disk does not take it.
 */
export async function writeBundle(
  spec: BundleSpec,
  dir: string,
  { replace }: WriteBundleOptions,
): Promise<Bundle> {
  await checkBundleFolder(dir, replace);
  const contents = bundleContents(spec);
  const target = resolve(dir);
  const part = hiddenBeside(target, 'part');
  try {
    await onDisk(target, async () => {
      await rm(part, { recursive: true, force: true });
      await mkdir(part, { recursive: true });
      for (const [file, bytes] of contents) await writeFile(join(part, file), bytes);
    });
    const bundle = await loadBundle({ ...folderBundleFiles(part), name: basename(target) });
    await onDisk(target, () => putInPlace(part, target));
    return bundle;
  } finally {
    await rm(part, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Said before the work, not after. Throws `config-invalid` where something is there that may not be replaced. */
export async function checkBundleFolder(dir: string, replace: boolean): Promise<void> {
  const there = await stat(dir).catch(() => null);
  if (there === null) return;
  const refuse = (message: string, hint: string) =>
    new GeoCropError('config-invalid', `${dir} ${message}`, { hint, context: { path: dir } });
  if (!there.isDirectory()) throw refuse('is there and no folder.', 'Choose another one.');
  if (!replace) throw refuse('is there already.', 'Choose another folder, or add --force to replace it.');
  const files = await readdir(dir);
  if (files.length > 0 && !files.includes(MANIFEST_FILE)) {
    throw refuse(
      `holds files and no ${MANIFEST_FILE}: it is no bundle, so it is not replaced.`,
      'Choose another folder.',
    );
  }
}

/** Moves the new folder to its name, and the old one out of the way until that has worked. */
async function putInPlace(part: string, target: string): Promise<void> {
  const old = hiddenBeside(target, 'old');
  await rm(old, { recursive: true, force: true });
  const replaced = await rename(target, old).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === 'ENOENT') return false;
      throw error;
    },
  );
  try {
    await rename(part, target);
  } catch (error) {
    if (replaced) await rename(old, target);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}

/** Folders whose names begin with a dot are no bundles to the server. */
const hiddenBeside = (target: string, what: string) =>
  join(dirname(target), `.${basename(target)}.${what}-${process.pid}`);

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined);

async function onDisk(dir: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    const full = codeOf(cause) === 'ENOSPC';
    throw new GeoCropError(
      full ? 'store-full' : 'store-unavailable',
      `${dir} cannot be written: ${messageOf(cause)}.`,
      {
        hint: full ? 'Make room on the disk.' : 'Check the folder and its permissions.',
        context: { path: dir },
        cause,
      },
    );
  }
}
