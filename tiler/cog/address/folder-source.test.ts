import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { inTemporaryFolder } from '../../../engine/encode/gdal-oracle.js';
import { isGeoCropError, type ErrorCode } from '../../../engine/errors.js';
import { openFolderSource } from './folder-source.js';

const refused = (code: ErrorCode) => (error: unknown) => isGeoCropError(error, code);

/** An allowed folder beside one with a secret. */
async function stage(
  use: (at: { root: string; open: string; source: ReturnType<typeof openFolderSource> }) => Promise<void>,
) {
  await inTemporaryFolder(async (root) => {
    const open = join(root, 'open');
    mkdirSync(join(open, 'deep'), { recursive: true });
    mkdirSync(join(root, 'secret'));
    writeFileSync(join(root, 'secret', 'key'), 'a secret');
    writeFileSync(join(open, 'a.tif'), 'first bytes');
    await use({ root, open, source: openFolderSource([open]) });
  });
}

const identify = (source: ReturnType<typeof openFolderSource>, open: string, name: string) =>
  source.identify({ kind: 'file', path: join(open, name), folder: open });

describe('files of a folder', () => {
  it('are read, and are others once they were replaced', () =>
    stage(async ({ open, source }) => {
      const { href } = await identify(source, open, 'a.tif');
      assert.deepEqual(Buffer.from(await source.read(href, 0, 5)).toString(), 'first');
      writeFileSync(join(open, 'b.tif'), 'other bytes');
      renameSync(join(open, 'b.tif'), join(open, 'a.tif'));
      await assert.rejects(source.read(href, 0, 5), refused('source-unavailable'));
      assert.notEqual((await identify(source, open, 'a.tif')).href, href);
    }));

  it('are others also where they were written over in place, as long as before, and given their old time again', () =>
    stage(async ({ open, source }) => {
      const path = join(open, 'a.tif');
      const { href } = await identify(source, open, 'a.tif');
      const { atime, mtime, ctimeMs } = statSync(path);
      // The file system's clock has to have gone on.
      while (statSync(path).ctimeMs === ctimeMs) {
        writeFileSync(path, 'other bytes');
        utimesSync(path, atime, mtime);
      }
      await assert.rejects(source.read(href, 0, 5), refused('source-unavailable'));
      assert.notEqual((await identify(source, open, 'a.tif')).href, href);
    }));

  it('may be links that stay inside', () =>
    stage(async ({ open, source }) => {
      symlinkSync(join(open, 'a.tif'), join(open, 'deep', 'link.tif'));
      const { href } = await identify(source, open, 'deep/link.tif');
      assert.equal(Buffer.from(await source.read(href, 6, 11)).toString(), 'bytes');
    }));

  it('are not read through a link that leads out, whatever it is called', () =>
    stage(async ({ root, open, source }) => {
      symlinkSync(join(root, 'secret', 'key'), join(open, 'plain.tif'));
      symlinkSync(join(root, 'secret'), join(open, 'folder'));
      symlinkSync('../../secret/key', join(open, 'deep', 'climbing.tif'));
      symlinkSync('/etc/hostname', join(open, 'absolute.tif'));
      symlinkSync('folder/key', join(open, 'twice.tif'));
      for (const name of ['plain.tif', 'folder/key', 'deep/climbing.tif', 'absolute.tif', 'twice.tif']) {
        await assert.rejects(identify(source, open, name), refused('url-forbidden'), name);
      }
    }));

  it('are not read through a link that was put there after they were identified', () =>
    stage(async ({ root, open, source }) => {
      const { href } = await identify(source, open, 'a.tif');
      rmSync(join(open, 'a.tif'));
      symlinkSync(join(root, 'secret', 'key'), join(open, 'a.tif'));
      await assert.rejects(source.read(href, 0, 5), refused('url-forbidden'));
    }));

  it('are plain files: no folder, no pipe that would be waited for, no device', () =>
    stage(async ({ open, source }) => {
      execFileSync('mkfifo', [join(open, 'pipe.tif')]);
      symlinkSync('/dev/zero', join(open, 'endless.tif'));
      for (const name of ['deep', 'pipe.tif', 'endless.tif']) {
        await assert.rejects(identify(source, open, name), refused('url-forbidden'), name);
      }
    }));

  it('are missing where they are missing', () =>
    stage(async ({ open, source }) => {
      await assert.rejects(identify(source, open, 'none.tif'), refused('cog-missing'));
      await assert.rejects(identify(source, open, 'a.tif/b.tif'), refused('cog-missing'));
    }));
});
