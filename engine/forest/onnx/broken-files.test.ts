import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { fixtureBytes as bundleFixture } from '../../classes/fixtures/fixtures.js';
import type { ErrorCode } from '../../errors.js';
import { isGeoCropError } from '../../errors.js';
import { below, fixtureBytes, seeded } from './fixtures/fixtures.js';
import { randomForest } from './fixtures/random-forest.js';
import { inspectTrees } from './inspect-trees.js';
import { ML_DOMAIN } from './onnx-fields.js';
import { writeOnnxModel } from './onnx-writer.js';
import type { OnnxStep } from './onnx-writer.js';
import { readOnnxForest } from './read-onnx-forest.js';
import { writeOnnxForest } from './write-onnx-forest.js';

const ints = (...values: number[]) => Int32Array.from(values);

/** A stump for two targets. */
const STUMP = {
  n_targets: 2,
  nodes_treeids: ints(0, 0, 0),
  nodes_nodeids: ints(0, 1, 2),
  nodes_modes: ['BRANCH_LEQ', 'LEAF', 'LEAF'],
  nodes_values: Float32Array.of(0.5, 0, 0),
  nodes_featureids: ints(0, 0, 0),
  nodes_truenodeids: ints(1, 0, 0),
  nodes_falsenodeids: ints(2, 0, 0),
  target_treeids: ints(0, 0),
  target_nodeids: ints(1, 2),
  target_ids: ints(0, 1),
  target_weights: Float32Array.of(1, 1),
};

function trees(changes: NonNullable<OnnxStep['attributes']>, columns = 1): Uint8Array {
  return writeOnnxModel({
    name: 'broken',
    opsets: { '': 15, [ML_DOMAIN]: 3 },
    input: { name: 'features', columns },
    outputs: [{ name: 'probabilities', columns: 2 }],
    constants: [],
    nodes: [
      {
        op: 'TreeEnsembleRegressor',
        domain: ML_DOMAIN,
        inputs: ['features'],
        outputs: ['probabilities'],
        attributes: { ...STUMP, ...changes },
      },
    ],
  });
}

const whole = writeOnnxForest(
  randomForest(seeded(7), {
    link: 'softmax',
    outputs: 3,
    vectorLeaves: false,
    trees: 4,
    depth: 4,
    columns: 5,
  }),
  'whole',
);

describe('a broken file is refused with file and place', () => {
  const cases: [what: string, bytes: Uint8Array, code: ErrorCode, message: RegExp][] = [
    ['nothing', new Uint8Array(0), 'model-malformed', /^m\.onnx: is not an ONNX file/],
    [
      'a web page',
      new TextEncoder().encode('<html>not found</html>'),
      'model-malformed',
      /^m\.onnx, byte \d+: is not an ONNX/,
    ],
    [
      'half a file',
      whole.subarray(0, whole.length / 2),
      'model-malformed',
      /^m\.onnx, byte \d+: is not an ONNX file/,
    ],
    [
      'a circle',
      trees({ nodes_falsenodeids: ints(0, 0, 0) }),
      'model-malformed',
      /TreeEnsembleRegressor: two branches lead to node 0/,
    ],
    [
      'a lost child',
      trees({ nodes_falsenodeids: ints(9, 0, 0) }),
      'model-malformed',
      /node 0 of tree 0 has a child that is not there/,
    ],
    [
      'a node twice',
      trees({ nodes_nodeids: ints(0, 1, 1) }),
      'model-malformed',
      /node 1 of tree 0 is there twice/,
    ],
    [
      'a lost leaf',
      trees({ target_nodeids: ints(1, 7) }),
      'model-malformed',
      /a weight is for node 7 of tree 0/,
    ],
    [
      'a list too short',
      trees({ nodes_values: Float32Array.of(1) }),
      'model-malformed',
      /nodes_values has 1 values, but nodes_nodeids has 3/,
    ],
    [
      'a weight too few',
      trees({ target_weights: Float32Array.of(1) }),
      'model-malformed',
      /target_weights has 1 values, but target_ids has 2/,
    ],
    [
      'a target too high',
      trees({ target_ids: ints(0, 2) }),
      'model-malformed',
      /a leaf adds to output 2 of 2/,
    ],
    [
      'a column too high',
      trees({ nodes_featureids: ints(1, 0, 0) }),
      'model-malformed',
      /tree 0: node 0 asks for feature 1 of 1/,
    ],
    [
      'a leaf that is NaN',
      trees({ target_weights: Float32Array.of(NaN, 1) }),
      'model-malformed',
      /leaf 1 holds NaN/,
    ],
    ['columns without end', trees({}, 2 ** 50), 'model-malformed', /1125899906842624 features/],
    [
      'targets without end',
      trees({ n_targets: 2 ** 50 }),
      'model-malformed',
      /scores; possible are 1 to 255/,
    ],
    ...[
      'refused-circle.onnx',
      'refused-circle-v5.onnx',
      'refused-lost-child.onnx',
      'refused-lost-child-v5.onnx',
      'refused-column.onnx',
    ].map((file): [string, Uint8Array, ErrorCode, RegExp] => [
      file,
      bundleFixture(file),
      'model-malformed',
      /^m\.onnx, TreeEnsemble/,
    ]),
  ];
  for (const [what, bytes, code, message] of cases) {
    test(what, () => {
      assert.throws(
        () => readOnnxForest(bytes, 'm.onnx'),
        (error) => {
          assert.ok(isGeoCropError(error, code), String(error));
          assert.match(error.message, message);
          assert.equal(error.context['file'], 'm.onnx');
          return true;
        },
      );
    });
  }

  test('equality and float64 stay on ONNX Runtime', () => {
    for (const changes of [
      { nodes_modes: ['BRANCH_EQ', 'LEAF', 'LEAF'] },
      { nodes_modes: ['BRANCH_NEQ', 'LEAF', 'LEAF'] },
      { aggregate_function: 'MAX' },
      { post_transform: 'PROBIT' },
    ]) {
      assert.ok('unsupported' in readOnnxForest(trees(changes), 'm.onnx'), JSON.stringify(changes));
    }
  });
});

describe('before ONNX Runtime', () => {
  const problemOf = (bytes: Uint8Array) => inspectTrees(bytes).problem;

  test('good trees have no problem', () => {
    assert.deepEqual(inspectTrees(trees({})), { problem: null, columns: 1 });
    assert.deepEqual(inspectTrees(whole), { problem: null, columns: 5 });
  });

  test('targets without end and deep trees are found', () => {
    assert.match(problemOf(trees({ n_targets: 2 ** 40 })) ?? '', /1099511627776 targets/);
    const last = 5000;
    const ids = [...new Array(2 * last + 1).keys()];
    const deep = trees({
      nodes_treeids: ints(...ids.map(() => 0)),
      nodes_nodeids: ints(...ids),
      nodes_modes: ids.map((id) => (id % 2 === 1 || id === 2 * last ? 'LEAF' : 'BRANCH_LEQ')),
      nodes_values: Float32Array.from(ids),
      nodes_featureids: ints(...ids.map(() => 0)),
      nodes_truenodeids: ints(...ids.map((id) => (id % 2 === 1 || id === 2 * last ? 0 : id + 1))),
      nodes_falsenodeids: ints(...ids.map((id) => (id % 2 === 1 || id === 2 * last ? 0 : id + 2))),
    });
    assert.match(problemOf(deep) ?? '', /a tree is 5000 branches deep/);
  });
});

test('truncated files and flipped bytes give a result or one of our errors', () => {
  const random = seeded(8);
  const files = [
    whole,
    ...['catboost-2', 'lightgbm-3', 'random-forest-2', 'tree-columns', 'lightgbm-rf'].map((name) =>
      fixtureBytes(`${name}.onnx`),
    ),
    bundleFixture('tree-v5.onnx'),
    bundleFixture('mlp.onnx'),
  ];
  let refused = 0;
  for (let i = 0; i < 1500; i++) {
    const file = files[i % files.length]!;
    const bytes = Uint8Array.from(random() < 0.2 ? file.subarray(0, below(random, file.length)) : file);
    for (let flips = below(random, 4); flips > 0; flips--)
      bytes[below(random, bytes.length)] = below(random, 256);
    try {
      readOnnxForest(bytes, 'm.onnx');
    } catch (error) {
      assert.ok(isGeoCropError(error, 'model-malformed', 'model-too-large'), `${i}: ${String(error)}`);
      refused++;
    }
    try {
      inspectTrees(bytes);
    } catch (error) {
      assert.ok(error instanceof RangeError, `${i}: ${String(error)}`);
    }
  }
  assert.ok(refused > 500, `only ${refused} of 1500 were refused`);
});
