import { randomUUID } from 'node:crypto';
import type { Dirent } from 'node:fs';
import * as nodeFs from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GeoCropError } from '../engine/errors.js';
import { hasErrno, storeError } from './disk-error.js';
import { checkKey, checkPrefix, checkRange } from './object-key.js';
import {
  BUCKETS,
  type Bucket,
  type ObjectEntry,
  type ObjectInfo,
  type ObjectStore,
  type PutOptions,
} from './object-store.js';

/** What of node:fs/promises is used: tests put a full disk in its place. */
export type DiskFs = Pick<
  typeof nodeFs,
  'open' | 'mkdir' | 'rename' | 'link' | 'unlink' | 'stat' | 'readdir' | 'rmdir'
>;

export interface DiskStoreOptions {
  readonly fs?: DiskFs;
  readonly now?: () => Date;
  /** Wait until an object's bytes are on the medium before it can be seen. Default true. */
  readonly sync?: boolean;
}

/**
 * Half-written objects live here, in their bucket so that a rename never crosses file systems, and are no keys: they can
 * be neither read nor listed.
 */
const INCOMING = '.incoming';
/** No write takes this long: an older leftover belongs to a process that was killed. */
const LEFTOVER_MS = 3_600_000;
/** Files of a folder that are asked for size and time at once. */
const STATS_AT_ONCE = 16;
/** A folder that is to be written into may be swept away, empty as it is, by others who delete there. */
const FOLDER_TRIES = 20;

/**
 * The object store as a folder: `root/bucket/key`. An object is written under another name, synced, and then renamed
 * (or linked, where it must not exist yet: link(2) fails for all but one of several writers), so that readers in any process see a whole
 * object or none. Unlike on S3, a key cannot be another key's folder.
 * Throws `store-full` (no room, no quota), `store-unavailable` (anything else), `bad-request` (no key), `aborted`.
 */
export class DiskObjectStore implements ObjectStore {
  private readonly fs: DiskFs;

  private constructor(
    readonly root: string,
    private readonly options: DiskStoreOptions,
  ) {
    this.fs = options.fs ?? nodeFs;
  }

  /** Makes the folder where it is missing and removes what killed writers left there over an hour ago. */
  static async open(root: string, options: DiskStoreOptions = {}): Promise<DiskObjectStore> {
    const store = new DiskObjectStore(root, options);
    try {
      await store.fs.mkdir(root, { recursive: true });
      await store.sweep();
    } catch (error) {
      throw storeError(error, `The store's folder ${root} cannot be used`, { root });
    }
    return store;
  }

  async get(bucket: Bucket, key: string, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    return this.read(bucket, key, 0, Infinity, signal);
  }

  async getRange(
    bucket: Bucket,
    key: string,
    start: number,
    end: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array | undefined> {
    checkRange(start, end);
    return this.read(bucket, key, start, end, signal);
  }

  async head(bucket: Bucket, key: string): Promise<ObjectInfo | undefined> {
    try {
      const info = await this.fs.stat(this.path(bucket, key));
      return info.isFile() ? { size: info.size, modified: info.mtime } : undefined;
    } catch (error) {
      if (isAbsence(error)) return undefined;
      throw storeError(error, `${key} cannot be looked up`, { bucket, key });
    }
  }

  async put(
    bucket: Bucket,
    key: string,
    bytes: Uint8Array,
    options: PutOptions = {},
  ): Promise<'written' | 'exists'> {
    const path = this.path(bucket, key);
    const onlyNew = options.ifNoneMatch === '*';
    if (onlyNew && (await this.head(bucket, key)) !== undefined) return 'exists';
    const folder = join(this.root, bucket, INCOMING);
    const incoming = join(folder, randomUUID());
    try {
      await this.fs.mkdir(folder, { recursive: true });
      await this.writeWhole(incoming, bytes);
      await this.intoFolder(dirname(path), () =>
        onlyNew ? this.fs.link(incoming, path) : this.fs.rename(incoming, path),
      );
      if (onlyNew) await this.fs.unlink(incoming);
      return 'written';
    } catch (error) {
      await this.fs.unlink(incoming).catch(() => undefined);
      if (onlyNew && hasErrno(error, 'EEXIST')) return 'exists';
      throw storeError(error, `${key} cannot be written`, { bucket, key, bytes: bytes.length });
    }
  }

  async delete(bucket: Bucket, key: string): Promise<void> {
    const path = this.path(bucket, key);
    try {
      await this.fs.unlink(path);
    } catch (error) {
      if (isAbsence(error)) return;
      throw storeError(error, `${key} cannot be deleted`, { bucket, key });
    }
    await this.removeEmpty(dirname(path), join(this.root, bucket));
  }

  async *list(bucket: Bucket, prefix: string): AsyncIterable<string> {
    checkPrefix(prefix);
    for await (const files of this.walk(bucket, folderOf(prefix))) {
      for (const key of files) if (key.startsWith(prefix)) yield key;
    }
  }

  async *entries(bucket: Bucket, prefix: string): AsyncIterable<ObjectEntry> {
    checkPrefix(prefix);
    for await (const files of this.walk(bucket, folderOf(prefix))) {
      const keys = files.filter((key) => key.startsWith(prefix));
      for (let at = 0; at < keys.length; at += STATS_AT_ONCE) {
        const some = keys.slice(at, at + STATS_AT_ONCE);
        const infos = await Promise.all(some.map((key) => this.head(bucket, key)));
        for (const [i, key] of some.entries()) {
          const info = infos[i];
          if (info !== undefined) yield { key, size: info.size, modified: info.modified };
        }
      }
    }
  }

  private path(bucket: Bucket, key: string): string {
    checkKey(key);
    if (key === INCOMING || key.startsWith(`${INCOMING}/`)) {
      throw new GeoCropError('bad-request', `${key} is a name that the store keeps for itself.`, {
        context: { bucket, key },
      });
    }
    return join(this.root, bucket, ...key.split('/'));
  }

  /** Does what puts a file into a folder, which is made before it. */
  private async intoFolder(folder: string, put: () => Promise<void>): Promise<void> {
    for (let left = FOLDER_TRIES; ; left -= 1) {
      try {
        await this.fs.mkdir(folder, { recursive: true });
        return await put();
      } catch (error) {
        if (left === 0 || !hasErrno(error, 'ENOENT')) throw error;
      }
    }
  }

  /** Takes empty folders away, from the inmost up to the bucket, which stays. What cannot be taken away stays too. */
  private async removeEmpty(folder: string, bucket: string): Promise<void> {
    try {
      for (let at = folder; at !== bucket; at = dirname(at)) await this.fs.rmdir(at);
    } catch {
      // Not empty, gone already, or not ours to remove.
    }
  }

  private async writeWhole(path: string, bytes: Uint8Array): Promise<void> {
    const file = await this.fs.open(path, 'wx');
    try {
      await file.writeFile(bytes);
      if (this.options.sync !== false) await file.sync();
    } finally {
      await file.close();
    }
  }

  /** Reads through one handle: an object replaced meanwhile is read as it was. */
  private async read(
    bucket: Bucket,
    key: string,
    start: number,
    end: number,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array | undefined> {
    const path = this.path(bucket, key);
    const checkAbort = (): void => {
      if (signal?.aborted === true) {
        throw new GeoCropError('aborted', `Reading ${key} was given up.`, { context: { bucket, key } });
      }
    };
    checkAbort();
    try {
      const file = await this.fs.open(path, 'r');
      try {
        const info = await file.stat();
        if (!info.isFile()) return undefined;
        const bytes = new Uint8Array(Math.max(0, Math.min(end, info.size) - start));
        let got = 0;
        while (got < bytes.length) {
          checkAbort();
          const { bytesRead } = await file.read(bytes, got, bytes.length - got, start + got);
          if (bytesRead === 0) throw new Error(`file ends after ${start + got} of ${info.size} bytes`);
          got += bytesRead;
        }
        return bytes;
      } finally {
        await file.close();
      }
    } catch (error) {
      if (isAbsence(error)) return undefined;
      throw storeError(error, `${key} cannot be read`, { bucket, key });
    }
  }

  /**
   * Keys below a folder (`` or `a/b/`), in code-unit order of the whole key: a folder sorts as its name with a `/`. Keys
   * beside each other come together.
   */
  private async *walk(bucket: Bucket, folder: string): AsyncIterable<readonly string[]> {
    let entries: Dirent[];
    const path = join(this.root, bucket, ...folder.split('/'));
    try {
      entries = await this.fs.readdir(path, { withFileTypes: true });
    } catch (error) {
      if (isAbsence(error)) return;
      throw storeError(error, `${folder} cannot be listed`, { bucket, folder });
    }
    const names: string[] = [];
    for (const entry of entries) {
      if (folder === '' && entry.name === INCOMING) continue;
      const isFolder = entry.isSymbolicLink()
        ? await this.isFolder(join(path, entry.name))
        : entry.isDirectory();
      names.push(isFolder ? `${entry.name}/` : entry.name);
    }
    let files: string[] = [];
    for (const name of names.sort()) {
      if (!name.endsWith('/')) files.push(folder + name);
      else {
        if (files.length > 0) yield files;
        files = [];
        yield* this.walk(bucket, folder + name);
      }
    }
    if (files.length > 0) yield files;
  }

  private async isFolder(path: string): Promise<boolean> {
    try {
      return (await this.fs.stat(path)).isDirectory();
    } catch {
      return false;
    }
  }

  private async sweep(): Promise<void> {
    const before = (this.options.now?.() ?? new Date()).getTime() - LEFTOVER_MS;
    for (const bucket of BUCKETS) {
      const folder = join(this.root, bucket, INCOMING);
      const names = await this.fs.readdir(folder).catch(() => []);
      for (const name of names) {
        const path = join(folder, name);
        const info = await this.fs.stat(path).catch(() => undefined);
        // Another process may sweep the same folder: what is gone already is as good.
        if (info !== undefined && info.mtimeMs < before) await this.fs.unlink(path).catch(() => undefined);
      }
    }
  }
}

const folderOf = (prefix: string): string => prefix.slice(0, prefix.lastIndexOf('/') + 1);

/** Nothing there; a folder where an object was asked for; an object where a folder was expected. */
function isAbsence(error: unknown): boolean {
  return hasErrno(error, 'ENOENT', 'EISDIR', 'ENOTDIR');
}
