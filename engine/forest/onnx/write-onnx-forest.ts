import type { Forest } from '../forest.js';
import { modelError } from '../model-error.js';
import { ML_DOMAIN } from './onnx-fields.js';
import { writeOnnxModel } from './onnx-writer.js';
import type { OnnxStep } from './onnx-writer.js';
import { regressorOf } from './tree-attributes.js';
import { DEEPEST_TREE } from './tree-nodes.js';

/** Softmax means one axis from 13 on; ONNX Runtime 1.17 knows both. */
const OPSETS = { '': 15, [ML_DOMAIN]: 3 };

/**
 * A forest as ONNX: float32 `features` [N, columns] in, float32 `probabilities` [N, classes] out. The same forest gives the
 * same bytes.
 *
 * The trees are a TreeEnsembleRegressor with operators of their own for base and link, not a TreeEnsembleClassifier: what that
 * gives for two classes depends on the runtime and its version (with all weights positive, ONNX Runtime 1.17 leaves a LOGISTIC
 * out, 1.30 does not). The base is an Add because ONNX Runtime does not give base_values to a target that no leaf adds to.
 *
 * Leaves and base are rounded to float32. Throws `model-unsupported` where one of them is beyond its range, or a tree deeper
 * than ONNX Runtime can load.
 * @param name of the graph
 * @param file the trainer's, for errors
 */
export function writeOnnxForest(forest: Forest, name: string, file = name): Uint8Array {
  const { attributes, depth, deepest } = regressorOf(forest);
  if (depth > DEEPEST_TREE) {
    throw modelError(
      'model-unsupported',
      file,
      `tree ${deepest}`,
      `is ${depth} branches deep; ONNX Runtime loads at most some thousands, we take ${DEEPEST_TREE}.`,
      { hint: 'Bound the depth when you train, such as with max_depth: deep chains learn single rows.' },
    );
  }
  const base = Float32Array.from(forest.base);
  const beyond = (place: string, what: string) =>
    modelError('model-unsupported', file, place, `${what} a number that is too large for float32.`);
  const weight = attributes.target_weights.findIndex((x) => !Number.isFinite(x));
  if (weight >= 0) throw beyond(`tree ${attributes.target_treeids[weight]}`, 'a leaf holds');
  if (!base.every(Number.isFinite)) throw beyond('', 'the base score is');
  const hasBase = base.some((x) => x !== 0);
  const sums = hasBase ? 'sums' : 'scores';
  const trees: OnnxStep = {
    op: 'TreeEnsembleRegressor',
    domain: ML_DOMAIN,
    inputs: ['features'],
    outputs: [sums],
    attributes: { ...attributes },
  };
  const add: OnnxStep = { op: 'Add', inputs: [sums, 'base'], outputs: ['scores'] };
  return writeOnnxModel({
    name,
    opsets: OPSETS,
    input: { name: 'features', columns: forest.columns },
    outputs: [{ name: 'probabilities', columns: forest.classes }],
    constants: hasBase ? [{ name: 'base', values: base }] : [],
    nodes: [trees, ...(hasBase ? [add] : []), ...LINKS[forest.link]],
  });
}

/** From `scores` to `probabilities`. */
const LINKS: Readonly<Record<Forest['link'], readonly OnnxStep[]>> = {
  identity: [{ op: 'Identity', inputs: ['scores'], outputs: ['probabilities'] }],
  softmax: [{ op: 'Softmax', inputs: ['scores'], outputs: ['probabilities'], attributes: { axis: 1 } }],
  // σ(−s) and not 1 − σ(s), which would round a small probability away.
  logistic: [
    { op: 'Neg', inputs: ['scores'], outputs: ['opposite'] },
    { op: 'Concat', inputs: ['opposite', 'scores'], outputs: ['both'], attributes: { axis: 1 } },
    { op: 'Sigmoid', inputs: ['both'], outputs: ['probabilities'] },
  ],
};
