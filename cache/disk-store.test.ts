import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isGeoCropError, type ErrorCode } from '../engine/errors.js';
import { DiskObjectStore, type DiskFs } from './disk-store.js';
import { objectStoreConformance } from './object-store.conformance.js';

const inFolder = async (use: (root: string) => Promise<void>): Promise<void> => {
  const root = await fs.mkdtemp(join(tmpdir(), 'geocrop-store-'));
  try {
    await use(root);
  } finally {
    await fs.rm(root, { recursive: true, force: true });
  }
};

objectStoreConformance('disk', async () => {
  const root = await fs.mkdtemp(join(tmpdir(), 'geocrop-store-'));
  return {
    store: await DiskObjectStore.open(root, { sync: false }),
    close: () => fs.rm(root, { recursive: true, force: true }),
  };
});

const errno = (code: string): Error => Object.assign(new Error(`${code}: simulated`), { code });
const filesBelow = async (folder: string): Promise<string[]> =>
  (await fs.readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);

/** Fails where `when` says so: at opening, in the middle of the bytes, at sync, at rename or link. */
function failing(when: 'open' | 'write' | 'sync' | 'rename' | 'link' | 'mkdir', code: string): DiskFs {
  const fail = async (): Promise<never> => Promise.reject(errno(code));
  return {
    ...fs,
    ...(when === 'rename' || when === 'link' || when === 'mkdir' ? { [when]: fail } : {}),
    open: async (path, flags, mode) => {
      if (flags === 'r') return fs.open(path, flags, mode);
      if (when === 'open') return fail();
      const file = await fs.open(path, flags, mode);
      if (when === 'write') {
        file.writeFile = async (bytes) => {
          await file.write((bytes as Uint8Array).subarray(0, 3));
          return fail();
        };
      }
      if (when === 'sync') file.sync = fail;
      return file;
    },
  };
}

for (const [code, expected] of [
  ['ENOSPC', 'store-full'],
  ['EDQUOT', 'store-full'],
  ['EIO', 'store-unavailable'],
  ['EACCES', 'store-unavailable'],
] as const satisfies readonly (readonly [string, ErrorCode])[]) {
  test(`disk: ${code} is ${expected}, leaves no trace, and the next write works`, async () => {
    await inFolder(async (root) => {
      const good = await DiskObjectStore.open(root);
      await good.put('geocrop-results', 'a/k', Buffer.from('before'));
      for (const when of ['open', 'write', 'sync', 'rename', 'link'] as const) {
        const bad = await DiskObjectStore.open(root, { fs: failing(when, code) });
        const key = when === 'link' ? 'a/new' : 'a/k';
        await assert.rejects(
          bad.put('geocrop-results', key, Buffer.from('after'), when === 'link' ? { ifNoneMatch: '*' } : {}),
          (error: unknown) => isGeoCropError(error, expected) && error.context['errno'] === code,
          when,
        );
        assert.deepEqual(await filesBelow(root), ['k'], when);
        assert.equal(Buffer.from((await good.get('geocrop-results', 'a/k')) ?? []).toString(), 'before');
      }
      await good.put('geocrop-results', 'a/k', Buffer.from('after'));
      assert.equal(Buffer.from((await good.get('geocrop-results', 'a/k')) ?? []).toString(), 'after');
    });
  });
}

test('disk: a folder that cannot be made is said at once', async () => {
  await inFolder(async (root) => {
    await assert.rejects(
      DiskObjectStore.open(join(root, 's'), { fs: failing('mkdir', 'EROFS') }),
      (error: unknown) => isGeoCropError(error, 'store-unavailable'),
    );
  });
});

test('disk: a writer killed in the middle leaves nothing that is read or listed', async () => {
  await inFolder(async (root) => {
    const before = await DiskObjectStore.open(root);
    await before.put('geocrop-results', 'b', Buffer.from('kept'));
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL('disk-store-child.js', import.meta.url)), root],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    await once(child.stdout, 'data');
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    assert.equal((await filesBelow(root)).length, 2, 'the half-written file is there');

    const keys = async (store: DiskObjectStore): Promise<string[]> => {
      const out: string[] = [];
      for await (const key of store.list('geocrop-results', '')) out.push(key);
      return out;
    };
    const soon = await DiskObjectStore.open(root);
    assert.equal(await soon.get('geocrop-results', 'a/k'), undefined);
    assert.deepEqual(await keys(soon), ['b']);
    assert.equal((await filesBelow(root)).length, 2, 'too young to be swept: its writer could live');
    const later = await DiskObjectStore.open(root, { now: () => new Date(Date.now() + 2 * 3_600_000) });
    assert.deepEqual(await filesBelow(root), ['b']);
    assert.equal(
      await later.put('geocrop-results', 'a/k', Buffer.from('x'), { ifNoneMatch: '*' }),
      'written',
    );
  });
});

test('disk: what is half-written cannot be asked for by name', async () => {
  await inFolder(async (root) => {
    const store = await DiskObjectStore.open(root);
    await assert.rejects(store.get('geocrop-results', '.incoming/x'), (error: unknown) =>
      isGeoCropError(error, 'bad-request'),
    );
  });
});

test('disk: two processes of one folder see one another', async () => {
  await inFolder(async (root) => {
    const [one, two] = [await DiskObjectStore.open(root), await DiskObjectStore.open(root)];
    const answers = await Promise.all(
      [one, two, one, two].map((store, i) =>
        store.put('geocrop-results', 'k', Uint8Array.of(i), { ifNoneMatch: '*' }),
      ),
    );
    assert.deepEqual(answers.toSorted(), ['exists', 'exists', 'exists', 'written']);
    assert.deepEqual([...((await two.get('geocrop-results', 'k')) ?? [])], [answers.indexOf('written')]);
  });
});
