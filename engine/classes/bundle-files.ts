import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

import { GeoCropError, messageOf } from '../errors.js';

/** Where a bundle's files are: a folder, or the object store. */
export interface BundleFiles {
  /** For messages: the folder's or the key prefix's name. */
  readonly name: string;
  /** A whole file, or undefined where there is none. */
  read(file: string): Promise<Uint8Array | undefined>;
}

/** The files of a folder on disk. */
export function folderBundleFiles(dir: string): BundleFiles {
  return {
    name: basename(resolve(dir)),
    async read(file) {
      try {
        return await readFile(join(dir, file));
      } catch (cause) {
        const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
        if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
        throw new GeoCropError('store-unavailable', `${file}: cannot be read: ${messageOf(cause)}`, {
          context: { file },
          cause,
        });
      }
    },
  };
}
