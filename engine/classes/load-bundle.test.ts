import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import type { ErrorCode } from '../errors.js';
import { isGeoCropError } from '../errors.js';
import { bundleContents, expectations, fixtureBytes, memoryBundleFiles } from './fixtures/fixtures.js';
import type { BundleContents } from './fixtures/fixtures.js';
import { loadBundle } from './load-bundle.js';

const load = (contents: BundleContents) => loadBundle(memoryBundleFiles(contents));

type Manifest = {
  name: string;
  version: unknown;
  featureOrder: string;
  smoothing: unknown;
  members: { file: string; weight: unknown; classes: string[] }[];
  card: unknown;
};

/** The good two-member bundle with bundle.json changed in place. */
function withManifest(
  change: (manifest: Manifest) => unknown,
  ensemble: 'trees' | 'scaled' = 'trees',
): BundleContents {
  const contents = structuredClone(bundleContents(ensemble));
  const manifest = contents['bundle.json'] as Manifest;
  change(manifest);
  return contents;
}

/** A bundle of one fixture model under its own name, with logistic.onnx's classes. */
const withModel = (file: string): BundleContents => ({
  ...withManifest((manifest) => {
    manifest.members = [{ file, weight: 1, classes: [...expectations.members['logistic.onnx']!.classes] }];
  }, 'scaled'),
  'label_encoder.json': { classes: expectations.members['logistic.onnx']!.classes },
  [file]: fixtureBytes(file),
});

test('a bundle loads with all that the documents say', async () => {
  const bundle = await load({ ...bundleContents('scaled'), 'palette.json': { maize: '#E6C229' } });
  assert.equal(bundle.name, 'scaled');
  assert.equal(bundle.smoothing, 5);
  assert.deepEqual(bundle.features, expectations.features);
  assert.deepEqual(bundle.classes, ['maize', 'tobacco', 'fallow', 'woodland']);
  assert.equal(bundle.palette[0], '#e6c229');
  assert.match(bundle.palette.join(), /^(#[0-9a-f]{6},?){4}$/);
  assert.deepEqual(bundle.scaler, expectations.scaler);
  assert.equal(bundle.card['accuracy'], 0.9);
  const [mlp, logistic] = bundle.members;
  assert.deepEqual(mlp?.columnOfClass, [0, 1, 2, 3]);
  assert.deepEqual(logistic?.columnOfClass, [2, 0, -1, 1]);
  assert.ok(logistic?.model.buffer instanceof SharedArrayBuffer);
  assert.deepEqual([logistic?.inputName, logistic?.outputName], ['features', 'probabilities']);
});

test('smoothing is 5 where bundle.json does not say, and dw_class is a feature', async () => {
  const contents = withManifest((manifest) => delete manifest.smoothing);
  const features = [...expectations.features.slice(1), 'dw_class'];
  const bundle = await load({ ...contents, 'selected_features.json': features });
  assert.equal(bundle.smoothing, 5);
  assert.equal(bundle.features[5], 'dw_class');
});

test('trees load in both forms of their operator', async () => {
  for (const file of ['tree.onnx', 'tree-v5.onnx']) {
    assert.equal((await load(withModel(file))).members[0]?.outputName, 'probabilities');
  }
});

describe('the digest', () => {
  test('changes with what decides classes and their colours', async () => {
    const digests = new Set<string>();
    const scaler = { ...expectations.scaler, mean: expectations.scaler.mean.map((x) => x + 1) };
    const [a, b, c, d] = expectations.classes;
    const cases: BundleContents[] = [
      bundleContents('trees'),
      withManifest((m) => (m.smoothing = 3)),
      withManifest((m) => (m.members[0]!.weight = 9)),
      withManifest((m) => m.members.reverse()),
      withManifest((m) => m.members[0]!.classes.reverse()),
      { ...bundleContents('trees'), 'label_encoder.json': { classes: [d, c, b, a] } },
      { ...bundleContents('trees'), 'selected_features.json': [...expectations.features].reverse() },
      { ...bundleContents('trees'), 'scaler.json': expectations.scaler },
      { ...bundleContents('trees'), 'scaler.json': scaler },
      bundleContents('scaled'),
      { ...bundleContents('trees'), 'palette.json': { maize: '#000000' } },
    ];
    for (const contents of cases) digests.add((await load(contents)).digest);
    assert.equal(digests.size, cases.length);
  });

  test('does not change with name, version and card', async () => {
    const { digest } = await load(bundleContents('trees'));
    assert.match(digest, /^[0-9a-f]{64}$/);
    const other = withManifest((m) =>
      Object.assign(m, { name: 'other', version: '2', card: { accuracy: 1 } }),
    );
    assert.equal((await load(other)).digest, digest);
  });
});

describe('what is wrong is said, with the file', () => {
  const good = () => bundleContents('trees');
  const json = (text: string) => new TextEncoder().encode(text);
  const scaled = () => bundleContents('scaled');
  const cases: [what: string, contents: BundleContents, code: ErrorCode, file: string, message: RegExp][] = [
    [
      'no bundle.json',
      { ...good(), 'bundle.json': undefined },
      'bundle-missing-file',
      'bundle.json',
      /missing/,
    ],
    [
      'no features',
      { ...good(), 'selected_features.json': undefined },
      'bundle-missing-file',
      'selected_features.json',
      /missing/,
    ],
    [
      'no labels',
      { ...good(), 'label_encoder.json': undefined },
      'bundle-missing-file',
      'label_encoder.json',
      /missing/,
    ],
    ['no model', { ...good(), 'forest.onnx': undefined }, 'bundle-missing-file', 'forest.onnx', /missing/],
    [
      'half a document',
      { ...good(), 'bundle.json': json('{"name": "x", ') },
      'bundle-malformed',
      'bundle.json',
      /not JSON/,
    ],
    [
      'bytes that are not UTF-8',
      { ...good(), 'label_encoder.json': new Uint8Array([0x22, 0xff, 0x22]) },
      'bundle-malformed',
      'label_encoder.json',
      /not JSON/,
    ],
    ['a list for bundle.json', { ...good(), 'bundle.json': [] }, 'bundle-malformed', 'bundle.json', /object/],
    [
      'features that are no list',
      { ...good(), 'selected_features.json': { a: 1 } },
      'bundle-malformed',
      'selected_features.json',
      /list of names/,
    ],
    [
      'a feature twice',
      { ...good(), 'selected_features.json': ['ndvi_peak', 'ndvi_peak'] },
      'bundle-malformed',
      'selected_features.json',
      /"ndvi_peak" more than once/,
    ],
    [
      'unknown features',
      { ...good(), 'selected_features.json': ['ndvi_peak', 'lai_peak', 'B8', 'dw_class'] },
      'bundle-unknown-feature',
      'selected_features.json',
      /2 features .*"lai_peak", "B8"\.$/,
    ],
    [
      'a column too few',
      { ...good(), 'selected_features.json': expectations.features.slice(1) },
      'bundle-mismatch',
      'xgboost.onnx',
      /6 columns.* 5 features/,
    ],
    [
      'another feature order',
      withManifest((m) => (m.featureOrder = 'FEATURE_ORDER_V2')),
      'bundle-malformed',
      'bundle.json',
      /FEATURE_ORDER_V2/,
    ],
    [
      'a name that is no part of a URL',
      withManifest((m) => (m.name = 'a/b')),
      'bundle-malformed',
      'bundle.json',
      /"name" is "a\/b"/,
    ],
    [
      'a version that is a number',
      withManifest((m) => (m.version = 1)),
      'bundle-malformed',
      'bundle.json',
      /"version"/,
    ],
    [
      'an even kernel',
      withManifest((m) => (m.smoothing = 4)),
      'bundle-malformed',
      'bundle.json',
      /"smoothing" is 4/,
    ],
    [
      'a card that is a text',
      withManifest((m) => (m.card = 'fine')),
      'bundle-malformed',
      'bundle.json',
      /"card"/,
    ],
    ['no members', withManifest((m) => (m.members = [])), 'bundle-malformed', 'bundle.json', /"members"/],
    [
      'a member in another folder',
      withManifest((m) => (m.members[0]!.file = '../x.onnx')),
      'bundle-malformed',
      'bundle.json',
      /own folder/,
    ],
    [
      'a weight of 0',
      withManifest((m) => (m.members[0]!.weight = 0)),
      'bundle-malformed',
      'bundle.json',
      /"weight" is 0/,
    ],
    [
      'a negative weight',
      withManifest((m) => (m.members[1]!.weight = -1)),
      'bundle-malformed',
      'bundle.json',
      /forest\.onnx.*"weight" is -1/,
    ],
    [
      'a weight that overflows',
      {
        ...good(),
        'bundle.json': json(JSON.stringify(good()['bundle.json']).replace('"weight":2', '"weight":1e999')),
      },
      'bundle-malformed',
      'bundle.json',
      /"weight"/,
    ],
    [
      'weights whose sum overflows',
      withManifest((m) => m.members.forEach((member) => (member.weight = 1e308))),
      'bundle-malformed',
      'bundle.json',
      /"weight" is 1e\+308; it must be a number between 1e-100 and 1e\+100/,
    ],
    [
      'a weight that leaves nothing of a probability',
      withManifest((m) => (m.members[0]!.weight = 1e-323)),
      'bundle-malformed',
      'bundle.json',
      /"weight" is 1e-323/,
    ],
    [
      'a weight that is a text',
      withManifest((m) => (m.members[0]!.weight = '1')),
      'bundle-malformed',
      'bundle.json',
      /"weight" is "1"/,
    ],
    [
      "a class twice in a member's list",
      withManifest((m) => (m.members[0]!.classes[1] = 'maize')),
      'bundle-malformed',
      'bundle.json',
      /"maize" more than once/,
    ],
    [
      "a member's class that is not served",
      withManifest((m) => (m.members[0]!.classes[1] = 'tobaco')),
      'bundle-mismatch',
      'bundle.json',
      /"tobaco"/,
    ],
    [
      'a class fewer than probabilities',
      withManifest((m) => m.members[0]!.classes.pop()),
      'bundle-mismatch',
      'xgboost.onnx',
      /4 columns.* 3 classes/,
    ],
    [
      'a class that nobody gives',
      { ...good(), 'label_encoder.json': { classes: [...expectations.classes, 'rice'] } },
      'bundle-mismatch',
      'label_encoder.json',
      /"rice"/,
    ],
    [
      'a served class twice',
      { ...good(), 'label_encoder.json': { classes: ['maize', 'maize'] } },
      'bundle-malformed',
      'label_encoder.json',
      /"maize" more than once/,
    ],
    [
      'an empty class name',
      { ...good(), 'label_encoder.json': { classes: ['maize', ' '] } },
      'bundle-malformed',
      'label_encoder.json',
      /not a name/,
    ],
    [
      '256 classes',
      { ...good(), 'label_encoder.json': { classes: Array.from({ length: 256 }, (_, i) => `c${i}`) } },
      'bundle-malformed',
      'label_encoder.json',
      /256 names; at most 255/,
    ],
    [
      'a short scaler',
      { ...scaled(), 'scaler.json': { ...expectations.scaler, scale: [1] } },
      'bundle-mismatch',
      'scaler.json',
      /"scale" has 1 .* 6 features/,
    ],
    [
      'a scale of 0',
      { ...scaled(), 'scaler.json': { mean: [0, 0, 0, 0, 0, 0], scale: [1, 1, 0, 1, 1, 1] } },
      'bundle-malformed',
      'scaler.json',
      /scale\[2\].* is 0/,
    ],
    [
      'a mean that is null',
      { ...scaled(), 'scaler.json': { mean: [null, 0, 0, 0, 0, 0], scale: [1, 1, 1, 1, 1, 1] } },
      'bundle-malformed',
      'scaler.json',
      /"mean"/,
    ],
    [
      'a colour by name',
      { ...good(), 'palette.json': { maize: 'gold' } },
      'bundle-malformed',
      'palette.json',
      /"maize" is "gold"/,
    ],
    [
      'a colour of no class',
      { ...good(), 'palette.json': { maiz: '#ffffff' } },
      'bundle-mismatch',
      'palette.json',
      /"maiz"/,
    ],
    [
      'a truncated model',
      { ...good(), 'xgboost.onnx': fixtureBytes('xgboost.onnx').subarray(0, 9000) },
      'bundle-malformed',
      'xgboost.onnx',
      /not an ONNX file/,
    ],
    [
      'an empty model',
      { ...good(), 'xgboost.onnx': new Uint8Array(0) },
      'bundle-malformed',
      'xgboost.onnx',
      /does not load/,
    ],
    [
      'a web page for a model',
      { ...good(), 'xgboost.onnx': json('<html>not found</html>') },
      'bundle-malformed',
      'xgboost.onnx',
      /not an ONNX file/,
    ],
    [
      'a ZipMap',
      withModel('refused-zipmap.onnx'),
      'bundle-mismatch',
      'refused-zipmap.onnx',
      /no float32 tensor/,
    ],
    [
      'a label without probabilities',
      withModel('refused-label-only.onnx'),
      'bundle-mismatch',
      'refused-label-only.onnx',
      /no float32 tensor/,
    ],
    [
      'scores for probabilities',
      withModel('refused-raw-scores.onnx'),
      'bundle-mismatch',
      'refused-raw-scores.onnx',
      /does not hold probabilities/,
    ],
    [
      'a float64 input',
      withModel('refused-double.onnx'),
      'bundle-mismatch',
      'refused-double.onnx',
      /float64/,
    ],
    [
      'two inputs',
      withModel('refused-two-inputs.onnx'),
      'bundle-mismatch',
      'refused-two-inputs.onnx',
      /2 inputs/,
    ],
    [
      'trees in circles',
      withModel('refused-circle.onnx'),
      'bundle-malformed',
      'refused-circle.onnx',
      /leads back/,
    ],
    [
      'trees in circles, as ai.onnx.ml 5 writes them',
      withModel('refused-circle-v5.onnx'),
      'bundle-malformed',
      'refused-circle-v5.onnx',
      /leads back/,
    ],
    [
      'a branch to nowhere',
      withModel('refused-lost-child.onnx'),
      'bundle-malformed',
      'refused-lost-child.onnx',
      /node 2 of tree 0 has a child that is not there/,
    ],
    [
      'a branch to nowhere, as ai.onnx.ml 5 writes it',
      withModel('refused-lost-child-v5.onnx'),
      'bundle-malformed',
      'refused-lost-child-v5.onnx',
      /node 0 has a child that is not there/,
    ],
    [
      'a branch on a column beyond the input',
      withModel('refused-column.onnx'),
      'bundle-mismatch',
      'refused-column.onnx',
      /ask for 7 columns.* 6 features/,
    ],
    [
      'a fixed number of rows',
      withModel('refused-fixed-batch.onnx'),
      'bundle-mismatch',
      'refused-fixed-batch.onnx',
      /1 rows only/,
    ],
  ];

  for (const [what, contents, code, file, message] of cases) {
    test(what, async () => {
      await assert.rejects(load(contents), (error) => {
        assert.ok(isGeoCropError(error, code), `${String(error)}`);
        assert.match(error.message, message);
        assert.ok(error.message.startsWith(`test/${file}: `), error.message);
        assert.deepEqual(error.context, { bundle: 'test', file });
        return true;
      });
    });
  }

  test('a ZipMap comes with what to do', async () => {
    const error = await load(withModel('refused-zipmap.onnx')).catch((e: unknown) => e);
    assert.ok(isGeoCropError(error));
    assert.match(error.hint ?? '', /zipmap/);
  });
});
