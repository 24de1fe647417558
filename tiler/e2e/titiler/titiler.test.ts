import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { pythonWith } from '../../../engine/encode/gdal-oracle.js';
import { describeWith } from '../real-input.js';
import { askBoth, type Answer } from './both.js';
import { answerAlike, bothServers } from './suite.js';
import { withoutTiTiler } from './titiler-process.js';

const SCRIPT = fileURLToPath(new URL('../../../../tiler/e2e/titiler/make_files.py', import.meta.url));

/** The one that is asked also what does not depend on the file. */
const APART = 'uint16-utm-nodata';

describeWith(withoutTiTiler, 'TiTiler and we, of files of every kind', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'geocrop-titiler-'));
    execFileSync(pythonWith('titiler.application, uvicorn') ?? '', [SCRIPT, folder], { stdio: 'ignore' });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const servers = bothServers(() => `file://${folder}/`);
  const names = [
    APART,
    'uint16-utm-plain',
    'uint16-utm-strips',
    'uint16-utm-stated',
    'int16-scaled',
    'float32-degrees-nan',
    'float64-degrees',
    'rgb-mercator-mask',
    'rgb-utm-jpeg',
    'rgba-degrees',
    'classes-palette',
    'classes-int8',
    'south',
    'polar',
    'uint16-cog',
  ];
  for (const name of names) {
    it(`answer alike: ${name}`, () =>
      answerAlike(servers(), {
        name,
        path: join(folder, `${name}.tif`),
        lossy: name === 'rgb-utm-jpeg',
        apart: name === APART,
      }));
  }

  it('say each in its own way that a file is not there, and how long an answer may be kept', async () => {
    const path = join(folder, `${APART}.tif`);
    const missing = await askBoth(servers(), { name: 'missing', path: `${path}.none` }, '/info');
    assert.deepEqual([missing.theirs.status, missing.ours.status], [500, 404]);
    const [theirs, ours] = [missing.theirs, missing.ours].map(
      ({ body }) => JSON.parse(Buffer.from(body).toString('utf8')) as Record<string, unknown>,
    );
    assert.deepEqual(Object.keys(theirs ?? {}), ['detail']);
    assert.equal(ours?.['code'], 'cog-missing');
    assert.equal(typeof ours?.['detail'], 'string');
    const kept = await askBoth(servers(), { name: APART, path }, '/info');
    const headers = ({ headers: some }: Answer) => [some.has('etag'), some.get('cache-control')];
    assert.deepEqual(headers(kept.theirs), [false, 'public, max-age=3600']);
    assert.deepEqual(headers(kept.ours), [true, 'public, max-age=300, must-revalidate']);
  });
});
