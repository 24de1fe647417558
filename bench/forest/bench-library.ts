import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { thresholdsOf } from '../../engine/forest/thresholds.js';
import { FEATURE_ORDER_V1 } from '../../engine/pixels/feature-order.js';
import { measureTogether, ratioOf } from '../measure.js';
import { howToGetPython, pythonWith } from '../python.js';
import { timeRow, type BenchResult, type Row } from '../report.js';
import { CROPS, PIXELS } from '../season/feature-input.js';
import { openKernel } from './kernel.js';
import type { Library } from './libraries.js';
import { memoryRows } from './memory.js';
import { openOnnxUser } from './onnx-user.js';
import { startPeer, type PeerProcess } from './peer-process.js';
import { rowsOf, tileOfNoise, type Tile, type tileOfFields } from './tiles.js';
import { FOLDER, PROBABILITIES, trainedModel, type TrainedModel } from './trained-model.js';

const WIDTH = FEATURE_ORDER_V1.length;
const RUNS = { warmUp: 1, runs: 3 };
/** Rows of a call as engine/classes/onnx-runtime.ts makes it. */
const BATCH = 256;
/** The same answer: float32 and float64, sums in another order. */
const TOLERANCE = 1e-5;

/** A large model of one library on one thread: the forest kernel, onnxruntime-node on the ONNX that we serve, the library itself. */
export async function benchLibrary(
  library: Library,
  fields: Awaited<ReturnType<typeof tileOfFields>>,
): Promise<BenchResult> {
  const result = {
    name: `forest-${library.module}`,
    title: `Trees of ${library.name}: ${library.trees}, ${CROPS} classes, ${WIDTH} features, 256² pixels, one thread`,
  };
  const python = pythonWith('numpy', library.module);
  if (python === null) {
    return { ...result, rows: [], skipped: [`${library.name}: ${howToGetPython('numpy', library.module)}`] };
  }
  const model = await trainedModel(library, python, fields);
  const peer = await startPeer(python, 'forest_predict.py', [FOLDER, library.module]);
  try {
    const noise = tileOfNoise(thresholdsOf(model.forest));
    const rows = [
      ...(await tileRows(model, fields, peer)),
      ...(await tileRows(model, noise, peer)),
      ...(await memoryRows(model, fields)),
    ];
    return { ...result, rows, skipped: [] };
  } finally {
    peer.close();
  }
}

async function tileRows(model: TrainedModel, tile: Tile, peer: PeerProcess): Promise<Row[]> {
  const { library } = model;
  const path = join(FOLDER, `${library.module}-${tile.name}`);
  await writeFile(`${path}.bin`, tile.columns);
  const kernel = await openKernel(model.forest);
  const onnx = await openOnnxUser(model.onnx, PROBABILITIES);
  const rows = rowsOf(tile);
  await peer.ask(path);
  const theirs = await readFile(`${path}-${library.module}.bin`);
  const expected = new Float64Array(
    theirs.buffer.slice(theirs.byteOffset, theirs.byteOffset + theirs.length),
  );
  const off = {
    ours: difference(kernel.probabilities(tile.columns, PIXELS), expected, 'the kernel'),
    onnx: difference(await onnx.run(rows, WIDTH, PIXELS), expected, 'onnxruntime-node'),
  };

  const times = await measureTogether(
    {
      ours: () => kernel.probabilities(tile.columns, PIXELS),
      whole: () => onnx.run(rows, WIDTH, PIXELS),
      batches: () => onnx.run(rows, WIDTH, BATCH),
      library: () => peer.ask(path),
    },
    RUNS,
  );
  await onnx.close();
  const faster = times.whole.median < times.batches.median ? times.whole : times.batches;
  const least = tile.name === 'fields' ? library.onFields : { onnxruntime: 1, library: 1 };
  return [
    timeRow(`${tile.name}: forest kernel`, times.ours, {
      note: `within ${off.ours.toExponential(1)} of ${library.name}`,
    }),
    timeRow(`${tile.name}: onnxruntime-node, the tile in one run`, times.whole, {
      note: `within ${off.onnx.toExponential(1)} of ${library.name}`,
    }),
    timeRow(`${tile.name}: onnxruntime-node, ${BATCH} rows a run`, times.batches),
    timeRow(`${tile.name}: ${library.name}'s own predict`, times.library),
    {
      what: `${tile.name}: onnxruntime-node / kernel`,
      value: ratioOf(faster, times.ours),
      unit: '×',
      ...(least === undefined ? {} : { budget: { atLeast: least.onnxruntime } }),
      note: 'its faster way',
    },
    {
      what: `${tile.name}: ${library.name} / kernel`,
      value: ratioOf(times.library, times.ours),
      unit: '×',
      ...(least === undefined ? {} : { budget: { atLeast: least.library } }),
    },
  ];
}

/** The largest difference of a probability; throws where it is more than the tolerance. */
function difference(ours: Float32Array, theirs: Float64Array, who: string): number {
  if (ours.length !== theirs.length) throw new Error(`${who}: ${ours.length} values, not ${theirs.length}`);
  let largest = 0;
  for (let i = 0; i < ours.length; i += 1) {
    const apart = Math.abs(ours[i]! - theirs[i]!);
    if (!(apart <= TOLERANCE)) {
      throw new Error(`${who}: pixel ${Math.floor(i / CROPS)}, class ${i % CROPS}: ${ours[i]}, the library has ${theirs[i]}`); // prettier-ignore
    }
    largest = Math.max(largest, apart);
  }
  return largest;
}
