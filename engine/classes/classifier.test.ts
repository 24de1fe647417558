import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';

import { isGeoCropError } from '../errors.js';
import { FEATURE_ORDER_V1 } from '../pixels/feature-order.js';
import type { BundleContents } from './fixtures/fixtures.js';
import {
  bundleContents,
  columnsOf,
  expectations,
  featureIndex,
  memoryBundleFiles,
} from './fixtures/fixtures.js';
import type { ClassifierInput } from './classifier.js';
import { createClassifier } from './classifier.js';
import { loadBundle } from './load-bundle.js';
import { trialRows } from './onnx-member.js';

const open = async (contents: BundleContents) =>
  createClassifier(await loadBundle(memoryBundleFiles(contents)));
const { rows, classes } = expectations;

/** Float32 rounding through exp and sums of some tens of terms, between two versions and builds of ONNX Runtime. */
const TOLERANCE = 1e-6;

function assertClose(actual: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((x, i) =>
    assert.ok(Math.abs(actual[i]! - x) <= tolerance, `${i}: ${actual[i]} is not ${x}`),
  );
}

/** Row-major [n][classes] as class-major. */
const classMajor = (table: readonly (readonly number[])[]) =>
  classes.flatMap((_, c) => table.map((row) => row[c]!));

describe("probabilities are Python's", () => {
  for (const [file, member] of Object.entries(expectations.members)) {
    test(file, async () => {
      const contents = bundleContents(member.scaled ? 'scaled' : 'trees', [file]);
      const classifier = await open({ ...contents, 'label_encoder.json': { classes: member.classes } });
      const { mean } = await classifier.run(columnsOf(rows), { mean: true });
      await classifier.close();
      const byClass = (table: readonly (readonly number[])[]) =>
        member.classes.flatMap((_, c) => table.map((row) => row[c]!));
      assertClose(mean!, byClass(member.onnxruntime), TOLERANCE);
      assertClose(mean!, byClass(member.library), 1e-5);
    });
  }
});

describe("the vote is numpy's", () => {
  for (const ensemble of ['trees', 'scaled'] as const) {
    test(`${ensemble}: two members, other class orders and weights`, async () => {
      const classifier = await open(bundleContents(ensemble));
      const result = await classifier.run(columnsOf(rows), { mean: true });
      await classifier.close();
      const expected = expectations.ensembles[ensemble];
      assertClose(result.mean!, classMajor(expected.mean), TOLERANCE);
      assert.deepEqual(Array.from(result.classes), expected.classes);
      assert.deepEqual(Array.from(result.percent), classMajor(expected.percent));
    });
  }
});

/** A made-up tile: plain values around the fixture's rows, so that all classes occur. */
function tile(count: number): ClassifierInput {
  const noise = trialRows(count, 1);
  return columnsOf(
    Array.from({ length: count }, (_, i) => {
      const row = rows[i % rows.length]!;
      return row.map((x) => x * (1 + 0.02 * Math.sin(i + (noise[i] ?? 0))));
    }),
  );
}

/** The pixels of `input` at `pixels`, as an input of its own. */
function pick(input: ClassifierInput, pixels: readonly number[]): ClassifierInput {
  const count = pixels.length;
  const features = new Float32Array(FEATURE_ORDER_V1.length * count);
  for (let f = 0; f < FEATURE_ORDER_V1.length; f++) {
    pixels.forEach((pixel, i) => (features[f * count + i] = input.features[f * input.stride + pixel]!));
  }
  return { features, stride: count, count };
}

describe('a pixel depends on itself only', () => {
  for (const ensemble of ['trees', 'scaled'] as const) {
    test(`${ensemble}: every cut and order gives the same bits`, async () => {
      const count = 1500;
      const input = tile(count);
      const classifier = await open(bundleContents(ensemble));
      const whole = await classifier.run(input, { mean: true });
      assert.deepEqual([...new Set(whole.classes)].sort(), [0, 1, 2, 3]);
      const all = Array.from({ length: count }, (_, i) => i);
      const cuts = [
        ...[0, 1, 255, 256, 777, 1499].map((i) => [i]),
        all.slice(3, 5),
        all.slice(10, 27),
        all.slice(100, 357),
        all.toReversed(),
        all.filter((i) => i % 3 === 1),
      ];
      for (const pixels of cuts) {
        const part = await classifier.run(pick(input, pixels), { mean: true });
        pixels.forEach((pixel, i) => {
          assert.equal(part.classes[i], whole.classes[pixel]);
          classes.forEach((_, c) => {
            assert.equal(part.mean![c * pixels.length + i], whole.mean![c * count + pixel]);
            assert.equal(part.percent[c * pixels.length + i], whole.percent[c * count + pixel]);
          });
        });
      }
      await classifier.close();
    });
  }

  test('workers that run at once give the bits of the main thread', async () => {
    const bundle = await loadBundle(memoryBundleFiles(bundleContents('scaled')));
    const input = tile(600);
    const classifier = await createClassifier(bundle);
    const here = await classifier.run(input, { mean: true });
    await classifier.close();
    const there = Array.from({ length: 2 }, () => {
      const worker = new Worker(new URL('./fixtures/classify-worker.js', import.meta.url), {
        workerData: { bundle, input },
      });
      return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    });
    for (const result of await Promise.all(there)) assert.deepEqual(result, here);
  });

  test('calls that overlap do not disturb each other', async () => {
    const classifier = await open(bundleContents('scaled'));
    const inputs = [tile(700), pick(tile(700), [5, 6, 7]), tile(300)];
    const alone = [];
    for (const input of inputs) alone.push(await classifier.run(input));
    assert.deepEqual(await Promise.all(inputs.map((input) => classifier.run(input))), alone);
    await classifier.close();
  });
});

describe('nodata', () => {
  test('NaN in a feature of the model, or fewer than 3 observations', async () => {
    const classifier = await open(bundleContents('trees'));
    const input = columnsOf(rows.slice(0, 5));
    const whole = await classifier.run(input);
    const at = (name: string) => featureIndex(name) * input.stride;
    input.features[at('ndvi_sos') + 1] = NaN;
    input.features[at('blue_median') + 3] = NaN; // not a feature of this model
    const observations = Uint8Array.of(3, 40, 2, 255, 0);
    const result = await classifier.run({ ...input, observations }, { mean: true });
    assert.deepEqual(Array.from(result.classes), [whole.classes[0], 255, 255, whole.classes[3], 255]);
    classes.forEach((_, c) => {
      const percent = Array.from(result.percent.subarray(5 * c, 5 * c + 5));
      assert.deepEqual(percent, [whole.percent[5 * c], 255, 255, whole.percent[5 * c + 3], 255]);
      assert.ok(Number.isNaN(result.mean![5 * c + 1]));
    });
    await classifier.close();
  });

  test('nothing but nodata, and nothing at all', async () => {
    const classifier = await open(bundleContents('trees'));
    const features = new Float32Array(FEATURE_ORDER_V1.length * 4).fill(NaN);
    assert.deepEqual(
      Array.from((await classifier.run({ features, stride: 4, count: 3 })).classes),
      [255, 255, 255],
    );
    assert.equal((await classifier.run({ features, stride: 4, count: 0 })).classes.length, 0);
    await classifier.close();
  });
});

describe('dw_class', () => {
  const contents = () => {
    const features = [...expectations.features];
    features[2] = 'dw_class';
    return { ...bundleContents('trees'), 'selected_features.json': features };
  };

  test('is the column that is given', async () => {
    const [plain, classifier] = [await open(bundleContents('trees')), await open(contents())];
    const dwClass = Int8Array.from(rows, (_, i) => (i % 10) - 1);
    const asFeature = rows.map((row, i) => row.with(2, dwClass[i]!));
    const expected = await plain.run(columnsOf(asFeature), { mean: true });
    assert.deepEqual(await classifier.run({ ...columnsOf(rows), dwClass }, { mean: true }), expected);
    await Promise.all([plain.close(), classifier.close()]);
  });

  test('may not be left out', async () => {
    const classifier = await open(contents());
    await assert.rejects(classifier.run(columnsOf(rows)), (error) =>
      isGeoCropError(error, 'inference-failed'),
    );
    await classifier.close();
  });
});

test('lengths that contradict each other are refused', async () => {
  const classifier = await open(bundleContents('trees'));
  const features = new Float32Array(FEATURE_ORDER_V1.length * 4);
  await assert.rejects(classifier.run({ features, stride: 4, count: 5 }), /stride 4/);
  await assert.rejects(classifier.run({ features, stride: 5, count: 5 }), /expected 255/);
  const observations = new Uint8Array(3);
  await assert.rejects(
    classifier.run({ features, stride: 4, count: 4, observations }),
    /observations: got 3/,
  );
  await classifier.close();
});

test('a model that gives no number fails as such', async () => {
  const bundle = await loadBundle(memoryBundleFiles(bundleContents('trees', ['xgboost.onnx'])));
  const classifier = await createClassifier(bundle, async () => ({
    run: async ({ count }) => new Float32Array(4 * count).fill(NaN),
    close: async () => {},
  }));
  await assert.rejects(classifier.run(columnsOf(rows)), (error) => isGeoCropError(error, 'inference-failed'));
});
