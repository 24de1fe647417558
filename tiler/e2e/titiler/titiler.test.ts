import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { pythonWith } from '../../../engine/encode/gdal-oracle.js';
import { describeWith } from '../real-input.js';
import { answerAlike, bothServers } from './suite.js';
import { withoutTiTiler } from './titiler-process.js';

const SCRIPT = fileURLToPath(new URL('../../../../tiler/e2e/titiler/make_files.py', import.meta.url));

describeWith(withoutTiTiler, 'TiTiler and we, of files of every kind', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'geocrop-titiler-'));
    execFileSync(pythonWith('titiler.application, uvicorn') ?? '', [SCRIPT, folder], { stdio: 'ignore' });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const servers = bothServers(() => `file://${folder}/`);
  const names = [
    'uint16-utm-nodata',
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
  ];
  for (const name of names) {
    it(`answer alike: ${name}`, () =>
      answerAlike(servers(), { name, path: join(folder, `${name}.tif`) }, name.includes('jpeg')));
  }
});
