import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { BenchSeason } from './make-season.js';

export type { BenchSeason } from './make-season.js';

/** Path of the first file of that name, in the middle of the season. */
export async function findAsset(season: BenchSeason, file: string): Promise<string> {
  const files = await readdir(season.folder, { recursive: true });
  const found = files.filter((path) => basename(path) === file).sort();
  const middle = found[found.length >> 1];
  if (middle === undefined) throw new Error(`the bench's season has no ${file}`);
  return join(season.folder, middle);
}
