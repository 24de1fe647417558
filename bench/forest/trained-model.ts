import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Forest } from '../../engine/forest/forest.js';
import { readOnnxForest } from '../../engine/forest/onnx/read-onnx-forest.js';
import { writeOnnxForest } from '../../engine/forest/onnx/write-onnx-forest.js';
import { readModelFile } from '../../engine/forest/read-model.js';
import { WORK } from '../folders.js';
import { runScript } from '../python.js';
import type { Library } from './libraries.js';
import type { tileOfFields } from './tiles.js';

/** Raised when what is trained changes. */
const VERSION = 1;
export const FOLDER = join(WORK, `forest-${VERSION}`);
/** What our writer calls them. */
export const PROBABILITIES = 'probabilities';

/** A library's model as we import and serve it. */
export interface TrainedModel {
  readonly library: Library;
  /** Path of the ONNX file. */
  readonly path: string;
  readonly onnx: Uint8Array;
  /** Read from the ONNX file, as at load. */
  readonly forest: Forest;
}

/** Trains the library's model, once, and imports it. */
export async function trainedModel(
  library: Library,
  python: string,
  tile: Awaited<ReturnType<typeof tileOfFields>>,
): Promise<TrainedModel> {
  await mkdir(FOLDER, { recursive: true });
  const source = join(FOLDER, library.modelFile);
  if (!existsSync(source)) {
    await writeFile(join(FOLDER, 'features.bin'), tile.columns);
    await writeFile(join(FOLDER, 'labels.bin'), tile.crop);
    try {
      runScript(python, 'forest_train.py', [FOLDER, library.module]);
    } catch (error) {
      // Half a model would be taken for one the next time.
      await rm(source, { force: true });
      throw error;
    }
  }
  const imported = readModelFile(await readFile(source), library.modelFile);
  if ('unsupported' in imported) throw new Error(`${library.modelFile}: ${imported.unsupported}`);
  const onnx = writeOnnxForest(imported.forest, library.module);
  const path = join(FOLDER, `${library.module}.onnx`);
  await writeFile(path, onnx);
  const read = readOnnxForest(onnx, path);
  if ('unsupported' in read) throw new Error(`${path}: ${read.unsupported}`);
  return { library, path, onnx, forest: read.forest };
}
