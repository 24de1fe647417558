import assert from 'node:assert/strict';
import { test } from 'node:test';

import { predictForest } from '../predict-forest.js';
import { below, largestDifference, runOnnx, seeded } from './fixtures/fixtures.js';
import { OPERATOR_COLUMNS, randomOperator } from './fixtures/random-operator.js';
import { writeOnnxModel } from './onnx-writer.js';
import { readOnnxForest } from './read-onnx-forest.js';
import { nextDown } from '../round-threshold.js';

const ROWS = 80;

test('random tree operators: what is taken gives what onnxruntime-node gives', async () => {
  const random = seeded(5);
  const taken = new Map<string, number>();
  for (let i = 0; i < 600; i++) {
    const { plan, thresholds } = randomOperator(random);
    const bytes = writeOnnxModel(plan);
    const model = readOnnxForest(bytes, 'random.onnx');
    if ('unsupported' in model) continue;
    const rows = Float32Array.from({ length: ROWS * OPERATOR_COLUMNS }, () => {
      const at = thresholds[below(random, thresholds.length)] ?? 0;
      return (
        [at, nextDown(at), -nextDown(-at), NaN, Infinity, -Infinity][below(random, 8)] ?? random() * 4 - 2
      );
    });
    const given = await runOnnx(bytes, rows, OPERATOR_COLUMNS);
    assert.ok(!(given instanceof Error), String(given));
    const difference = largestDifference(given, predictForest(model.forest, rows, ROWS));
    const [{ op, attributes } = { op: '', attributes: {} }] = plan.nodes;
    assert.ok(difference < 1e-6, `model ${i}: ${difference} of ${op} ${JSON.stringify(attributes)}`);
    const kind = `${op} ${model.forest.link} ${model.forest.outputs > 2 ? 'many' : 'two'}`;
    taken.set(kind, (taken.get(kind) ?? 0) + 1);
  }
  const kinds = [
    'TreeEnsemble identity many',
    'TreeEnsemble identity two',
    'TreeEnsembleClassifier identity many',
    'TreeEnsembleClassifier identity two',
    'TreeEnsembleClassifier logistic two',
    'TreeEnsembleClassifier softmax many',
    'TreeEnsembleClassifier softmax two',
    'TreeEnsembleRegressor identity many',
    'TreeEnsembleRegressor identity two',
    'TreeEnsembleRegressor softmax many',
    'TreeEnsembleRegressor softmax two',
  ];
  assert.deepEqual([...taken.keys()].sort(), kinds);
});
