import { renameSync } from 'node:fs';
import { readdir, readlink, realpath, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

import { GeoCropError, messageOf } from '../errors.js';
import { MANIFEST_FILE } from './bundle-documents.js';

/** As many as Linux follows. */
const MOST_LINKS = 40;

/**
 * Makes way for a bundle: what killed processes left beside `dir` goes, and a bundle that one of them had moved away and not
 * replaced comes back. Said before the work, not after: throws `config-invalid` where something is there that may not be
 * replaced; `store-unavailable` where the disk does not take it.
 * @returns the folder's own path, links followed, so that a link to a folder goes on being one
 */
export async function prepareBundleFolder(dir: string, replace: boolean): Promise<string> {
  const target = await throughLinks(resolve(dir), MOST_LINKS);
  await onDisk(dir, () => clearLeftovers(target));
  const there = await stat(target).catch(() => null);
  if (there === null) return target;
  const refuse = (message: string, hint: string) =>
    new GeoCropError('config-invalid', `${dir} ${message}`, { hint, context: { path: dir } });
  if (!there.isDirectory()) throw refuse('is there and no folder.', 'Choose another one.');
  if (!replace) throw refuse('is there already.', 'Choose another folder, or add --force to replace it.');
  const files = await readdir(target);
  if (files.length > 0 && !files.includes(MANIFEST_FILE)) {
    throw refuse(
      `holds files and no ${MANIFEST_FILE}: it is no bundle, so it is not replaced.`,
      'Choose another folder.',
    );
  }
  return target;
}

/** Where a bundle is made. Folders whose names begin with a dot are no bundles to the server. */
export const partBeside = (target: string): string => hiddenBeside(target, 'part');

/**
 * Moves the new folder to its name; what was there, whole, takes its place at `part`. No signal comes between the renames; a
 * process that is killed there leaves the old bundle to {@link prepareBundleFolder}.
 */
export function putInPlace(part: string, target: string): void {
  const old = hiddenBeside(target, 'old');
  let replaced = true;
  try {
    renameSync(target, old);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    replaced = false;
  }
  try {
    renameSync(part, target);
  } catch (error) {
    if (replaced) renameSync(old, target);
    throw error;
  }
  if (replaced) renameSync(old, part);
}

/** Does work on the disk; its errors become `store-full` and `store-unavailable`. */
export async function onDisk<T>(dir: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
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

/** Also where the last link leads to nothing yet. */
async function throughLinks(path: string, most: number): Promise<string> {
  const to = await readlink(path).catch(() => null);
  if (to === null || most === 0) return path;
  return throughLinks(resolve(await realpath(dirname(path)), to), most - 1);
}

const hiddenBeside = (target: string, what: 'part' | 'old') =>
  `${leftoverPrefix(target)}${what}-${process.pid}`;

const leftoverPrefix = (target: string) => join(dirname(target), `.${basename(target)}.`);

/** `.old-…` is whole at all times, since it is only ever renamed; `.part-…` may be anything. */
async function clearLeftovers(target: string): Promise<void> {
  const prefix = leftoverPrefix(target);
  const paths = await readdir(dirname(target)).catch(() => []);
  for (const path of paths.map((name) => join(dirname(target), name)).sort()) {
    const [, what, pid] =
      (path.startsWith(prefix) && /^(part|old)-(\d+)$/.exec(path.slice(prefix.length))) || [];
    if (what === undefined || isOfAnother(Number(pid))) continue;
    if (what === 'old' && (await stat(target).catch(() => null)) === null) {
      renameSync(path, target);
      continue;
    }
    const part = partBeside(target);
    if (path !== part) {
      await rm(part, { recursive: true, force: true });
      renameSync(path, part);
    }
    await rm(part, { recursive: true, force: true });
  }
}

/** Whether a process that is not this one has the number: in containers, a new process often has that of the killed one. */
function isOfAnother(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined);
