import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { outputError } from '../../engine/encode/output-error.js';
import { GeoCropError } from '../../engine/errors.js';

/** Said before hours of work, not after. Throws `config-invalid` where there is no folder for it, or it is there and may not be replaced. */
export async function checkOutput(path: string, overwrite: boolean): Promise<void> {
  const folder = dirname(resolve(path));
  if ((await stat(folder).catch(() => null))?.isDirectory() !== true) {
    throw new GeoCropError('config-invalid', `There is no folder ${folder} for ${path}.`, {
      hint: 'Make the folder, or choose another place.',
      context: { path },
    });
  }
  const there = await stat(path).catch(() => null);
  if (there === null || (overwrite && there.isFile())) return;
  throw new GeoCropError('config-invalid', `${path} is there already.`, {
    hint: there.isFile() ? 'Choose another name, or add --overwrite.' : 'Choose another name.',
    context: { path },
  });
}

/** Writes all or nothing: the name holds the old file, or the whole new one. */
export async function writeOutput(path: string, bytes: Uint8Array | string): Promise<void> {
  const part = `${path}.part-${process.pid}`;
  try {
    await mkdir(dirname(resolve(path)), { recursive: true });
    await writeFile(part, bytes);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw outputError(path, error);
  }
}
