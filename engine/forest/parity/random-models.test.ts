import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { isGeoCropError, messageOf } from '../../errors.js';
import { readModelFile } from '../read-model.js';
import { factsOf, factsOfAll } from './forest-facts.js';
import type { ForestFacts } from './forest-facts.js';
import { holdForest, LEAVES_TOO_FAR, TOO_MANY_THRESHOLDS } from './hold-forest.js';
import type { Held } from './hold-forest.js';
import { describeModel, makeRandomModels, withoutLibraries } from './random-models.js';
import type { RandomModel, RandomModels } from './random-models.js';

/** One model alone: GEOCROP_RANDOM_MODELS="--only 3017" npm test -- random-models; more of them: "--times 10". */
const options = process.env['GEOCROP_RANDOM_MODELS']?.split(' ') ?? [];
const alone = options.includes('--only');

/** By kind of model: what its models must be like together, so that the tests cannot hold by missing what they are for. */
const KINDS: Readonly<Record<string, (all: ForestFacts) => boolean>> = {
  'xgboost multiclass': (f) => f.classes === 20 && f.columns > 150 && f.depth >= 12 && f.missingRight > 0,
  'xgboost binary': (f) => f.depth >= 10 && f.columns > 150 && f.missingLeft > 0 && f.missingRight > 0,
  'xgboost parallel trees': (f) => f.trees > 100,
  'xgboost degenerate': (f) => f.singleLeaves > 10 && f.largestLeaf > 500,
  'xgboost deep chain': (f) => f.depth > 50,
  'xgboost many thresholds': (f) => f.thresholds > 255,
  'lightgbm multiclass': (f) => f.classes === 20 && f.columns > 150 && f.depth >= 12 && f.missingRight > 0,
  'lightgbm binary': (f) => f.depth >= 12 && f.columns > 150 && f.missingLeft > 0 && f.missingRight > 0,
  'lightgbm rf': (f) => f.trees > 100,
  'lightgbm degenerate': (f) => f.singleLeaves > 10 && f.largestLeaf > 500,
  'lightgbm deep chain': (f) => f.depth > 90,
  'lightgbm many thresholds': (f) => f.thresholds > 255,
  'catboost multiclass': (f) => f.classes === 20 && f.columns > 150 && f.depth === 10 && f.missingRight > 0,
  'catboost binary': (f) => f.depth === 10 && f.columns > 150 && f.missingLeft > 0 && f.missingRight > 0,
  'catboost degenerate': (f) => f.columns > 1 && f.largestLeaf > 500,
  'catboost many thresholds': (f) => f.thresholds > 255,
  'random forest json': (f) => f.depth > 12 && f.trees > 100,
  'more thresholds than two bytes count': (f) => f.thresholds > 65_535,
  'onnx of scikit-learn': (f) => f.classes > 8 && f.depth > 12,
  'onnx of xgboost': (f) => f.trees > 100,
  'onnx of lightgbm': (f) => f.trees > 100,
  'onnx of catboost': (f) => f.trees > 50,
};

/** Models that a reader may refuse; those that it takes must be right. */
const OTHERS = 'other kinds';

/** Whether the kernel leaves a model to ONNX Runtime for a reason that is true of it; all others it runs itself. */
const isGoodReason = (why: string, facts: ForestFacts) =>
  (LEAVES_TOO_FAR.test(why) && facts.largestLeaf > 500) ||
  (TOO_MANY_THRESHOLDS.test(why) && facts.thresholds > 65_535);

/** Of a kind's models, those that the kernel runs, at least. */
const leastShare = (kind: string) => (kind === 'more thresholds than two bytes count' ? 0 : 0.75);

async function hold(model: RandomModel): Promise<Held & { facts: ForestFacts }> {
  const imported = readModelFile(model.bytes, model.file);
  if ('unsupported' in imported) throw new Error(imported.unsupported);
  const { forest } = imported;
  assert.deepEqual([forest.columns, forest.classes], [model.columns, model.classes], 'columns and classes');
  const expected = [...model.predictions].map(([by, probabilities]) => ({
    by,
    probabilities,
    // A converter rounds its trainer's thresholds before we see them; what we read ourselves decides as the trainer does.
    ...(model.file.endsWith('.onnx') && by !== "the converter's file"
      ? { mayDiffer: (row: number) => model.near[row] === 1 }
      : {}),
  }));
  const held = await holdForest(forest, model.rows, model.count, expected);
  return { ...held, facts: factsOf(forest) };
}

if (withoutLibraries === false) describe('random models of the libraries', tests);
else test('random models of the libraries', { skip: withoutLibraries }, () => undefined);

function tests(): void {
  let models: RandomModels;
  before(async () => {
    models = await makeRandomModels(options);
  });
  after(() => models.remove());

  for (const [kind, isWhatItIsFor] of Object.entries(KINDS)) {
    test(kind, async (t) => {
      const seeds = models.index.filter((entry) => entry.kind === kind).map((entry) => entry.seed);
      const complaints: string[] = [];
      const facts: ForestFacts[] = [];
      const largest = new Map<string, number>();
      const left: string[] = [];
      let [near, excused, doubtful] = [0, 0, 0];
      for (const one of seeds) {
        const model = models.load(one);
        const held = await hold(model).catch((error: unknown) => messageOf(error));
        if (typeof held === 'string') {
          complaints.push(`${held}: ${describeModel(model)}`);
          continue;
        }
        complaints.push(...held.complaints.map((what) => `${what}: ${describeModel(model)}`));
        facts.push(held.facts);
        near += model.near.reduce((sum, x) => sum + x, 0);
        excused += held.excused;
        doubtful += held.doubtful;
        for (const [pair, { largest: now }] of held.differences) {
          largest.set(pair, Math.max(largest.get(pair) ?? 0, now));
        }
        if (held.fallback === null) continue;
        left.push(held.fallback);
        if (!isGoodReason(held.fallback, held.facts)) {
          complaints.push(`the kernel does not run it: ${held.fallback}: ${describeModel(model)}`);
        }
      }
      const all = factsOfAll(facts);
      t.diagnostic(`${seeds.length} models: ${JSON.stringify(all)}`);
      t.diagnostic(
        `kernel ${seeds.length - left.length}, onnxruntime ${left.length} ${[...new Set(left)].join('; ')}`,
      );
      t.diagnostic(
        `${near} rows a rounding away from a threshold, ${excused} of them differ; ${doubtful} that float32 cannot tell`,
      );
      t.diagnostic([...largest].map(([pair, x]) => `${pair}: ${x.toPrecision(2)}`).join(', '));
      assert.equal(
        complaints.length,
        0,
        `${complaints.length} complaints:\n${complaints.slice(0, 5).join('\n')}`,
      );
      if (alone) return;
      assert.ok(isWhatItIsFor(all), JSON.stringify(all));
      assert.ok(1 - left.length / seeds.length >= leastShare(kind), left.join('; '));
    });
  }

  test(OTHERS, async (t) => {
    const complaints: string[] = [];
    const said = new Map<string, Set<string>>();
    for (const { seed } of models.index.filter(({ kind }) => kind === OTHERS)) {
      const model = models.load(seed);
      const variant = String(model.params['variant']);
      const outcome = await hold(model).catch((error: unknown) => error);
      const says = said.get(variant) ?? said.set(variant, new Set()).get(variant)!;
      if (isGeoCropError(outcome, 'model-unsupported')) says.add(outcome.message.replace(/^\S+ /, ''));
      else if (outcome instanceof Error) complaints.push(`${outcome.message}: ${describeModel(model)}`);
      else {
        const held = outcome as Held;
        const wrong = [...held.complaints];
        if (![...held.differences.values()].every(({ rows }) => rows > 0))
          wrong.push('taken, though it gives no probabilities');
        complaints.push(...wrong.map((what) => `${what}: ${describeModel(model)}`));
        says.add('taken');
      }
    }
    for (const [variant, says] of said) t.diagnostic(`${variant}: ${[...says].slice(0, 2).join('; ')}`);
    assert.equal(
      complaints.length,
      0,
      `${complaints.length} complaints:\n${complaints.slice(0, 5).join('\n')}`,
    );
    if (alone) return;
    const all = [...said.values()].flatMap((says) => [...says]);
    assert.ok(all.includes('taken') && all.some((what) => what !== 'taken'));
  });

  test('every kind that is made has a test', () => {
    assert.deepEqual(
      [...new Set(models.index.map(({ kind }) => kind))].filter(
        (kind) => kind !== OTHERS && !(kind in KINDS),
      ),
      [],
    );
  });
}
