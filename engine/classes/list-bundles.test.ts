import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { isGeoCropError } from '../errors.js';
import { folderBundleFiles } from './bundle-files.js';
import { checkBundle, reportLines } from './check-bundle.js';
import type { BundleContents } from './fixtures/fixtures.js';
import { bundleContents, memoryBundleFiles } from './fixtures/fixtures.js';
import { listBundles } from './list-bundles.js';
import { loadBundle, loadBundleTimed } from './load-bundle.js';

let dir: string;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'geocrop-bundles-'));
});
after(() => rm(dir, { recursive: true, force: true }));

async function write(folder: string, contents: BundleContents): Promise<void> {
  await mkdir(join(dir, folder), { recursive: true });
  const files = memoryBundleFiles(contents);
  for (const file of Object.keys(contents)) {
    await writeFile(join(dir, folder, file), (await files.read(file)) ?? '');
  }
}

test('bundles that load are listed beside those that do not', async () => {
  await write('trees', bundleContents('trees'));
  await write('twin', bundleContents('trees'));
  await write('scaled', bundleContents('scaled'));
  await write('broken', { 'bundle.json': [] });
  await mkdir(join(dir, 'empty'));
  await mkdir(join(dir, '.cache'));
  await writeFile(join(dir, 'README.md'), 'not a bundle');

  const listings = await listBundles(dir);
  assert.deepEqual(
    listings.map((l) => [l.folder, 'bundle' in l ? `${l.bundle.name} ${l.bundle.version}` : l.error.code]),
    [
      ['broken', 'bundle-malformed'],
      ['empty', 'bundle-missing-file'],
      ['scaled', 'scaled 1'],
      ['trees', 'trees 1'],
      ['twin', 'bundle-mismatch'],
    ],
  );
});

test('a folder gives the bundle that its bytes give anywhere else', async () => {
  await write('trees', bundleContents('trees'));
  const files = folderBundleFiles(join(dir, 'trees'));
  assert.equal(files.name, 'trees');
  assert.deepEqual(await loadBundle(files), await loadBundle(memoryBundleFiles(bundleContents('trees'))));
});

test('a models folder that is not there is said', async () => {
  await assert.rejects(listBundles(join(dir, 'nowhere')), (error) => isGeoCropError(error, 'config-invalid'));
});

test('the report of a check', async () => {
  let clock = 0;
  const contents = { ...bundleContents('scaled'), 'palette.json': { maize: '#e6c229' } };
  const now = () => (clock += 500);
  const report = await checkBundle(await loadBundleTimed(memoryBundleFiles(contents), now), now);
  assert.deepEqual(report.classes[0], { id: 0, name: 'maize', color: '#e6c229' });
  assert.deepEqual(
    report.members.map(({ file, share, classes }) => [file, share, classes.length]),
    [
      ['mlp.onnx', 1.5 / 2.2, 4],
      ['logistic.onnx', 0.7 / 2.2, 3],
    ],
  );
  assert.deepEqual(report.card, { accuracy: 0.9, trainedOn: 'make_models.py' });
  assert.deepEqual(report.selfTest, { pixels: 16_384, loadMilliseconds: 500, runMilliseconds: 500 });
  const lines = reportLines(report).join('\n');
  for (const part of [
    'scaled 1',
    'ndvi_peak',
    '0 maize #e6c229',
    'mlp.onnx',
    '90.0 %',
    '32768 a second',
    '5 × 5',
  ]) {
    assert.ok(lines.includes(part), `${part} is not in\n${lines}`);
  }
});
