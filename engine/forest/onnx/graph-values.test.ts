import assert from 'node:assert/strict';
import { test } from 'node:test';

import { predictForest } from '../predict-forest.js';
import { below, largestDifference, runOnnx, seeded } from './fixtures/fixtures.js';
import { ML_DOMAIN } from './onnx-fields.js';
import { writeOnnxModel } from './onnx-writer.js';
import type { OnnxConstant, OnnxPlan, OnnxStep } from './onnx-writer.js';
import { readOnnxForest } from './read-onnx-forest.js';

const FLOAT = 1;
const DOUBLE = 11;

/** Two stumps, one for each of `targets` − 1 targets at most, on one column. */
function stumps(targets: number): OnnxStep {
  const ints = (...values: number[]) => Int32Array.from(values);
  const second = targets - 1;
  return {
    op: 'TreeEnsembleRegressor',
    domain: ML_DOMAIN,
    inputs: ['features'],
    outputs: ['t0'],
    attributes: {
      n_targets: targets,
      nodes_treeids: ints(0, 0, 0, 1, 1, 1),
      nodes_nodeids: ints(0, 1, 2, 0, 1, 2),
      nodes_modes: ['BRANCH_LEQ', 'LEAF', 'LEAF', 'BRANCH_LEQ', 'LEAF', 'LEAF'],
      nodes_values: Float32Array.of(0, 0, 0, 1, 0, 0),
      nodes_featureids: ints(0, 0, 0, 0, 0, 0),
      nodes_truenodeids: ints(1, 0, 0, 1, 0, 0),
      nodes_falsenodeids: ints(2, 0, 0, 2, 0, 0),
      target_treeids: ints(0, 0, 1, 1),
      target_nodeids: ints(1, 2, 1, 2),
      target_ids: ints(0, 0, second, second),
      target_weights: Float32Array.of(0.25, 0.5, -0.75, 0.375),
    },
  };
}

/** Up to five operators after stumps, each on the result of the one before, in any order. */
function randomGraph(random: () => number): OnnxPlan {
  const targets = 1 + below(random, 3);
  const constants: OnnxConstant[] = [];
  const constant = (columns: number) => {
    const length = random() < 0.5 ? 1 : columns;
    const plain = [1, 0][below(random, 4)];
    const values = Float32Array.from({ length }, () => plain ?? random() * 4 - 2);
    return constants.push({ name: `c${constants.length}`, values }) - 1;
  };
  const nodes: OnnxStep[] = [stumps(targets)];
  let columns = targets;
  const steps = 1 + below(random, 5);
  for (let step = 1; step <= steps; step++) {
    const [input, output] = [`t${step - 1}`, `t${step}`];
    const one = (op: string, attributes = {}) =>
      nodes.push({ op, inputs: [input], outputs: [output], attributes });
    const two = (op: string) => {
      const other = `c${constant(columns)}`;
      nodes.push({ op, inputs: random() < 0.5 ? [input, other] : [other, input], outputs: [output] });
    };
    const concat = () => {
      const sign = `n${step}`;
      const neg = random() < 0.5;
      if (neg) nodes.push({ op: 'Neg', inputs: [input], outputs: [sign] });
      else nodes.push({ op: 'Sub', inputs: [`c${constants.length}`, input], outputs: [sign] });
      if (!neg) constants.push({ name: `c${constants.length}`, values: Float32Array.of(1) });
      nodes.push({ op: 'Concat', inputs: [sign, input], outputs: [output], attributes: { axis: 1 } });
      columns *= 2;
    };
    const choices = [
      () => one('Identity'),
      () => one('Cast', { to: random() < 0.8 ? FLOAT : DOUBLE }),
      () => one('Softmax', random() < 0.7 ? { axis: 1 } : {}),
      () => one('Sigmoid'),
      () => one('Sigmoid'),
      () => one('Neg'),
      () => one('Abs'),
      () => two('Add'),
      () => two('Sub'),
      () => two('Mul'),
      () => two('Div'),
      concat,
      concat,
    ];
    choices[below(random, choices.length)]!();
  }
  // The result by the name of probabilities.
  nodes.push({ op: 'Identity', inputs: [`t${steps}`], outputs: ['probabilities'] });
  return {
    name: 'random',
    opsets: { '': 15, [ML_DOMAIN]: 3 },
    input: { name: 'features', columns: 1 },
    outputs: [{ name: 'probabilities', columns }],
    constants,
    nodes,
  };
}

test('operators around trees, in any order: what is taken gives what onnxruntime-node gives', async () => {
  const random = seeded(6);
  const rows = Float32Array.of(-1, 0, 0.5, 1, 2, NaN);
  const taken = new Map<string, number>();
  for (let i = 0; i < 600; i++) {
    const plan = randomGraph(random);
    const bytes = writeOnnxModel(plan);
    const model = readOnnxForest(bytes, 'random.onnx');
    if ('unsupported' in model) continue;
    const given = await runOnnx(bytes, rows, 1);
    assert.ok(!(given instanceof Error), String(given));
    const expected = predictForest(model.forest, rows, rows.length);
    const scale = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 1);
    const difference = largestDifference(given, expected) / scale;
    assert.ok(difference < 1e-6, `graph ${i}: ${difference} of ${JSON.stringify(plan.nodes.slice(1))}`);
    for (const { op } of plan.nodes.slice(1)) taken.set(op, (taken.get(op) ?? 0) + 1);
    taken.set(model.forest.link, (taken.get(model.forest.link) ?? 0) + 1);
  }
  const all = 'Add Cast Concat Div Identity Mul Neg Sigmoid Softmax Sub identity logistic softmax';
  assert.deepEqual([...taken.keys()].sort(), all.split(' '));
});

test('columns that double again and again are given up', () => {
  const double = Array.from({ length: 60 }, (_, i): OnnxStep => ({
    op: 'Concat',
    inputs: [`t${i}`, `t${i}`],
    outputs: [`t${i + 1}`],
    attributes: { axis: 1 },
  }));
  const bytes = writeOnnxModel({
    name: 'double',
    opsets: { '': 15, [ML_DOMAIN]: 3 },
    input: { name: 'features', columns: 1 },
    outputs: [{ name: 't60', columns: 2 }],
    constants: [],
    nodes: [stumps(2), ...double],
  });
  const model = readOnnxForest(bytes, 'double.onnx');
  assert.ok('unsupported' in model);
  assert.match(model.unsupported, /Concat/);
});

test('a constant may be an operator too', async () => {
  const constant: OnnxStep = {
    op: 'Constant',
    inputs: [],
    outputs: ['two'],
    attributes: { value: { tensor: Float32Array.of(2) } },
  };
  const bytes = writeOnnxModel({
    name: 'constant',
    opsets: { '': 15, [ML_DOMAIN]: 3 },
    input: { name: 'features', columns: 1 },
    outputs: [{ name: 'probabilities', columns: 2 }],
    constants: [],
    nodes: [constant, stumps(2), { op: 'Mul', inputs: ['two', 't0'], outputs: ['probabilities'] }],
  });
  const model = readOnnxForest(bytes, 'constant.onnx');
  assert.ok('forest' in model);
  const rows = Float32Array.of(-1, 3);
  const given = await runOnnx(bytes, rows, 1);
  assert.deepEqual([...(given as Float32Array)], [...predictForest(model.forest, rows, 2)]);
});
