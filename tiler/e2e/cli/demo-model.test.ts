import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import type { ParityReport } from '../../../engine/classes/parity/parity-report.js';
import { geocrop } from './geocrop-process.js';

const BUNDLE = 'models/Ensemble';
const PARITY = `${BUNDLE}/parity`;

/** The model that comes with GeoCrop, held against what XGBoost, LightGBM and CatBoost said when they had trained it. */
describe("the demo's model", () => {
  test('predicts what the libraries predicted, at their thresholds too', async () => {
    const { code, out, err } = await geocrop([
      ...['model', 'check', BUNDLE, '--json'],
      ...['--table', `${PARITY}/rows.csv`, '--expected', `${PARITY}/predictions.csv`],
    ]);
    assert.equal(code, 0, out + err);
    const report = JSON.parse(out) as ParityReport;
    const files = ['xgb.onnx', 'lgbm.onnx', 'cat.onnx'];
    assert.deepEqual(
      report.members.map(({ file, runtime }) => [file, runtime]),
      files.map((file) => [file, 'forest']),
    );
    const rows = (await readFile(`${PARITY}/rows.csv`, 'utf8')).trim().split('\n').slice(1);
    assert.ok(rows.some((row) => row.startsWith('at-thresholds-')));
    assert.deepEqual([report.table.rows, report.table.nodata], [rows.length, 0]);
    for (const subject of [...files, 'vote']) {
      const comparison = report.comparisons.find(
        ({ subject: name, against }) => name === subject && against.endsWith('predictions.csv'),
      );
      assert.ok(comparison !== undefined, subject);
      assert.deepEqual(
        [comparison.rows, comparison.different, comparison.roundings.count],
        [rows.length, 0, 0],
        subject,
      );
    }
  });

  test('states on its card what it was made of and how good it is', async () => {
    const { card, members } = JSON.parse(await readFile(`${BUNDLE}/bundle.json`, 'utf8')) as {
      card: {
        simulated: boolean;
        accuracy: number;
        alwaysTheCommonest: number;
        members: { file: string; weight: number }[];
        training: { code: { modified?: boolean } };
      };
      members: { file: string; weight: number }[];
    };
    assert.equal(card.simulated, true);
    assert.ok(card.accuracy > card.alwaysTheCommonest);
    assert.equal(card.training.code.modified, undefined, 'trained with uncommitted code');
    const weighed = ({ file, weight }: { file: string; weight: number }) => [file, weight];
    assert.deepEqual(card.members.map(weighed), members.map(weighed));
  });
});
