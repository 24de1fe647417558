import type { BenchResult } from '../report.js';
import { benchBundle } from './bench-bundle.js';
import { benchLibrary } from './bench-library.js';
import { LIBRARIES } from './libraries.js';
import { tileOfFields } from './tiles.js';

/** Tree ensembles: the kernel against ONNX Runtime and against the three libraries, and the demo's ensemble. */
export async function* benchForest(): AsyncGenerator<BenchResult> {
  const fields = await tileOfFields();
  for (const library of LIBRARIES) yield await benchLibrary(library, fields);
  yield await benchBundle(fields);
}
