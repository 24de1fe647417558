import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { folderBundleFiles } from '../classes/bundle-files.js';
import { createClassifier } from '../classes/classifier.js';
import { loadBundle } from '../classes/load-bundle.js';
import { paletteOf } from '../classes/palette.js';
import { pythonWith } from '../encode/gdal-oracle.js';
import { FEATURE_ORDER_V1 } from '../pixels/feature-order.js';

const SCRIPT = fileURLToPath(new URL('../../../engine/training/train_simulated.py', import.meta.url));
const python = pythonWith('xgboost, onnxmltools, onnxruntime');

const CLASSES = 'maize tobacco soybean cotton groundnut fallow woodland grass water built_up'.split(' ');

let state = 7;
const random = () => (state = (state * 48271) % 2147483647) / 2147483647;

interface Row {
  label: string;
  field: string;
  features: (number | '')[];
}

/** Six fields a class, nine pixels a field: a mean per class in each feature, an offset per field, noise per pixel. */
function madeUpRows(): Row[] {
  return CLASSES.flatMap((label) => {
    const centre = FEATURE_ORDER_V1.map(() => random());
    return Array.from({ length: 6 }, (_, f) => {
      const offset = FEATURE_ORDER_V1.map(() => 0.2 * (random() - 0.5));
      return Array.from({ length: 9 }, () => ({
        label: label.replace('_', '-'),
        field: `${label}-${f}`,
        features: centre.map((x, i) => Math.fround(x + offset[i]! + 0.3 * (random() - 0.5))),
      }));
    }).flat();
  });
}

function csvOf(rows: readonly Row[], recipe = (_: number) => 'r1'): string {
  const header = ['id', 'lon', 'lat', 'label', 'field', 'n_obs', 'recipe', 'scenes', ...FEATURE_ORDER_V1];
  const lines = rows.map(({ label, field, features }, i) =>
    [i, 30, -17.8, label, field, 12, recipe(i), 's', ...features].join(','),
  );
  return [header.join(','), ...lines].join('\n') + '\n';
}

if (python === null) {
  test('train_simulated.py', (t) => {
    t.skip(
      'needs XGBoost: python3 -m venv .venv && .venv/bin/pip install -r engine/training/requirements.txt',
    );
  });
} else {
  describe('train_simulated.py', tests);
}

function tests(): void {
  let dir: string;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'geocrop-train-'));
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  const train = (csv: string, out: string) => {
    writeFileSync(join(dir, 'table.csv'), csv);
    const args = [SCRIPT, '--table', join(dir, 'table.csv'), '--out', join(dir, out), '--name', 'made-up'];
    return spawnSync(python as string, [...args, '--rounds', '15'], { encoding: 'utf8' });
  };

  test('the bundle loads, knows fields that it has not seen, and is the same when made again', async () => {
    const rows = madeUpRows();
    rows[4]!.features[3] = ''; // too few observations
    const csv = csvOf(rows);
    const first = train(csv, 'a');
    assert.equal(first.status, 0, first.stderr);

    const bundle = await loadBundle(folderBundleFiles(join(dir, 'a')));
    assert.equal(bundle.name, 'made-up');
    assert.deepEqual(bundle.classes, CLASSES);
    assert.deepEqual(bundle.features, [...FEATURE_ORDER_V1]);
    assert.deepEqual(bundle.palette, paletteOf(CLASSES));

    const card = bundle.card as {
      simulated: boolean;
      pixelsRecipe: string;
      accuracy: number;
      pixels: object;
      fields: object;
      heldOutFields: string[];
      confusionMatrix: { pixels: number[][] };
    };
    assert.equal(card.simulated, true);
    assert.equal(card.pixelsRecipe, 'r1');
    assert.deepEqual(card.fields, { trained: 40, heldOut: 20 });
    assert.ok(card.accuracy > 0.8, `${card.accuracy}`);

    // The card's confusion matrix is what the server's classifier makes of exactly the held-out fields.
    const unseen = rows.filter(
      ({ field, features }) => card.heldOutFields.includes(field) && !features.includes(''),
    );
    const count = unseen.length;
    const features = new Float32Array(FEATURE_ORDER_V1.length * count);
    unseen.forEach((row, i) => row.features.forEach((x, f) => (features[f * count + i] = Number(x))));
    const classifier = await createClassifier(bundle);
    const { classes } = await classifier.run({ features, stride: count, count });
    await classifier.close();
    const matrix = CLASSES.map(() => CLASSES.map(() => 0));
    unseen.forEach(({ label }, i) => matrix[CLASSES.indexOf(label.replace('-', '_'))]![classes[i]!]!++);
    assert.deepEqual(card.confusionMatrix.pixels, matrix);

    assert.equal(train(csv, 'b').status, 0);
    for (const file of readdirSync(join(dir, 'a'))) {
      assert.deepEqual(readFileSync(join(dir, 'b', file)), readFileSync(join(dir, 'a', file)), file);
    }
  });

  const refused: [what: string, csv: () => string, message: RegExp][] = [
    [
      'an unknown label',
      () => csvOf(madeUpRows().map((r, i) => (i ? r : { ...r, label: 'rice' }))),
      /labels rice/,
    ],
    ['rows of two recipes', () => csvOf(madeUpRows(), (i) => `r${i % 2}`), /different pixels recipes/],
    [
      'a field of two classes',
      () => csvOf(madeUpRows().map((r) => ({ ...r, field: '1' }))),
      /field 1 is both/,
    ],
    ['rows without a field', () => csvOf(madeUpRows().map((r) => ({ ...r, field: '' }))), /has no field/],
    [
      'a class of one field',
      () => csvOf(madeUpRows().map((r) => ({ ...r, field: r.label }))),
      /at least two/,
    ],
    ['no rows', () => csvOf([]), /no rows/],
  ];
  for (const [what, csv, message] of refused) {
    test(`${what} is refused`, () => {
      const { status, stderr } = train(csv(), 'refused');
      assert.equal(status, 1);
      assert.match(stderr, message);
    });
  }
}
