import type { Bundle } from '../bundle.js';
import { createClassifier } from '../classifier.js';
import { createOnnxRuntime } from '../onnx-runtime.js';
import { PARITY } from './agreement.js';
import type { TextFile } from './csv-records.js';
import { memberThresholds } from './member-thresholds.js';
import type { Others } from './parity-gate.js';
import { expectedOthers, onnxRuntimeOthers, ParityGate } from './parity-gate.js';
import type { ParityReport } from './parity-report.js';
import { Predictions, VOTE } from './predictions.js';
import { openServedMember } from './served-member.js';
import type { TableCounts } from './table-rows.js';
import { tableBatches } from './table-rows.js';

export interface ParityInput {
  readonly bundle: Bundle;
  /** As `geocrop sample` writes it. */
  readonly table: TextFile;
  /** What the trainers' libraries said of its rows; null: the runtimes are compared with each other only. */
  readonly expected: TextFile | null;
}

export interface ParityOptions {
  readonly signal?: AbortSignal;
  /** Told of the rows done so far. */
  readonly onRows?: (rows: number) => void;
  readonly openServed?: typeof openServedMember;
}

/** Rows at a time: what is held of a table. */
const BATCH_ROWS = 4096;

/**
 * Runs a table's rows through the bundle as it is served and through `onnxruntime-node` on one thread, and holds the one
 * against the other and against the expected predictions: each member, and the vote before smoothing. Takes a table of any
 * length: it holds some thousand rows at a time. Blocks its thread while a batch runs.
 * Throws `model-mismatch` or `model-malformed` where table or predictions do not fit.
 */
export async function checkParity(input: ParityInput, options: ParityOptions = {}): Promise<ParityReport> {
  const { bundle, table } = input;
  const { name, version, digest } = bundle;
  const pixelsRecipe = bundle.card['pixelsRecipe'];
  const recipe = typeof pixelsRecipe === 'string' ? pixelsRecipe : null;
  const { gate, runs } = await openGate(input, options.openServed ?? openServedMember);
  const counts: TableCounts = { rows: 0, nodata: 0 };
  try {
    const wanted = { features: bundle.features, recipe, batchRows: BATCH_ROWS };
    for await (const batch of tableBatches(table, wanted, counts)) {
      options.signal?.throwIfAborted();
      await gate.take(batch);
      options.onRows?.(counts.rows);
    }
    await gate.finish(counts.rows);
  } finally {
    await gate.close();
  }
  const comparisons = gate.comparisons.map((comparison) => comparison.report());
  const compared = counts.rows > counts.nodata;
  return {
    bundle: { name, version, digest },
    table: { file: table.name, ...counts },
    tolerances: PARITY,
    warnings: [
      ...(recipe === null ? ['The card has no pixelsRecipe: nobody can say whether the table is of the recipe that the model was trained on.'] : []), // prettier-ignore
      ...(compared ? [] : [`${table.name} has no row with features: nothing was compared.`]),
    ],
    members: runs,
    comparisons,
    passed: compared && comparisons.every(({ passed }) => passed),
  };
}

async function openGate({ bundle, expected }: ParityInput, openServed: typeof openServedMember) {
  const width = bundle.features.length;
  const members = [];
  const references = [];
  for (const member of bundle.members) {
    const served = await openServed(member, width);
    members.push({ ...served, member, thresholds: once(() => memberThresholds(member)) });
    references.push(
      served.runs.runtime === 'onnxruntime-node' ? null : await createOnnxRuntime(member, width),
    );
  }
  const others: Others[] = [onnxRuntimeOthers(bundle, references)];
  if (expected !== null) others.push(expectedOthers(expected.name, openPredictions(bundle, expected)));
  return {
    gate: new ParityGate(bundle, members, await createClassifier(bundle), others),
    runs: members.map(({ member, runs }) => ({ file: member.file, ...runs })),
  };
}

/** Each subject reads the file on its own, so that their lines may come in any order and none are kept. */
function openPredictions({ members, classes }: Bundle, file: TextFile) {
  const subjects = [...members.map((member) => member.file), VOTE];
  const all = classes.map(() => true);
  return {
    members: members.map(
      ({ file: subject, columnOfClass }) =>
        new Predictions(file, {
          subject,
          subjects,
          classes,
          has: columnOfClass.map((column) => column >= 0),
        }),
    ),
    vote: new Predictions(file, { subject: VOTE, subjects, classes, has: all }),
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}
