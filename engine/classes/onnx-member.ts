import type { InferenceSession } from 'onnxruntime-node';

import { messageOf } from '../errors.js';
import { bundleError, quoteNames } from './bundle-error.js';
import { FEATURES_FILE } from './bundle-documents.js';
import { compileMember, type MemberPlan } from './compile-member.js';
import type { MemberRuntime } from './member-runtime.js';
import { BATCH_ROWS, runtimeOfSession } from './onnx-runtime.js';
import { openOnnxSession } from './onnx-session.js';
import { inspectTrees } from '../forest/onnx/inspect-trees.js';
import type { TreesFound } from '../forest/onnx/inspect-trees.js';
import { RowBatch } from './row-batch.js';

export interface OnnxPorts {
  readonly inputName: string;
  readonly outputName: string;
}

/** How far a row's probabilities may be from a sum of 1: float32 rounding over 255 classes stays well below. */
const SUM_TOLERANCE = 1e-3;

/** Which model in which bundle, and what it must look like. */
export interface OnnxExpectation {
  readonly bundle: string;
  readonly file: string;
  /** Columns of the input. */
  readonly features: number;
  /** The member's own class names: columns of the probabilities. */
  readonly classes: readonly string[];
}

/**
 * Loads an ONNX model, finds its input and its probabilities, runs it once, and compiles it for the forest kernel where it is a tree
 * ensemble. Throws `bundle-malformed` where ONNX Runtime does not take it, `bundle-mismatch` where its shape or its numbers
 * contradict the bundle's documents.
 */
export async function inspectOnnx(
  model: Uint8Array,
  expected: OnnxExpectation,
): Promise<OnnxPorts & MemberPlan> {
  const { columns } = checkTrees(model, expected);
  let session: InferenceSession;
  try {
    session = await openOnnxSession(model);
  } catch (cause) {
    throw bundleError(
      'bundle-malformed',
      expected.bundle,
      expected.file,
      `ONNX Runtime does not load it: ${messageOf(cause)}`,
      { hint: 'Is it an ONNX file, whole, of opset 21 or below, with its weights inside?', cause },
    );
  }
  try {
    const ports = { inputName: findInput(session, expected), outputName: findOutput(session, expected) };
    if (columns > expected.features) {
      throw bundleError(
        'bundle-mismatch',
        expected.bundle,
        expected.file,
        `its trees ask for ${columns} columns, but ${FEATURES_FILE} names ${expected.features} features.`,
      );
    }
    const reference = runtimeOfSession(session, { file: expected.file, ...ports }, expected.features);
    await tryOut(reference, ports, expected);
    return { ...ports, ...(await compileMember(model, expected.file, reference, expected.features)) };
  } finally {
    await session.release();
  }
}

/** Before ONNX Runtime sees the file: with trees that run in circles it would never come back. */
function checkTrees(model: Uint8Array, { bundle, file }: OnnxExpectation): TreesFound {
  let found: TreesFound;
  try {
    found = inspectTrees(model);
  } catch (cause) {
    throw bundleError('bundle-malformed', bundle, file, `is not an ONNX file: ${messageOf(cause)}`, {
      hint: 'Was it copied whole?',
      cause,
    });
  }
  if (found.problem !== null) throw bundleError('bundle-malformed', bundle, file, found.problem);
  return found;
}

const shapeText = (shape: readonly (number | string)[]) =>
  `[${shape.map((n) => (n === '' ? '?' : n)).join(', ')}]`;

function findInput(session: InferenceSession, { bundle, file, features }: OnnxExpectation): string {
  const wrong = (message: string, hint?: string) =>
    bundleError('bundle-mismatch', bundle, file, message, hint === undefined ? {} : { hint });
  const [input, ...more] = session.inputMetadata;
  if (input === undefined || more.length > 0) {
    throw wrong(
      `has ${session.inputNames.length} inputs (${quoteNames(session.inputNames, 6)}); it must have one, float32 [N, ${features}].`,
    );
  }
  if (!input.isTensor || input.type !== 'float32') {
    throw wrong(
      `its input "${input.name}" is ${input.isTensor ? input.type : 'not a tensor'}; it must be a float32 tensor.`,
    );
  }
  const [rows, columns] = input.shape;
  if (input.shape.length !== 2 || rows === undefined || columns === undefined) {
    throw wrong(`its input has shape ${shapeText(input.shape)}; it must be [N, ${features}].`);
  }
  if (typeof columns === 'number' && columns !== features) {
    throw wrong(
      `its input has ${columns} columns, but ${FEATURES_FILE} names ${features} features.`,
      'List exactly the features that the model was trained on, in the order of its columns; nothing is padded or cut.',
    );
  }
  if (typeof rows === 'number') {
    throw wrong(`its input takes ${rows} rows only.`, 'Export it with a dynamic first dimension: [None, F].');
  }
  return input.name;
}

/** The float32 tensor [N, C]: the one called like probabilities where there are several. */
function findOutput(session: InferenceSession, { bundle, file, classes }: OnnxExpectation): string {
  const fitting = session.outputMetadata.flatMap((output) => {
    if (!output.isTensor || output.type !== 'float32' || output.shape.length !== 2) return [];
    return [{ name: output.name, columns: output.shape[1] }];
  });
  const named = fitting.filter(({ name }) => /prob/i.test(name));
  const [output, ...more] = named.length > 0 ? named : fitting;
  const outputs = session.outputMetadata
    .map((o) => `"${o.name}" ${o.isTensor ? `${o.type} ${shapeText(o.shape)}` : 'sequence or map'}`)
    .join(', ');
  if (output === undefined) {
    throw bundleError(
      'bundle-mismatch',
      bundle,
      file,
      `has no float32 tensor [N, ${classes.length}] of probabilities among its outputs (${outputs}).`,
      {
        hint: session.outputMetadata.some((o) => !o.isTensor)
          ? 'Its probabilities are a ZipMap (a list of maps): export it with options={"zipmap": False}.'
          : 'Export the probabilities too, not only the label.',
      },
    );
  }
  if (more.length > 0) {
    throw bundleError(
      'bundle-mismatch',
      bundle,
      file,
      `has several outputs that could be its probabilities (${outputs}).`,
      { hint: 'Call one of them "probabilities".' },
    );
  }
  if (typeof output.columns === 'number') checkColumns(output.columns, output.name, bundle, file, classes);
  return output.name;
}

function checkColumns(
  columns: number,
  name: string,
  bundle: string,
  file: string,
  classes: readonly string[],
): void {
  if (columns === classes.length) return;
  throw bundleError(
    'bundle-mismatch',
    bundle,
    file,
    `"${name}" has ${columns} columns, but bundle.json gives this member ${classes.length} classes: ${quoteNames(classes, 12)}.`,
  );
}

/** One forward run over made-up rows, from all zeros to far outside any feature's range: probabilities must come out. */
async function tryOut(runtime: MemberRuntime, ports: OnnxPorts, expected: OnnxExpectation): Promise<void> {
  const { bundle, file, features, classes } = expected;
  const rows = trialRows(BATCH_ROWS, features);
  const p = await runtime.run(RowBatch.ofRows(rows, features, BATCH_ROWS)).catch((cause: unknown) => {
    throw bundleError('bundle-mismatch', bundle, file, `a trial run failed: ${messageOf(cause)}`, { cause });
  });
  checkColumns(p.length / BATCH_ROWS, ports.outputName, bundle, file, classes);
  for (let row = 0; row < BATCH_ROWS; row++) {
    const values = Array.from(p.subarray(row * classes.length, (row + 1) * classes.length));
    const sum = values.reduce((a, b) => a + b, 0);
    if (values.every((x) => x >= 0 && x <= 1 + SUM_TOLERANCE) && Math.abs(sum - 1) <= SUM_TOLERANCE) continue;
    const shown = values.length > 6 ? [...values.slice(0, 6), '…'] : values;
    throw bundleError(
      'bundle-mismatch',
      bundle,
      file,
      `"${ports.outputName}" does not hold probabilities: a trial row gave [${shown.join(', ')}], sum ${sum}.`,
      { hint: 'Export probabilities between 0 and 1 that sum to 1 (softmax), not scores or margins.' },
    );
  }
}

/** Rows of a seeded generator: the first zeros, the others uniform in ±10^k, k from -1 to 2. Always the same. */
export function trialRows(count: number, width: number): Float32Array {
  const rows = new Float32Array(count * width);
  let state = 1;
  for (let i = width; i < rows.length; i++) {
    // Park and Miller's minimal standard generator.
    state = (state * 48271) % 2147483647;
    const magnitude = 10 ** ((Math.floor(i / width) % 4) - 1);
    rows[i] = (state / 2147483647 - 0.5) * 2 * magnitude;
  }
  return rows;
}
