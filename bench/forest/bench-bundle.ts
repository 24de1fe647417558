import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { folderBundleFiles } from '../../engine/classes/bundle-files.js';
import type { Bundle, BundleData } from '../../engine/classes/bundle.js';
import { createClassifier } from '../../engine/classes/classifier.js';
import { loadBundle } from '../../engine/classes/load-bundle.js';
import { createOnnxRuntime } from '../../engine/classes/onnx-runtime.js';
import { measureTogether, ratioOf } from '../measure.js';
import { modelsFolder } from '../models.js';
import { timeRow, type BenchResult } from '../report.js';
import { PIXELS } from '../season/feature-input.js';
import type { TilePart } from './tile-worker.js';
import type { Tile } from './tiles.js';

const RUNS = { warmUp: 2, runs: 15 };

/** The demo's ensemble as the server runs it, on one thread and on two that share the tile. */
export async function benchBundle(tile: Tile): Promise<BenchResult> {
  const models = await modelsFolder();
  const bundle = await loadBundle(folderBundleFiles(join(models.dir, models.name)));
  const features = shared(tile.columns);
  const part = (from: number, count: number): TilePart => ({
    bundle: dataOf(bundle),
    input: { features: features.subarray(from), stride: PIXELS, count },
  });
  const one = await startThreads([part(0, PIXELS)]);
  const two = await startThreads([part(0, PIXELS / 2), part(PIXELS / 2, PIXELS / 2)]);
  const reference = await createClassifier(bundle, createOnnxRuntime);
  try {
    const { classes } = await reference.run({ features, stride: PIXELS, count: PIXELS });
    const expected = Buffer.from(classes);
    for (const threads of [one, two]) {
      if (!Buffer.concat(await threads.run()).equals(expected)) throw new Error('threads give other classes');
    }
    const times = await measureTogether({ one: () => one.run(), two: () => two.run() }, RUNS);
    const onnx = await measureTogether(
      { onnxruntime: () => reference.run({ features, stride: PIXELS, count: PIXELS }), one: () => one.run() },
      { warmUp: 1, runs: 3 },
    );
    const ratio = ratioOf(times.two, times.one);
    return {
      name: 'forest-bundle',
      title: `The model "${bundle.name}": ${bundle.members.length} members, ${bundle.classes.length} classes, a cold tile's inference, 256² pixels`,
      rows: [
        timeRow('one thread', times.one, { budget: { atMost: 1000 }, note: models.note }),
        timeRow('two threads, half the tile each', times.two),
        { what: 'two threads / one', value: ratio, unit: '×', budget: { atMost: 0.6 } },
        timeRow('all members on onnxruntime-node, one thread', onnx.onnxruntime),
        { what: 'onnxruntime-node / ours', value: ratioOf(onnx.onnxruntime, onnx.one), unit: '×' },
      ],
      skipped: [],
    };
  } finally {
    await reference.close();
    await one.close();
    await two.close();
  }
}

interface Threads {
  /** The classes of each one's part. */
  run(): Promise<Uint8Array[]>;
  close(): Promise<void>;
}

async function startThreads(parts: readonly TilePart[]): Promise<Threads> {
  const workers = parts.map(
    (workerData) => new Worker(new URL('./tile-worker.js', import.meta.url), { workerData }),
  );
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  return {
    run: () =>
      Promise.all(
        workers.map(async (worker) => {
          const answer = once(worker, 'message');
          worker.postMessage('run');
          const [classes] = (await answer) as [Uint8Array];
          return classes;
        }),
      ),
    close: async () => void (await Promise.all(workers.map((worker) => worker.terminate()))),
  };
}

function shared(values: Float32Array): Float32Array {
  const copy = new Float32Array(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}

const dataOf = ({ name, features, classes, members, scaler }: Bundle): BundleData => ({
  name,
  features,
  classes,
  members,
  scaler,
});
