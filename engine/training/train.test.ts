import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { folderBundleFiles } from '../classes/bundle-files.js';
import { createClassifier } from '../classes/classifier.js';
import { loadBundle } from '../classes/load-bundle.js';
import { pythonWith } from '../encode/gdal-oracle.js';
import { FEATURE_ORDER_V1 } from '../pixels/feature-order.js';

/** The script behind `npm run train`. */
const SCRIPT = fileURLToPath(new URL('../../../scripts/train.mjs', import.meta.url));
const python = pythonWith('xgboost, lightgbm, catboost');

let state = 7;
const random = () => (state = (state * 48271) % 2147483647) / 2147483647;

interface Row {
  label: string;
  field: string;
  recipe: string;
  features: (number | string)[];
}

/** Fields of six pixels: a mean per class in each feature, an offset per field, noise per pixel. */
function madeUpRows(classes: readonly string[], fields: number): Row[] {
  return classes.flatMap((label) => {
    const centre = FEATURE_ORDER_V1.map(() => random());
    return Array.from({ length: fields }, (_, f) => {
      const offset = FEATURE_ORDER_V1.map(() => 0.2 * (random() - 0.5));
      return Array.from({ length: 6 }, () => ({
        label,
        field: `${label} ${f}`,
        recipe: 'r1',
        features: centre.map((x, i) => Math.fround(x + offset[i]! + 0.3 * (random() - 0.5))),
      }));
    }).flat();
  });
}

const HEADER = [
  'id',
  'lon',
  'lat',
  'label',
  'field',
  'year',
  'n_obs',
  'recipe',
  'scenes',
  ...FEATURE_ORDER_V1,
];

function csvOf(rows: readonly Row[]): string {
  const lines = rows.map(({ label, field, recipe, features }, i) =>
    [i, 30, -17.8, label, field, 2021, 12, recipe, 's', ...features].join(','),
  );
  return `${[HEADER.join(','), ...lines].join('\n')}\n`;
}

if (python === null) {
  test('npm run train', (t) => {
    t.skip(
      'needs XGBoost, LightGBM and CatBoost: python3 -m venv .venv && .venv/bin/pip install --no-deps -r engine/training/requirements.txt',
    );
  });
} else {
  describe('npm run train', () => tests(python));
}

interface Card {
  readonly pixelsRecipe: string;
  readonly accuracy: number;
  readonly data: { readonly withoutFeatures: number };
  readonly fields: object;
  readonly confusionMatrix: { readonly pixels: number[][] };
  readonly members: readonly { readonly file: string; readonly rounds: number }[];
}

function tests(interpreter: string): void {
  let dir: string;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'geocrop-train-'));
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  const train = (out: string, csv: string, ...args: string[]) => {
    const table = join(mkdtempSync(join(dir, 'in-')), 'table.csv');
    writeFileSync(table, csv);
    return spawnSync(process.execPath, [SCRIPT, table, '--out', join(dir, out), '--rounds', '8', ...args], {
      encoding: 'utf8',
      env: { ...process.env, GEOCROP_PYTHON: interpreter },
    });
  };
  const file = (name: string, document: unknown) => {
    writeFileSync(join(dir, name), JSON.stringify(document));
    return join(dir, name);
  };

  test('the bundle loads, serves what its card says of unseen fields, and is the same when made again', async () => {
    const classes = ['sugar cane', 'maize', 'Grünland', 'built_up'];
    const rows = madeUpRows(classes, 10);
    rows[4]!.features[3] = ''; // too few observations
    const csv = csvOf(rows);
    const options = [
      ...['--name', 'made-up', '--classes', file('classes.json', classes)],
      ...['--palette', file('palette.json', { maize: '#102030' })],
    ];
    const first = train('first', csv, ...options);
    assert.equal(first.status, 0, first.stderr);
    assert.match(first.stdout, /vote +\d+\.\d%/);

    const bundle = await loadBundle(folderBundleFiles(join(dir, 'first')));
    assert.equal(bundle.name, 'made-up');
    assert.deepEqual(bundle.classes, classes);
    assert.deepEqual(bundle.features, [...FEATURE_ORDER_V1]);
    assert.equal(bundle.palette[1], '#102030');
    const files = ['xgb.onnx', 'lgbm.onnx', 'cat.onnx'];
    assert.deepEqual(
      bundle.members.map((member) => member.file),
      files,
    );

    const card = bundle.card as unknown as Card;
    assert.equal(card.pixelsRecipe, 'r1');
    assert.equal(card.data.withoutFeatures, 1);
    assert.deepEqual(card.fields, { trained: 24, validation: 8, heldOut: 8 });
    assert.ok(card.accuracy > 0.8, `${card.accuracy}`);
    assert.deepEqual(
      card.members.map((member) => member.file),
      files,
    );

    // The card's matrix is what the server's classifier makes of the rows that Python tested: all of them are parity rows.
    const [header, ...lines] = readFileSync(join(dir, 'first/parity/rows.csv'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    assert.deepEqual(header, HEADER);
    const unseen = lines.filter((line) => line[3] !== '');
    const count = unseen.length;
    assert.ok(lines.length > count, 'no rows at thresholds');
    const features = new Float32Array(FEATURE_ORDER_V1.length * count);
    unseen.forEach((line, i) =>
      line.slice(9).forEach((value, f) => (features[f * count + i] = Number(value))),
    );
    const classifier = await createClassifier(bundle);
    const served = await classifier.run({ features, stride: count, count });
    await classifier.close();
    const matrix = classes.map(() => classes.map(() => 0));
    unseen.forEach((line, i) => matrix[classes.indexOf(line[3]!)]![served.classes[i]!]!++);
    assert.deepEqual(card.confusionMatrix.pixels, matrix);

    const again = train('again', csv, ...options);
    assert.equal(again.status, 0, again.stderr);
    const all = readdirSync(join(dir, 'first'), { recursive: true }).map(String);
    assert.ok(all.includes(join('parity', 'predictions.csv')));
    for (const name of all.filter((name) => name.includes('.'))) {
      assert.deepEqual(readFileSync(join(dir, 'again', name)), readFileSync(join(dir, 'first', name)), name);
    }
  });

  test('two classes', async () => {
    const { status, stderr } = train('two', csvOf(madeUpRows(['crop', 'other'], 5)));
    assert.equal(status, 0, stderr);
    const bundle = await loadBundle(folderBundleFiles(join(dir, 'two')));
    assert.deepEqual([bundle.name, bundle.classes], ['two', ['crop', 'other']]);
  });

  const three = () => madeUpRows(['maize', 'fallow', 'water'], 3);
  const each = (change: (row: Row, i: number) => Partial<Row>) => () =>
    csvOf(three().map((row, i) => ({ ...row, ...change(row, i) })));
  const refused: [what: string, csv: () => string, message: RegExp, args?: string[]][] = [
    ['no rows', () => csvOf([]), /has no rows/],
    ['rows of two recipes', each((_, i) => ({ recipe: `r${i % 2}` })), /different pixels recipes/],
    ['rows without a recipe', each(() => ({ recipe: '' })), /has no recipe/],
    ['a class of one field', each(({ label }) => ({ field: label })), /fallow: 1 field; at least three/],
    [
      'rows without features',
      each(() => ({ features: FEATURE_ORDER_V1.map(() => 'NaN') })),
      /no row has features/,
    ],
    ['a missing column', () => csvOf(three()).replace('field', 'parcel'), /lacks the columns field/],
    ['a feature that nobody computes', () => csvOf(three()).replace('ndvi_peak', 'rain'), /computes rain/],
    ['a name that cannot be in a URL', () => csvOf(three()), /cannot be a model's name/, ['--name', 'a/b']],
    [
      'an option out of range',
      () => csvOf(three()),
      /^train: argument --seed: 0 or more$/m,
      ['--seed', '-1'],
    ],
    [
      'an option that is none',
      () => csvOf(three()),
      /^train: unrecognized arguments: --speed$/m,
      ['--speed'],
    ],
  ];
  for (const [what, csv, message, args = []] of refused) {
    test(`${what}: refused with a sentence, and nothing is written`, () => {
      const { status, stderr } = train('refused', csv(), ...args);
      assert.equal(status, 2);
      assert.match(stderr, message);
      assert.match(stderr, /^train: /m);
      assert.doesNotMatch(stderr, /Traceback/);
      assert.ok(!existsSync(join(dir, 'refused')));
    });
  }

  test('--help has words for each option', () => {
    const { status, stdout } = train('help', '', '--help');
    assert.equal(status, 0);
    // An option whose line is full has its words on the next one.
    const options = stdout.split(/^ {2}(?=-)/m).slice(1);
    assert.ok(options.length > 10, stdout);
    for (const option of options) assert.match(option, /^\S+( \S+)*(\n? {2,})\w/);
  });

  test('what is there is replaced only where it is asked for and is a bundle', () => {
    const precious = mkdtempSync(join(dir, 'precious-'));
    const into = (...args: string[]) => train('table', csvOf(three()), '--out', precious, ...args);
    assert.match(into().stderr, /is there already; --force replaces it/);
    assert.match(into('--force').stderr, /is no bundle, so it is not replaced/);
  });
}
