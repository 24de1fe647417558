import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { COLLECTION } from '../../demo/stac-item.js';
import { geocrop } from './geocrop-process.js';

/** Kept between runs; in the folder that git ignores. */
const DIR = '.geocrop/test-demo';
export const SEASON = join(DIR, 'season');
/** A static catalogue of the simulated scenes. */
export const CATALOGUE = join(SEASON, COLLECTION, 'collection.json');
export const FIELDS = join(SEASON, 'fields.geojson');

/** The simulated season, made by the first test that needs it: `geocrop demo --prepare`. */
export async function testSeason(): Promise<void> {
  const release = await onlyMe();
  try {
    const { code, err } = await geocrop(['demo', '--prepare', '--dir', DIR]);
    if (code !== 0) throw new Error(`the simulated season could not be made: ${err}`);
  } finally {
    release();
  }
}

/** A fresh folder for `demo --dir`, on the season that is there already. */
export async function demoFolder(): Promise<{ dir: string; remove: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'geocrop-demo-'));
  await symlink(await realpath(SEASON), join(dir, 'season'));
  return { dir, remove: () => rm(dir, { recursive: true }) };
}

/**
 * Test files run in processes of their own: a socket that one holds and the others wait for, which ends with its holder.
 * @returns what lets the others go on
 */
async function onlyMe(): Promise<() => void> {
  await mkdir(DIR, { recursive: true });
  const name = createHash('sha256').update(resolve(DIR)).digest('hex').slice(0, 16);
  const path = join(tmpdir(), `geocrop-${name}.sock`);
  for (;;) {
    const waiting = new Set<Socket>();
    const server = createServer((socket) => waiting.add(socket.on('error', () => undefined)));
    try {
      server.listen(path);
      await once(server, 'listening');
      return () => {
        server.close();
        for (const socket of waiting) socket.destroy();
      };
    } catch (error) {
      if (codeOf(error) !== 'EADDRINUSE') throw error;
    }
    await once(connect(path).resume(), 'close').catch(async (error: unknown) => {
      // What a killed holder left behind.
      if (codeOf(error) === 'ECONNREFUSED') await rm(path, { force: true });
    });
  }
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;
