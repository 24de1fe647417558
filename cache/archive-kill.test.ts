import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Archive } from './archive.js';
import { metatilePrefix, productKey } from './archive-keys.js';
import { DiskObjectStore } from './disk-store.js';

test('archive: a writer killed anywhere leaves whole metatiles or none', async () => {
  const root = await mkdtemp(join(tmpdir(), 'geocrop-kill-'));
  try {
    for (let round = 0; round < 6; round++) {
      const folder = join(root, String(round));
      const script = fileURLToPath(new URL('archive-child.js', import.meta.url));
      const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
      const exit = once(child, 'exit');
      let begun = 0;
      for await (const line of createInterface({ input: child.stdout })) {
        begun = Number(line);
        if (begun === 3 + round) child.kill('SIGKILL');
      }
      await exit;

      const store = await DiskObjectStore.open(folder);
      const archive = new Archive(store, { onDamage: (error) => assert.fail(error) });
      let finished = 0;
      for (let x = 0; x <= begun + 1; x++) {
        const there = await archive.has('r', 'summer-2021', { x, y: 0 }, 's');
        const current = await archive.current('r', 'summer-2021', { x, y: 0 });
        if (current !== undefined) assert.ok(there, 'current.json names what is there');
        if (!there) continue;
        finished += 1;
        for (const name of ['a', 'b', 'c']) {
          const prefix = metatilePrefix('r', 'summer-2021', { x, y: 0 });
          const bytes = await store.get('geocrop-results', productKey(prefix, 's', name));
          assert.equal(bytes?.length, 400_000);
          assert.ok(bytes.every((byte) => byte === x % 256));
        }
      }
      assert.ok(finished >= 3 + round - 1, `${finished} finished`);
      for await (const key of store.list('geocrop-results', '')) assert.doesNotMatch(key, /incoming/);
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
