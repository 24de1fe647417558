import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlockStore } from '../engine/windows/byte-source.js';
import { seal, unseal } from './block-envelope.js';

export { MemoryBlockStore } from './memory-block-store.js';

export interface DiskBlockCacheOptions {
  readonly directory: string;
  /** Room on disk, bytes, in whole disk blocks. */
  readonly quotaBytes: number;
  /** Milliseconds since 1970; default Date.now. */
  readonly now?: () => number;
}

export interface BlockCacheStats {
  readonly entries: number;
  readonly bytes: number;
  readonly hits: number;
  readonly misses: number;
  /** Thrown out for lack of room. */
  readonly evicted: number;
  /** Could not be written: full disk, no right, larger than the quota. */
  readonly dropped: number;
  /** Files that were not whole, removed. */
  readonly damaged: number;
}

interface Entry {
  readonly bytes: number;
  /** When its file's time was last set: what tells recency after a restart. */
  touched: number;
}

const DISK_BLOCK = 4096;
const TOUCH_EVERY_MS = 3_600_000;
const NAME = /^[0-9a-f]{32}$/;
const FOLDER = /^[0-9a-f]{2}$/;
const TEMPORARY = '.tmp';

/**
 * Blocks as files, `{first two digits}/{hash of the key}`, under a quota; the least recently used goes first. Files appear by
 * renaming, so that a killed process leaves nothing half-written; a damaged file is removed, not returned. Whatever the disk
 * does is never an error: the block is then not kept, and counted.
 */
export class DiskBlockCache implements BlockStore {
  /** In order of use: the first is the next to go. */
  private readonly entries = new Map<string, Entry>();
  private bytes = 0;
  private readonly counts = { hits: 0, misses: 0, evicted: 0, dropped: 0, damaged: 0 };

  private constructor(
    private readonly directory: string,
    private readonly quotaBytes: number,
    private readonly now: () => number,
  ) {}

  /** Takes over what an earlier process left in the directory. */
  static async open(options: DiskBlockCacheOptions): Promise<DiskBlockCache> {
    const cache = new DiskBlockCache(options.directory, options.quotaBytes, options.now ?? Date.now);
    await cache.scan();
    await cache.makeRoom(0);
    return cache;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const name = nameOf(key);
    const entry = this.entries.get(name);
    if (entry === undefined) {
      this.counts.misses += 1;
      return undefined;
    }
    const file = await readFile(this.pathOf(name)).catch(() => undefined);
    const block = file === undefined ? undefined : unseal(file);
    if (block === undefined) {
      this.counts.misses += 1;
      if (file !== undefined) this.counts.damaged += 1;
      // Unless it was written anew meanwhile.
      if (this.entries.get(name) === entry) await this.remove(name);
      return undefined;
    }
    this.counts.hits += 1;
    await this.use(name, entry);
    return block;
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    const name = nameOf(key);
    const file = seal(bytes);
    const size = onDisk(file.length);
    if (size > this.quotaBytes) {
      this.counts.dropped += 1;
      return;
    }
    const path = this.pathOf(name);
    const temporary = `${path}.${randomBytes(6).toString('hex')}${TEMPORARY}`;
    try {
      await this.makeRoom(size);
      await mkdir(join(path, '..'), { recursive: true });
      await writeFile(temporary, file, { flag: 'wx' });
      await rename(temporary, path);
    } catch {
      this.counts.dropped += 1;
      await rm(temporary, { force: true }).catch(() => undefined);
      return;
    }
    this.forget(name);
    this.remember(name, { bytes: size, touched: this.now() });
    // Others may have written while we did.
    await this.makeRoom(0);
  }

  get stats(): BlockCacheStats {
    return { entries: this.entries.size, bytes: this.bytes, ...this.counts };
  }

  private async scan(): Promise<void> {
    const found: { name: string; bytes: number; touched: number }[] = [];
    for (const folder of await names(this.directory)) {
      if (!FOLDER.test(folder)) continue;
      await Promise.all(
        (await names(join(this.directory, folder))).map(async (name) => {
          const path = join(this.directory, folder, name);
          if (name.endsWith(TEMPORARY)) await rm(path, { force: true }).catch(() => undefined);
          else if (NAME.test(name) && name.startsWith(folder)) {
            const info = await stat(path).catch(() => undefined);
            if (info?.isFile() === true)
              found.push({ name, bytes: onDisk(info.size), touched: info.mtimeMs });
          }
        }),
      );
    }
    found.sort((a, b) => a.touched - b.touched);
    for (const { name, bytes, touched } of found) this.remember(name, { bytes, touched });
  }

  private async makeRoom(size: number): Promise<void> {
    while (this.bytes + size > this.quotaBytes) {
      const [oldest] = this.entries.keys();
      if (oldest === undefined) return;
      this.counts.evicted += 1;
      await this.remove(oldest);
    }
  }

  private async use(name: string, entry: Entry): Promise<void> {
    if (this.entries.get(name) !== entry) return;
    this.entries.delete(name);
    this.entries.set(name, entry);
    const now = this.now();
    if (now - entry.touched < TOUCH_EVERY_MS) return;
    entry.touched = now;
    await utimes(this.pathOf(name), now / 1000, now / 1000).catch(() => undefined);
  }

  private remember(name: string, entry: Entry): void {
    this.entries.set(name, entry);
    this.bytes += entry.bytes;
  }

  private forget(name: string): void {
    this.bytes -= this.entries.get(name)?.bytes ?? 0;
    this.entries.delete(name);
  }

  private async remove(name: string): Promise<void> {
    this.forget(name);
    await rm(this.pathOf(name), { force: true }).catch(() => undefined);
  }

  private pathOf(name: string): string {
    return join(this.directory, name.slice(0, 2), name);
  }
}

const nameOf = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 32);
const onDisk = (bytes: number): number => Math.ceil(bytes / DISK_BLOCK) * DISK_BLOCK;

async function names(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
}
