import * as fs from 'node:fs/promises';
import { DiskObjectStore, type DiskFs } from './disk-store.js';

/**
 * For tests only, run as a process of its own: begins to put the object `k` in `argv[2]`, stops when half of it is in the
 * file, says so, and waits to be killed.
 */
const halfWritten: DiskFs = {
  ...fs,
  open: async (path, flags, mode) => {
    const file = await fs.open(path, flags, mode);
    file.writeFile = async (bytes) => {
      const all = bytes as Uint8Array;
      await file.write(all, 0, all.length / 2);
      await file.sync();
      process.stdout.write('half\n');
      await new Promise(() => setInterval(() => undefined, 1000));
    };
    return file;
  },
};

const store = await DiskObjectStore.open(process.argv[2] as string, { fs: halfWritten });
await store.put('geocrop-results', 'a/k', new Uint8Array(1_000_000).fill(2));
