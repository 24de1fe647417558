import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What a catalogue on disk needs of a file system. Rejections carry node's `code` (ENOENT …). */
export interface CatalogueFiles {
  read(path: string): Promise<string>;
  /** Names in a folder, folders among them; null where the path is a file. */
  list(path: string): Promise<readonly { readonly name: string; readonly folder: boolean }[] | null>;
}

export const diskFiles: CatalogueFiles = {
  read: (path) => readFile(path, 'utf8'),
  list: async (path) => {
    if (!(await stat(path)).isDirectory()) return null;
    const names = await readdir(path);
    // stat, not the entry's own kind: folders are often links. A link to nothing is no folder.
    return Promise.all(
      names.map(async (name) => ({
        name,
        folder: await stat(join(path, name)).then(
          (entry) => entry.isDirectory(),
          () => false,
        ),
      })),
    );
  },
};
