import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';

import { isGeoCropError } from '../errors.js';
import { forestStats } from './forest-stats.js';
import { readModelFile } from './read-model.js';

/** Tests run from dist; the files stay where they are. */
const ENGINE = new URL('../../../engine/', import.meta.url);
const DATA = '../shared/data/models';

/** Models that the readers' own tests hold against the libraries, one of each format. */
const MODELS: readonly (readonly [file: string, format: RegExp])[] = [
  ['forest/xgboost/fixtures/softprob.json', /^XGBoost JSON 3/],
  ['forest/xgboost/fixtures/binary.ubj', /^XGBoost UBJ 3/],
  ['forest/lightgbm/fixtures/multiclass.txt', /^LightGBM text v4/],
  ['forest/catboost/fixtures/multiclass.json', /^CatBoost JSON 1/],
  ['forest/catboost/fixtures/lossguide.json', /^CatBoost JSON 1/],
  ['classes/fixtures/forest.onnx', /^ONNX/],
  ['classes/fixtures/xgboost.onnx', /^ONNX/],
];
const bytesOf = (file: string): Uint8Array => readFileSync(new URL(file, ENGINE));

describe('a model file of any format', () => {
  for (const [file, format] of MODELS) {
    test(`is read by its content, whatever its name: ${file}`, () => {
      const model = readModelFile(bytesOf(file), 'some.bin');
      assert.ok('forest' in model);
      assert.match(model.format, format);
      assert.ok(forestStats(model.forest).leaves > 1);
    });

    test(`cut or with a byte flipped it ends, in a model or an error that names the file: ${file}`, () => {
      const whole = bytesOf(file);
      const step = Math.max(1, Math.floor(whole.length / 150));
      for (let at = 0; at < whole.length; at += step) {
        for (const bytes of [whole.subarray(0, at), whole.with(at, whole[at]! ^ (1 << (at % 8)))]) {
          try {
            readModelFile(bytes, 'some.bin');
          } catch (error) {
            assert.ok(
              isGeoCropError(
                error,
                'model-malformed',
                'model-unsupported',
                'model-mismatch',
                'model-too-large',
              ),
              `byte ${at}: ${String(error)}`,
            );
            assert.match(error.message, /^some\.bin[,:]/);
          }
        }
      }
    });
  }

  test('ONNX of another kind is no error', () => {
    for (const file of ['mlp.onnx', 'logistic.onnx']) {
      const model = readModelFile(bytesOf(`classes/fixtures/${file}`), file);
      assert.ok('unsupported' in model && model.unsupported.length > 10);
    }
  });

  test('every model of ../shared/data/models is read, or refused with what to do', (t) => {
    if (!existsSync(DATA)) return t.skip('needs ../shared/data');
    const refused: string[] = [];
    for (const entry of readdirSync(DATA, { recursive: true, withFileTypes: true })) {
      if (
        !entry.isFile() ||
        !/\.(json|ubj|model)$|^(lg_breast_cancer|model_simple|toy.*_model)\.txt$/.test(entry.name)
      )
        continue;
      try {
        const model = readModelFile(readFileSync(`${entry.parentPath}/${entry.name}`), entry.name);
        assert.ok('forest' in model);
      } catch (error) {
        assert.ok(isGeoCropError(error, 'model-unsupported'), `${entry.name}: ${String(error)}`);
        assert.ok((error.hint ?? '').length > 10, error.message);
        refused.push(entry.name);
      }
    }
    assert.deepEqual(refused.sort(), [
      'lg_1tree.json',
      'lg_dart_breast_cancer.model',
      'lg_kddcup99.model',
      'model_simple.txt',
      'mushroom.model',
      'toy_categorical_model.txt',
      'xg_dart_agaricus.model',
      'xgagaricus.model',
      'xgdermatology.model',
    ]);
  });
});
