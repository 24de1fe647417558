import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folderBundleFiles } from '../engine/classes/bundle-files.js';
import { createClassifier, type ClassifierInput } from '../engine/classes/classifier.js';
import { loadBundle } from '../engine/classes/load-bundle.js';
import { KernelArena, runFeatures } from '../engine/kernels/testing.js';
import { FEATURE_ORDER_V1 } from '../engine/pixels/feature-order.js';
import { WORK } from './folders.js';
import { measure, timesOf } from './measure.js';
import { modelsFolder } from './models.js';
import { howToGetPython, pythonWith, runPeer } from './python.js';
import { timeRow, type BenchResult, type Row } from './report.js';
import { CROPS, featureInput, PIXELS } from './season/feature-input.js';

const MODULES = ['xgboost', 'onnxmltools'];
const RUNS = { warmUp: 1, runs: 3 };
/** onnxruntime-node and XGBoost add the same floats in another order. */
const TOLERANCE = 1e-5;

/** A tile of fields through an ensemble of trees, one thread: onnxruntime-node as we use it, XGBoost's own predict. */
export async function benchInference(): Promise<readonly BenchResult[]> {
  const tile = await tileFeatures();
  const results = [await demoModel(tile)];
  const python = pythonWith(...MODULES);
  const title = `Inference: 1,600 trees of depth 6, ${CROPS} classes, 51 features, 256² pixels, one thread`;
  if (python === null) {
    results.push({
      name: 'inference-large',
      title,
      rows: [],
      skipped: [`XGBoost: ${howToGetPython(...MODULES)}`],
    });
  } else {
    results.push({ name: 'inference-large', title, rows: await largeModel(python, tile), skipped: [] });
  }
  return results;
}

async function demoModel(tile: ClassifierInput): Promise<BenchResult> {
  const models = await modelsFolder();
  const bundle = await loadBundle(folderBundleFiles(join(models.dir, models.name)));
  const classifier = await createClassifier(bundle);
  const times = await measure(() => classifier.run(tile), RUNS);
  await classifier.close();
  return {
    name: 'inference',
    title: `Inference: the model "${bundle.name}", 256² pixels, one thread`,
    rows: [timeRow('classifier with onnxruntime-node', times, { note: models.note })],
    skipped: [],
  };
}

async function largeModel(python: string, tile: ClassifierInput): Promise<Row[]> {
  const folder = join(WORK, 'large-model');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'features.bin'), tile.features);
  await writeFile(join(folder, 'labels.bin'), featureInput().crop);
  await writeFile(join(folder, 'selected_features.json'), JSON.stringify(FEATURE_ORDER_V1));
  const { seconds } = runPeer(python, 'xgboost_predict.py', [folder]) as { seconds: number[] };
  const classifier = await createClassifier(await loadBundle(folderBundleFiles(folder)));
  const { mean } = await classifier.run(tile, { mean: true });
  await check(folder, mean ?? new Float64Array());
  const ours = await measure(() => classifier.run(tile), { ...RUNS, warmUp: 0 });
  await classifier.close();
  const xgboost = timesOf(seconds.map((s) => 1000 * s));
  return [
    timeRow('classifier with onnxruntime-node', ours),
    timeRow("XGBoost's own predict", xgboost),
    {
      what: "XGBoost's time / ours",
      value: xgboost.median / ours.median,
      unit: '×',
      budget: { atLeast: 3 },
      note: 'the kernel for trees comes next',
    },
  ];
}

async function check(folder: string, mean: Float64Array): Promise<void> {
  const bytes = await readFile(join(folder, 'probabilities.bin'));
  const theirs = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  if (mean.length !== theirs.length) throw new Error(`${mean.length} probabilities, not ${theirs.length}`);
  for (let pixel = 0; pixel < PIXELS; pixel += 1) {
    for (let id = 0; id < CROPS; id += 1) {
      const [a, b] = [mean[id * PIXELS + pixel]!, theirs[pixel * CROPS + id]!];
      if (Math.abs(a - b) > TOLERANCE) throw new Error(`pixel ${pixel}, class ${id}: ${a}, XGBoost has ${b}`);
    }
  }
}

async function tileFeatures(): Promise<ClassifierInput> {
  const arena = await KernelArena.create(160 << 20);
  const { features } = runFeatures(arena, featureInput());
  return { features, stride: PIXELS, count: PIXELS };
}
