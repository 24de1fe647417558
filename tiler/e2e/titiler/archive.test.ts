import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { describeWith } from '../real-input.js';
import { FEATURE, makeArchive, type ArchiveFiles } from './archive-files.js';
import { answerAlike, bothServers } from './suite.js';
import { withoutTiTiler } from './titiler-process.js';

describeWith(withoutTiTiler, 'TiTiler and we, of what a server archives', () => {
  let archive: ArchiveFiles | undefined;
  before(async () => {
    archive = await makeArchive();
  });
  after(() => archive?.remove());
  const servers = bothServers(
    () => 's3://geocrop-results/archive',
    () => archive?.store,
  );
  for (const product of ['classes', 'confidence', 'observations', 'truecolor', FEATURE]) {
    it(`answer alike: ${product}`, () => {
      const file = archive?.files.get(product);
      assert.ok(file, 'it is archived');
      return answerAlike(servers(), file);
    });
  }
});
