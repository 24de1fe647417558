import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  cardedContents,
  libraryLines,
  predictionsOf,
  tableOf,
} from '../../../engine/classes/parity/testing.js';
import { expectations } from '../../../engine/classes/fixtures/fixtures.js';
import type { ParityReport } from '../../../engine/classes/parity/parity-report.js';
import { geocrop } from './geocrop-process.js';

/** The built command over a bundle, a table and the predictions of XGBoost and scikit-learn. */
describe('geocrop model check', () => {
  let folder: string;
  const path = (name: string) => join(folder, name);
  const check = (...args: string[]) => geocrop(['model', 'check', ...args]);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'geocrop-check-'));
    await mkdir(path('bundle'));
    for (const [file, content] of Object.entries(cardedContents('trees'))) {
      await writeFile(
        join(folder, 'bundle', file),
        content instanceof Uint8Array ? content : JSON.stringify(content),
      );
    }
    const lines = libraryLines('trees');
    const tampered = lines.map((line) =>
      line.row === 17 && line.member === 'vote'
        ? { ...line, probabilities: [...line.probabilities].reverse() }
        : line,
    );
    await writeFile(path('rows.csv'), tableOf(expectations.rows));
    await writeFile(path('other.csv'), tableOf(expectations.rows, '1111'));
    await writeFile(path('predictions.csv'), predictionsOf(lines));
    await writeFile(path('tampered.csv'), predictionsOf(tampered));
  });
  after(() => rm(folder, { recursive: true }));

  test('passes what the libraries said', async () => {
    const { code, out, err } = await check(path('bundle'), '--table', path('rows.csv'), '--expected', path('predictions.csv')); // prettier-ignore
    assert.equal(code, 0, out + err);
    assert.equal(err, '');
    assert.match(out, /member +xgboost\.onnx: served by the forest kernel$/m);
    assert.match(out, /forest\.onnx against .*predictions\.csv: 48 rows, largest difference \d\.\de-\d+, 0 labels flipped, 0 rows beyond the limit$/m); // prettier-ignore
    assert.match(out, /vote against onnxruntime-node: 48 rows/);
    assert.match(out, /^same {7}within 0\.00001/m);
  });

  test('finds a tampered label and leaves with 1', async () => {
    const { code, out } = await check(path('bundle'), '--table', path('rows.csv'), '--expected', path('tampered.csv')); // prettier-ignore
    assert.equal(code, 1);
    assert.match(out, /vote against .*tampered\.csv: .* 1 label flipped, 1 row beyond the limit {2}✗/);
    assert.match(out, /flips: row 17 \(line 19\): \w+ 0\.\d+ \(\w+ .*\), theirs \w+ 0\.\d+/);
    assert.match(out, /^different/m);
  });

  test('says it to machines too', async () => {
    const { code, out } = await check(path('bundle'), '--table', path('rows.csv'), '--expected', path('tampered.csv'), '--json'); // prettier-ignore
    assert.equal(code, 1);
    const report = JSON.parse(out) as ParityReport;
    assert.equal(report.passed, false);
    const failed = report.comparisons.filter(({ passed }) => !passed);
    assert.deepEqual(
      failed.map(({ subject, flips }) => [subject, flips.shown.map(({ row }) => row)]),
      [['vote', [17]]],
    );
  });

  test('needs no predictions', async () => {
    const { code, out } = await check(path('bundle'), '--table', path('rows.csv'));
    assert.equal(code, 0);
    assert.doesNotMatch(out, /predictions\.csv/);
  });

  test('refuses a table of another pixels recipe', async () => {
    const { code, out, err } = await check(path('bundle'), '--table', path('other.csv'));
    assert.deepEqual([code, out], [1, '']);
    assert.match(err, /other\.csv, line 2: is of pixels recipe "1111", but the model was trained on/);
    assert.match(err, /Sample the points again/);
  });

  test('says which file cannot be read', async () => {
    const { code, err } = await check(path('bundle'), '--table', path('nowhere.csv'));
    assert.equal(code, 2);
    assert.match(err, /nowhere\.csv cannot be read/);
  });

  test('checks bundles as JSON', async () => {
    const { code, out } = await check(path('bundle'), '--json');
    assert.equal(code, 0);
    const [report] = JSON.parse(out) as { usable: boolean; name: string; members: { runtime: string }[] }[];
    assert.deepEqual([report!.usable, report!.name], [true, 'trees']);
    assert.deepEqual(
      report!.members.map(({ runtime }) => runtime),
      ['forest', 'forest'],
    );
  });
});

/** The demo's ensemble with the predictions that XGBoost, LightGBM and CatBoost made when they trained it. */
test("the demo's model says what its trainers say", async () => {
  const folder = 'models/Ensemble';
  const { code, out, err } = await geocrop([
    'model',
    'check',
    folder,
    ...['--table', `${folder}/parity/rows.csv`, '--expected', `${folder}/parity/predictions.csv`, '--json'],
  ]);
  assert.equal(code, 0, out + err);
  const { members, comparisons, table, warnings } = JSON.parse(out) as ParityReport;
  assert.deepEqual(warnings, []);
  assert.equal(members.length, 3);
  for (const { file, runtime, why } of members) assert.equal(runtime, 'forest', `${file}: ${why}`);
  assert.equal(comparisons.length, 2 * (members.length + 1));
  for (const { subject, rows, roundings } of comparisons) {
    assert.deepEqual([rows, roundings.count], [table.rows - table.nodata, 0], subject);
  }
});
