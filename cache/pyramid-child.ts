import { DiskObjectStore } from './disk-store.js';
import { CLASSES_ONLY, Site, WatchedStore } from './pyramid-testing.js';

/**
 * For tests only, run as a process of its own: refreshes the pyramid in the folder `argv[2]` and kills itself, as the machine would, before
 * its `argv[3]`-th change of the store. Says `done` where it comes to the end.
 */
let left = Number(process.argv[3]);
const store = new WatchedStore(await DiskObjectStore.open(process.argv[2] as string), async (method) => {
  if (method !== 'put' && method !== 'delete') return;
  if (left === 0) {
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => undefined);
  }
  left -= 1;
});
await new Site(store, undefined, CLASSES_ONLY).useMarks();
process.stdout.write('done\n');
