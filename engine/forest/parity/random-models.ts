import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { pythonWith } from '../../encode/gdal-oracle.js';

/** For tests only: the models that random-models/make.py makes. */

const SCRIPT = fileURLToPath(
  new URL('../../../../engine/forest/parity/random-models/make.py', import.meta.url),
);

const python = pythonWith('xgboost, lightgbm, catboost, sklearn, skl2onnx, onnxmltools, onnxruntime');

/** The skip option of a test: false where Python and the libraries are there. */
export const withoutLibraries: string | false =
  python === null
    ? 'needs XGBoost, LightGBM, CatBoost and scikit-learn: python3 -m venv .venv && .venv/bin/pip install -r engine/training/requirements.txt -r engine/training/requirements-oracles.txt'
    : false;

export interface RandomModel {
  readonly seed: number;
  readonly kind: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly columns: number;
  readonly classes: number;
  readonly count: number;
  /** Row-major, [count, columns]. */
  readonly rows: Float32Array;
  /** [count], 1: a value of the row is a rounding away from a threshold of the library. */
  readonly near: Uint8Array;
  /** By who predicts; [count, classes], rows of NaN: it does not take the row. */
  readonly predictions: ReadonlyMap<string, Float64Array>;
}

interface IndexEntry {
  seed: number;
  kind: string;
  params: Record<string, unknown>;
  file: string;
  columns: number;
  classes: number;
  rows: number;
  rowsFile: string;
  nearFile: string;
  predictions: { by: string; file: string }[];
}

export interface RandomModels {
  readonly index: readonly { readonly seed: number; readonly kind: string }[];
  load(seed: number): RandomModel;
  remove(): void;
}

/** Runs the script in a folder of its own. @param options of the script: which models */
export async function makeRandomModels(options: readonly string[]): Promise<RandomModels> {
  const folder = mkdtempSync(join(tmpdir(), 'geocrop-random-models-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // -B: leaves no compiled files among the sources.
  const args = ['-B', SCRIPT, '--out', folder, ...options];
  try {
    await promisify(execFile)(python!, args, { maxBuffer: 2 ** 26 });
  } catch (error) {
    remove();
    throw error;
  }
  const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as IndexEntry[];
  /** A copy in a buffer of its own, which is aligned. */
  const bytesOf = (file: string) => new Uint8Array(readFileSync(join(folder, file)));
  return {
    index,
    load(seed) {
      const { rows: count, rowsFile, nearFile, predictions, ...entry } = index.find((e) => e.seed === seed)!;
      return {
        ...entry,
        count,
        bytes: bytesOf(entry.file),
        rows: new Float32Array(bytesOf(rowsFile).buffer),
        near: bytesOf(nearFile),
        predictions: new Map(predictions.map(({ by, file }) => [by, new Float64Array(bytesOf(file).buffer)])),
      };
    },
    remove,
  };
}

/** What a failing test says about a model. */
export function describeModel({ seed, kind, params }: RandomModel): string {
  return `seed ${seed}, ${kind} ${JSON.stringify(params)}; alone: engine/forest/parity/random-models/make.py --out FOLDER --only ${seed}`;
}
