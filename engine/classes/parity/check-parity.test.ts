import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isGeoCropError } from '../../errors.js';
import type { Bundle } from '../bundle.js';
import { expectations, memoryBundleFiles } from '../fixtures/fixtures.js';
import { loadBundle } from '../load-bundle.js';
import { createOnnxRuntime } from '../onnx-runtime.js';
import type { ParityOptions } from './check-parity.js';
import { checkParity } from './check-parity.js';
import { steppedFloat32 } from './float32-steps.js';
import type { Line } from './testing.js';
import { cardedContents, libraryLines, predictionsOf, RECIPE, tableOf, textOf } from './testing.js';
import { runByClass, weightedMean } from './member-predictions.js';
import { memberThresholds } from './member-thresholds.js';
import type { ComparisonReport, ParityReport } from './parity-report.js';
import { parityLines } from './parity-lines.js';
import type { openServedMember } from './served-member.js';

const { rows, classes, features } = expectations;

const bundleOf = (ensemble: 'trees' | 'scaled', recipe: string | null = RECIPE): Promise<Bundle> =>
  loadBundle(memoryBundleFiles(cardedContents(ensemble, recipe)));

const trees = await bundleOf('trees');

interface Given extends ParityOptions {
  readonly bundle?: Bundle;
  readonly table?: string;
  /** Lines, or the file's text; null: none. */
  readonly expected?: readonly Line[] | string | null;
}

async function check(given: Given = {}): Promise<ParityReport> {
  const { bundle = trees, table = tableOf(rows), expected = libraryLines('trees'), ...options } = given;
  const text = typeof expected === 'string' || expected === null ? expected : predictionsOf(expected);
  return checkParity(
    {
      bundle,
      table: textOf('rows.csv', table),
      expected: text === null ? null : textOf('predictions.csv', text),
    },
    options,
  );
}

function comparison(report: ParityReport, subject: string, against = 'predictions.csv'): ComparisonReport {
  const found = report.comparisons.find((one) => one.subject === subject && one.against === against);
  assert.ok(found, `${subject} against ${against}`);
  return found;
}

const failing = ({ comparisons }: ParityReport) =>
  comparisons.filter(({ passed }) => !passed).map(({ subject, against }) => `${subject} / ${against}`);

const changed = (row: number, member: string, change: (p: number[]) => void): Line[] =>
  libraryLines('trees').map((line) => {
    if (line.row !== row || line.member !== member) return line;
    const probabilities = line.probabilities.map((p) => p ?? 0);
    change(probabilities);
    return { ...line, probabilities };
  });

describe('the parity gate', () => {
  test("passes what the trainers' libraries said", async () => {
    for (const ensemble of ['trees', 'scaled'] as const) {
      const report = await check({ bundle: await bundleOf(ensemble), expected: libraryLines(ensemble) });
      assert.deepEqual(failing(report), []);
      assert.equal(report.passed, true);
      assert.deepEqual(report.warnings, []);
      assert.deepEqual(report.table, { file: 'rows.csv', rows: rows.length, nodata: 0 });
      for (const one of report.comparisons) {
        assert.equal(one.rows, rows.length);
        assert.deepEqual([one.flips.count, one.different, one.roundings.count], [0, 0, 0]);
      }
      const float64 = ensemble === 'trees' ? 'forest.onnx' : 'logistic.onnx';
      assert.ok(comparison(report, float64).largest!.difference > 0, 'float32 is not float64');
      assert.equal(comparison(report, 'vote', 'onnxruntime-node').rows, rows.length);
    }
  });

  test('finds a label that flips, and says where', async () => {
    const [row, member] = [17, 'forest.onnx'];
    const report = await check({ expected: changed(row, member, (p) => p.reverse()) });
    assert.deepEqual(failing(report), ['forest.onnx / predictions.csv']);
    assert.equal(report.passed, false);
    const { flips, different, largest } = comparison(report, member);
    assert.deepEqual([flips.count, flips.ties, different], [1, 0, 1]);
    const [shown] = flips.shown;
    assert.deepEqual([shown!.row, shown!.line], [row, row + 2]);
    assert.deepEqual(largest, shown);
    const own = libraryLines('trees').find((line) => line.row === row && line.member === member)!.probabilities; // prettier-ignore
    const label = classes[own.indexOf(Math.max(...own.map((p) => p ?? 0)))]!;
    assert.equal(shown!.ours.label, label);
    assert.equal(shown!.theirs.label, classes[classes.length - 1 - classes.indexOf(label)]);
    assert.ok(
      Math.abs(shown!.theirs.probability - shown!.ours.probability) < 1e-6,
      'the same numbers, elsewhere',
    );
  });

  test('finds a vote that is no weighted mean', async () => {
    const report = await check({ expected: changed(3, 'vote', (p) => p.reverse()) });
    assert.deepEqual(failing(report), ['vote / predictions.csv']);
  });

  test('finds a small difference without a flip', async () => {
    const nudge = (by: number) => changed(5, 'xgboost.onnx', (p) => (p[0]! += by));
    const report = await check({ expected: nudge(3e-5) });
    assert.deepEqual(failing(report), ['xgboost.onnx / predictions.csv']);
    const { largest, different, flips } = comparison(report, 'xgboost.onnx');
    assert.deepEqual([largest!.row, largest!.class, different, flips.count], [5, classes[0], 1, 0]);
    assert.ok(Math.abs(largest!.difference - 3e-5) < 1e-6);
    assert.equal((await check({ expected: nudge(5e-6) })).passed, true);
  });

  test('holds the served runtime against onnxruntime-node without a file', async () => {
    const same = await check({ expected: null, openServed: served((p) => p) });
    assert.equal(same.passed, true);
    assert.deepEqual(
      same.comparisons.map(({ subject, against }) => `${subject} / ${against}`),
      ['xgboost.onnx / onnxruntime-node', 'forest.onnx / onnxruntime-node', 'vote / onnxruntime-node'],
    );
    const other = await check({
      expected: null,
      openServed: served((p, file) => (file === 'forest.onnx' ? p.map((x) => x + 2e-5) : p)),
    });
    assert.deepEqual(failing(other), ['forest.onnx / onnxruntime-node']);
    assert.equal(comparison(other, 'forest.onnx', 'onnxruntime-node').different, rows.length);
  });

  test('says which runtime serves a member and why', async () => {
    const { members } = await check({ expected: null, openServed: served((p) => p) });
    assert.deepEqual(members, [
      { file: 'xgboost.onnx', runtime: 'forest', why: null },
      { file: 'forest.onnx', runtime: 'forest', why: null },
    ]);
    const scaled = await check({ bundle: await bundleOf('scaled'), expected: libraryLines('scaled') });
    for (const { file, runtime, why } of scaled.members) {
      assert.equal(runtime, 'onnxruntime-node', file);
      assert.ok(why, file);
      // Nothing to compare: it is the reference itself.
      assert.ok(!scaled.comparisons.some((one) => one.subject === file && one.against === runtime));
    }
  });

  test('leaves out rows without features', async () => {
    const some = rows.map((row, i) => (i % 4 === 1 ? null : row));
    const lines = libraryLines('trees').filter(({ row }) => row % 8 !== 1);
    const report = await check({ table: tableOf(some), expected: lines });
    assert.equal(report.passed, true);
    assert.deepEqual([report.table.rows, report.table.nodata], [rows.length, rows.length / 4]);
    assert.equal(comparison(report, 'vote').rows, (3 * rows.length) / 4);
  });

  test('does not pass a table without features', async () => {
    const report = await check({ table: tableOf([null, null]), expected: predictionsOf([]) });
    assert.equal(report.passed, false);
    assert.match(report.warnings.join(), /rows\.csv has no row with features/);
    const lines = parityLines(report);
    assert.match(lines.at(-1)!, /^nothing +was compared$/);
    assert.doesNotMatch(lines.join('\n'), /against/);
  });

  test('takes tables longer than what it holds, lines grouped by member or by row', async () => {
    const times = 100;
    const many = Array.from({ length: times }, () => rows).flat();
    const lines = Array.from({ length: times }, (_, copy) =>
      libraryLines('trees').map((line) => ({ ...line, row: line.row + copy * rows.length })),
    ).flat();
    const members = [...new Set(lines.map(({ member }) => member))].reverse();
    const grouped = members.flatMap((member) => lines.filter((line) => line.member === member));
    const seen: number[] = [];
    for (const expected of [lines, grouped]) {
      const report = await check({ table: tableOf(many), expected, onRows: (count) => seen.push(count) });
      assert.equal(report.passed, true);
      assert.equal(comparison(report, 'vote').rows, many.length);
    }
    assert.ok(seen.length > 2 && seen.at(-1) === many.length, String(seen));
  });

  test('stops when nobody waits', async () => {
    await assert.rejects(check({ signal: AbortSignal.abort() }), { name: 'AbortError' });
  });

  test('warns where the card does not say the recipe', async () => {
    const { warnings, passed } = await check({ bundle: await bundleOf('trees', null) });
    assert.equal(passed, true);
    assert.match(warnings.join(), /pixelsRecipe/);
  });
});

/** A member as a runtime of ours would serve it, with something done to its probabilities. */
function served(change: (p: Float32Array, file: string) => Float32Array): typeof openServedMember {
  return async (member, width) => {
    const runtime = await createOnnxRuntime(member, width);
    return {
      runtime: {
        ...runtime,
        run: async (batch) => change(await runtime.run(batch), member.file),
      },
      runs: { runtime: 'forest', why: null },
    };
  };
}

describe('a rounding away from a threshold', () => {
  /** Row 0 with a feature on a threshold of XGBoost's where one step up changes its probabilities. */
  async function atThreshold() {
    const member = trees.members[0]!;
    const thresholds = memberThresholds(member);
    for (const [column, own] of thresholds.entries()) {
      for (const threshold of own) {
        const row = [...rows[0]!];
        row[column] = threshold;
        const moved = [...row];
        moved[column] = steppedFloat32(threshold, 1);
        const [before, after] = [await predict(row), await predict(moved)];
        const apart = Math.max(...before[0]!.map((p, c) => Math.abs(p - after[0]![c]!)));
        if (apart > 1e-3) return { row, moved, column, threshold, after };
      }
    }
    throw new Error('no threshold matters to the first row');
  }

  /** By member in the bundle's order, and the vote. */
  async function predict(row: readonly number[]): Promise<Float64Array[]> {
    const values = Float32Array.from(row);
    const members: Float64Array[] = [];
    for (const member of trees.members) {
      const runtime = await createOnnxRuntime(member, features.length);
      members.push(await runByClass(runtime, member, values, 1));
      await runtime.close();
    }
    return [...members, weightedMean(members, trees.members.map(({ weight }) => weight))]; // prettier-ignore
  }

  const linesFor = (predictions: readonly Float64Array[]): Line[] =>
    ['xgboost.onnx', 'forest.onnx', 'vote'].map((member, m) => ({
      row: 0,
      member,
      probabilities: [...predictions[m]!],
    }));

  test('is told apart from a difference, and shown', async () => {
    const { row, moved, column, threshold, after } = await atThreshold();
    const report = await check({ table: tableOf([row]), expected: linesFor(after) });
    assert.equal(report.passed, true, JSON.stringify(report, null, 2));
    for (const subject of ['xgboost.onnx', 'vote']) {
      const { roundings, largest, different } = comparison(report, subject);
      assert.equal(roundings.count, 1);
      assert.ok(roundings.largest > 1e-5);
      assert.deepEqual([largest, different], [null, 0]);
      assert.deepEqual(roundings.shown[0]!.moves, [
        { feature: features[column], value: row[column], moved: moved[column], threshold },
      ]);
    }
    const lines = parityLines(report).join('\n');
    assert.match(lines, /set apart: 1 row, /);
    assert.ok(lines.includes(`with ${features[column]} ${moved[column]} for ${row[column]} (threshold ${threshold})`)); // prettier-ignore
    assert.match(lines, /^same /m);
  });

  test('excuses nothing that it does not explain', async () => {
    const { row, after } = await atThreshold();
    const [own, ...others] = after;
    const tampered = own!.map((p, c) => (c === 0 ? p + 1e-3 : p));
    const report = await check({ table: tableOf([row]), expected: linesFor([tampered, ...others]) });
    assert.equal(comparison(report, 'xgboost.onnx').roundings.count, 0);
    assert.deepEqual(failing(report), ['xgboost.onnx / predictions.csv', 'vote / predictions.csv']);
  });
});

describe('what does not fit is refused', () => {
  const lines = libraryLines('trees');
  const good = predictionsOf(lines);
  const cases: readonly (readonly [what: string, given: Given, code: string, says: RegExp])[] = [
    ['another recipe', { table: tableOf(rows, '1111') }, 'model-mismatch', /^rows\.csv, line 2: is of pixels recipe "1111", but .* "00000000deadbeef"/], // prettier-ignore
    ['a table without a feature', { table: tableOf(rows).replace('ndvi_peak', 'ndvi_peek') }, 'model-mismatch', /^rows\.csv, line 1: has no column "ndvi_peak"/], // prettier-ignore
    ['a table without the recipe', { table: tableOf(rows).replace('recipe', 'recipes') }, 'model-mismatch', /no column "recipe"/], // prettier-ignore
    ['an empty table', { table: '' }, 'model-malformed', /not even a header/],
    ['a word for a number', { table: tableOf([rows[0]!, ['x', ...rows[1]!.slice(1)] as unknown as number[]]) }, 'model-malformed', /^rows\.csv, line 3: "ndvi_peak" is "x"/], // prettier-ignore
    ['a short row', { table: tableOf(rows.map((row, i) => (i === 4 ? row.slice(1) : row))) }, 'model-malformed', /^rows\.csv, line 6: has 14 fields, but the header has 15/], // prettier-ignore
    ['a missing line', { expected: lines.filter(({ row, member }) => row !== 7 || member !== 'vote') }, 'model-mismatch', /^predictions\.csv: has no line for row 7 \(line 9 of the table\) and vote/], // prettier-ignore
    ['a missing member', { expected: lines.filter(({ member }) => member !== 'forest.onnx') }, 'model-mismatch', /no line for row 0 .* and forest\.onnx/], // prettier-ignore
    ['an unknown member', { expected: [{ ...lines[0]!, member: 'cat.onnx' }, ...lines] }, 'model-mismatch', /^predictions\.csv, line 2: is for the member "cat\.onnx"/], // prettier-ignore
    ['a row too many', { expected: [...lines, { ...lines[0]!, row: 48 }] }, 'model-mismatch', /^predictions\.csv, line 146: is for row 48, but the table has 48 rows/], // prettier-ignore
    ['a row twice', { expected: [...lines.slice(0, 3), ...lines] }, 'model-malformed', /^predictions\.csv, line 5: row 0 of xgboost\.onnx comes after its row 0/], // prettier-ignore
    ['a row that is none', { expected: good.replace('\n0,', '\n-1,') }, 'model-malformed', /line 2: "-1" is no row/], // prettier-ignore
    ['an unknown class', { expected: good.replace('maize', 'millet') }, 'model-mismatch', /^predictions\.csv, line 1: lacks the classes "maize" and has "millet"/], // prettier-ignore
    ['other columns', { expected: good.replace('row,member', 'id,member') }, 'model-mismatch', /line 1: begins with "id", "member"/], // prettier-ignore
    ['an empty probability', { expected: changed(1, 'vote', () => undefined).map((line) => line.row === 1 && line.member === 'vote' ? { ...line, probabilities: [undefined, 1, 0, 0] } : line) }, 'model-malformed', /line 7: the probability of "maize" is ""/], // prettier-ignore
    ['an empty file of predictions', { expected: '' }, 'model-malformed', /^predictions\.csv: is empty/],
  ];
  for (const [what, given, code, says] of cases) {
    test(what, async () => {
      await assert.rejects(check(given), (error: unknown) => {
        assert.ok(isGeoCropError(error), String(error));
        assert.equal(error.code, code, error.message);
        assert.match(error.message, says);
        return true;
      });
    });
  }

  test('a class that a member lacks', async () => {
    const scaled = libraryLines('scaled');
    const lacking = scaled.findIndex(({ probabilities }) => probabilities.includes(undefined));
    const expected = scaled.map((line, i) =>
      i === lacking ? { ...line, probabilities: line.probabilities.map((p) => p ?? 0.1) } : line,
    );
    await assert.rejects(check({ bundle: await bundleOf('scaled'), expected }), /does not have that class/);
  });
});
