import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';

/**
 * For tests only: what many test files need and cost too much to be found or made by each. Each file runs in a process;
 * those of one run share a folder, which scripts/test.mjs makes and takes away.
 */

// eslint-disable-next-line no-restricted-properties -- tests only
const FOLDER = process.env['TEST_RUN_FOLDER'];
const here = new Map<string, unknown>();

/** What the first that needed it kept under this name; undefined where nobody has yet. */
export function recalled<T>(name: string): T | undefined {
  if (here.has(name)) return here.get(name) as T;
  const path = pathOf(name);
  if (path === null || !existsSync(path)) return undefined;
  const value = deserialize(readFileSync(path)) as T;
  here.set(name, value);
  return value;
}

/** @param value that structured cloning takes; two that keep under one name at once must have made the same */
export function kept<T>(name: string, value: T): T {
  here.set(name, value);
  const path = pathOf(name);
  if (path !== null) {
    writeFileSync(`${path}.${process.pid}`, serialize(value));
    renameSync(`${path}.${process.pid}`, path);
  }
  return value;
}

function pathOf(name: string): string | null {
  return FOLDER === undefined ? null : join(FOLDER, `${name.replace(/[^\w.-]+/g, '_')}.kept`);
}
