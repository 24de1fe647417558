import { constants, type Stats } from 'node:fs';
import { lstat, open, realpath, type FileHandle } from 'node:fs/promises';
import { forbidden } from './parse-address.js';

/** An open file, and what tells it from another of its name. */
export interface InsideFile {
  readonly handle: FileHandle;
  readonly version: string;
  readonly size: number;
  readonly modified: Date;
}

/**
 * Opens a plain file that lies in the folder also after every link on the way was followed. A link that is exchanged in
 * between is seen: the file that was opened has to be the one that the checked path names afterwards.
 * @throws url-forbidden; the file system's errors
 */
export async function openInside(path: string, folder: string): Promise<InsideFile> {
  const root = await realpath(folder);
  const real = await realpath(path);
  if (!real.startsWith(`${root === '/' ? '' : root}/`)) throw forbidden();
  // A pipe would be waited for.
  const handle = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: NodeJS.ErrnoException) => {
      throw error.code === 'ELOOP' ? forbidden(error) : error;
    },
  );
  try {
    const opened = await handle.stat();
    const named = await lstat(real);
    const same = named.ino === opened.ino && named.dev === opened.dev && (await realpath(path)) === real;
    if (!opened.isFile() || !same) throw forbidden();
    return { handle, version: fileVersion(opened), size: opened.size, modified: opened.mtime };
  } catch (error) {
    await handle.close().catch(() => undefined);
    throw error;
  }
}

/** Also of a file that is written over in place and given its old time again (`cp -p`, `rsync -t`): no program sets ctime. */
export function fileVersion({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return [dev, ino, size, mtimeMs, ctimeMs].join('-');
}
