import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileMember, differenceOf } from './compile-member.js';
import { expectations, fixtureBytes } from './fixtures/fixtures.js';
import type { MemberRuntime } from './member-runtime.js';
import { createOnnxRuntime } from './onnx-runtime.js';

const width = expectations.features.length;
const bytes = fixtureBytes('xgboost.onnx');

/** XGBoost's fixture on ONNX Runtime, its probabilities changed. */
async function reference(change: (p: Float32Array) => void = () => {}): Promise<MemberRuntime> {
  const ports = { file: 'xgboost.onnx', model: bytes, inputName: 'features', outputName: 'probabilities' };
  const runtime = await createOnnxRuntime(ports, width);
  return {
    ...runtime,
    run: async (batch) => {
      const probabilities = await runtime.run(batch);
      change(probabilities);
      return probabilities;
    },
  };
}

test("trees that give ONNX Runtime's answers run on the kernel", async () => {
  const plan = await compileMember(bytes, 'xgboost.onnx', await reference(), width);
  assert.equal(plan.fallback, null);
  assert.equal(plan.compiled.columns, width);
});

test('one row that differs leaves the member on ONNX Runtime, with the reason', async () => {
  const lying = await reference((p) => (p[17]! += 2e-5));
  const plan = await compileMember(bytes, 'xgboost.onnx', lying, width);
  assert.equal(plan.compiled, null);
  assert.match(plan.fallback, /probabilities differ from ONNX Runtime's by 2\.0e-5/);
});

test('a network stays on ONNX Runtime', async () => {
  const plan = await compileMember(fixtureBytes('mlp.onnx'), 'mlp.onnx', await reference(), width);
  assert.equal(plan.compiled, null);
  assert.match(plan.fallback, /MatMul/);
});

test('trees of other columns than the bundle names', async () => {
  const plan = await compileMember(bytes, 'xgboost.onnx', await reference(), width + 1);
  assert.equal(plan.compiled, null);
  assert.match(plan.fallback, new RegExp(`${width} columns, not ${width + 1}`));
});

test('another class counts where the first two are further apart than rounding', () => {
  const of = (...p: number[]) => Float32Array.from(p);
  assert.equal(differenceOf(of(0.5, 0.5), of(0.5, 0.5), 2), null);
  assert.equal(differenceOf(of(0.5000005, 0.4999995), of(0.4999995, 0.5000005), 2), null);
  assert.match(differenceOf(of(0.500004, 0.499996), of(0.499996, 0.500004), 2) ?? '', /class differs/);
  assert.match(differenceOf(of(0.5, 0.5), of(0.5, NaN), 2) ?? '', /NaN/);
  assert.match(differenceOf(of(0.5, 0.5), of(1), 2) ?? '', /1 probabilities, not 2/);
});
