import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import type { ObjectStore } from '../../../cache/object-store.js';
import { whole, type ComparedFile } from './both.js';
import { cogTestServer, type CogTestServer } from './cog-server.js';
import { compareFile, objections, type Servers } from './compare-file.js';
import { startTiTiler, type TiTilerProcess } from './titiler-process.js';

const HEADERS = {
  // TiTiler packs arrays and documents for whoever does not say this.
  'accept-encoding': 'identity',
  // After an error of its own TiTiler closes the connection, a moment after the answer: nobody must be asking on it by then.
  connection: 'close',
};

/**
 * Both servers, while the tests of a suite run.
 * @param allow as GEOCROP_COG_ALLOW @param store where ours finds s3://; both are known once the suite has begun
 */
export function bothServers(
  allow: () => string,
  store: () => ObjectStore | undefined = () => undefined,
): () => Servers {
  let titiler: TiTilerProcess | undefined;
  let own: CogTestServer | undefined;
  before(async () => {
    titiler = await startTiTiler();
    own = cogTestServer(allow(), store());
  });
  after(async () => {
    await Promise.all([titiler?.stop(), own?.close()]);
  });
  return () => ({
    titiler: async (path) => whole(await fetch(`${titiler?.url}${path}`, { headers: HEADERS })),
    ours: async (path) => {
      assert.ok(own);
      return whole(await own.get(path));
    },
  });
}

export async function answerAlike(servers: Servers, file: ComparedFile): Promise<void> {
  const report = await compareFile(servers, file);
  assert.deepEqual(objections(report), [], `${report.asked.length} questions about ${file.name}`);
}
