import { stat } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { GeoCropError } from '../../../engine/errors.js';
import { readFileRange } from '../../../engine/windows/byte-source/read-file.js';
import { missing, type PlaceSource } from './cog-files.js';
import { fileVersion, openInside, type InsideFile } from './open-inside.js';
import { forbidden, type CogAddress } from './parse-address.js';

/** Files in folders of this machine. Where a link leads is looked at each time one is opened. */
export function openFolderSource(
  folders: readonly string[],
): PlaceSource<Extract<CogAddress, { kind: 'file' }>> {
  const folderOf = (path: string): string => {
    const found = folders.find((folder) => path.startsWith(`${folder}/`));
    if (found === undefined) throw forbidden();
    return found;
  };
  return {
    identify: async ({ path, folder }) => {
      const { handle, version, modified } = await opened(path, folder);
      await handle.close();
      return { href: `${pathToFileURL(path).href}?${version}`, lastModified: modified };
    },
    read: async (href, start, end, signal) => {
      const url = new URL(href);
      const asked = url.search.slice(1);
      const path = fileURLToPath(url);
      const bytes = await readFileRange(href, start, end, signal, async () => {
        const { handle, version } = await opened(path, folderOf(path));
        if (version === asked) return handle;
        await handle.close();
        throw replaced();
      });
      // Written over while it was read: half of the bytes may be the new ones.
      const after = await stat(path).catch(() => null);
      if (after === null || fileVersion(after) !== asked) throw replaced();
      return bytes;
    },
  };
}

async function opened(path: string, folder: string): Promise<InsideFile> {
  try {
    return await openInside(path, folder);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    throw code === 'ENOENT' || code === 'ENOTDIR' ? missing(error) : error;
  }
}

/** An old header must not be taken with new blocks. */
export function replaced(): GeoCropError {
  return new GeoCropError('source-unavailable', 'The file was replaced while it was read.', {
    hint: 'Ask again.',
    context: { replaced: true },
  });
}
