import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { whole, type ComparedFile } from './both.js';
import { cogTestServer, type CogTestServer } from './cog-server.js';
import { compareFile, type Servers } from './compare-file.js';
import { startTiTiler, type TiTilerProcess } from './titiler-process.js';

/** Both servers, while the tests of a suite run. @param allow as GEOCROP_COG_ALLOW, known once the suite has begun */
export function bothServers(allow: () => string): () => Servers {
  let titiler: TiTilerProcess | undefined;
  let own: CogTestServer | undefined;
  before(async () => {
    titiler = await startTiTiler();
    own = cogTestServer(allow());
  });
  after(async () => {
    await Promise.all([titiler?.stop(), own?.close()]);
  });
  return () => ({
    titiler: async (path) => whole(await fetch(`${titiler?.url}${path}`)),
    ours: async (path) => {
      assert.ok(own);
      return whole(await own.get(path));
    },
  });
}

/** @param lossy its blocks are JPEG or lossy WebP */
export async function answerAlike(servers: Servers, file: ComparedFile, lossy = false): Promise<void> {
  const { asked, unexplained } = await compareFile(servers, file, lossy);
  assert.deepEqual(unexplained, [], `${unexplained.length} of ${asked} answers about ${file.name}`);
}
