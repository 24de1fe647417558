import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  KernelArena,
  runFeatures,
  type FeatureInput,
  type FeatureOutput,
} from '../engine/kernels/testing.js';
import { computeFeatures } from '../engine/pixels/features.js';
import { FEATURE_ORDER_V1 } from '../engine/pixels/feature-order.js';
import { toleranceOf } from '../engine/pixels/testing.js';
import { BANDS } from '../engine/scenes/scene.js';
import { measure, timesOf, type Times } from './measure.js';
import { howToGetPython, pythonWith, runPeer } from './python.js';
import { timeRow, type BenchResult, type Row } from './report.js';
import { featureInput, pixelSeries, PIXELS } from './season/feature-input.js';

/** Pixels that plain TypeScript and numpy are checked and plain TypeScript is timed on. */
const SAMPLE = 4096;
const KERNEL_RUNS = { warmUp: 2, runs: 9 };
const PLAIN_RUNS = { warmUp: 1, runs: 5 };
/** As the workers take them. */
const CHUNK = 16_384;

/** The 51 features of 256² pixels at 45 dates, one thread: kernel, plain TypeScript, vectorised numpy. */
export async function benchFeatures(): Promise<BenchResult> {
  const input = featureInput();
  const arena = await KernelArena.create(160 << 20);
  const result = runFeatures(arena, input, CHUNK);
  const series = Array.from({ length: SAMPLE }, (_, i) => pixelSeries(input, i * (PIXELS / SAMPLE)));
  const plain = series.map((one) => computeFeatures(one, input.nodes));
  plain.forEach((expected, i) => compare(result, i * (PIXELS / SAMPLE), expected, 'plain TypeScript'));

  const kernel = kernelTimes(arena, input);
  const sample = await measure(() => {
    for (const one of series) computeFeatures(one, input.nodes);
  }, PLAIN_RUNS);
  const scale = PIXELS / SAMPLE;
  const typescript = timesOf(sample.samples.map((time) => time * scale));
  const rows: Row[] = [
    timeRow('kernel (AssemblyScript, SIMD)', kernel, { budget: { atMost: 300 } }),
    timeRow('plain TypeScript', typescript, { note: `timed on ${SAMPLE} pixels, × ${scale}` }),
    { what: 'plain TypeScript / kernel', value: typescript.median / kernel.median, unit: '×' },
  ];
  const skipped: string[] = [];
  const python = pythonWith('numpy');
  if (python === null) skipped.push(`numpy: ${howToGetPython('numpy')}`);
  else {
    const numpy = await numpyTimes(python, input, result);
    rows.push(timeRow('vectorised numpy', numpy, { note: 'float64, chunks of 4,096 pixels' }));
    rows.push({ what: 'numpy / kernel', value: numpy.median / kernel.median, unit: '×' });
  }
  return { name: 'features', title: 'The 51 features: 256² pixels, 45 dates, one thread', rows, skipped };
}

function kernelTimes(arena: KernelArena, input: FeatureInput): Times {
  const samples: number[] = [];
  for (let i = 0; i < KERNEL_RUNS.warmUp + KERNEL_RUNS.runs; i += 1) {
    const { milliseconds } = runFeatures(arena, input, CHUNK);
    if (i >= KERNEL_RUNS.warmUp) samples.push(milliseconds);
  }
  return timesOf(samples);
}

function compare({ features }: FeatureOutput, pixel: number, expected: ArrayLike<number>, who: string): void {
  FEATURE_ORDER_V1.forEach((name, f) => {
    const ours = features[f * PIXELS + pixel] ?? NaN;
    const theirs = expected[f] ?? NaN;
    if (Number.isNaN(ours) !== Number.isNaN(theirs) || Math.abs(ours - theirs) > toleranceOf(name)) {
      throw new Error(`${name} of pixel ${pixel} is ${ours}; ${who} has ${theirs}`);
    }
  });
}

async function numpyTimes(python: string, input: FeatureInput, result: FeatureOutput): Promise<Times> {
  const folder = await mkdtemp(join(tmpdir(), 'geocrop-bench-'));
  try {
    await writeFile(join(folder, 'dn.bin'), input.dn);
    await writeFile(join(folder, 'valid.bin'), input.scene);
    await writeFile(
      join(folder, 'input.json'),
      JSON.stringify({ t: [...input.t], nodes: input.nodes, bands: BANDS, pixels: PIXELS }),
    );
    const { seconds } = runPeer(python, 'features_numpy.py', [folder]) as { seconds: number[] };
    const found = await readFile(join(folder, 'features.bin'));
    const theirs = new Float64Array(found.buffer, found.byteOffset, found.length / 8);
    for (let pixel = 0; pixel < PIXELS; pixel += 1) {
      const expected = Float64Array.from(FEATURE_ORDER_V1, (_, f) => theirs[f * PIXELS + pixel] ?? NaN);
      compare(result, pixel, expected, 'numpy');
    }
    return timesOf(seconds.map((s) => 1000 * s));
  } finally {
    await rm(folder, { recursive: true });
  }
}
