import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';

import { recogniseModel } from './recognise-model.js';

/** Tests run from dist; the files stay where they are. */
const committed = (path: string): Uint8Array =>
  readFileSync(new URL(`../../../engine/${path}`, import.meta.url));
const DATA = '../shared/data/models';

const latin1 = (text: string) => Buffer.from(text, 'latin1');

describe('what a model file is', () => {
  test('by its content', () => {
    const cases: readonly (readonly [Uint8Array, string])[] = [
      [latin1('{"version":[3,2,0],"learner":{}}'), 'xgboost-json'],
      [latin1('\xef\xbb\xbf \n{ "learner" : {} }'), 'xgboost-json'],
      [latin1('{L\0\0\0\0\0\0\0\x07learner{'), 'xgboost-ubj'],
      [latin1('{i\x07learner{'), 'xgboost-ubj'],
      [latin1('tree\nversion=v4\n'), 'lightgbm-text'],
      [latin1('tree\r\nversion=v4\r\n'), 'lightgbm-text'],
      [latin1('{"trees":[{"learner":1}],"scale_and_bias":[1,[0]]}'), 'catboost-json'],
      [latin1('{"trees":[],"kind":"\\"learner\\":","features":[],"classes":[0,1]}'), 'random-forest-json'],
      [committed('forest/catboost/fixtures/binary.json'), 'catboost-json'],
      [committed('forest/catboost/fixtures/lossguide.json'), 'catboost-json'],
      [committed('classes/fixtures/xgboost.onnx'), 'onnx'],
      [committed('classes/fixtures/mlp.onnx'), 'onnx'],
      [committed('classes/fixtures/forest.onnx').subarray(0, 1000), 'onnx'],
    ];
    for (const [bytes, format] of cases) {
      assert.equal(recogniseModel(bytes), format, Buffer.from(bytes.subarray(0, 40)).toString());
    }
  });

  const refused: readonly (readonly [start: string, says: RegExp])[] = [
    ['', /is empty/],
    ['CBM1p\x1a\0\0', /CatBoost's binary format.*format="json"/],
    ['\x80\x04\x95i\x13\0\0', /pickle.*runs code/],
    ['x\x9cabc', /compressed/],
    ['\x1f\x8b\x08\0', /compressed/],
    ['PK\x03\x04', /ZIP/],
    ['\x89HDF\r\n\x1a\n', /HDF5/],
    ['\x1c\0\0\0TFL3', /TensorFlow Lite/],
    ['booster[0]:\n0:[f1<0.36] yes=1', /text dump.*save_model/],
    ['[\n  { "nodeid": 0', /JSON list.*dump_model/],
    ['{"name":"tree","version":"v4","tree_info":[]}', /LightGBM's JSON dump.*save_model\("model\.txt"\)/],
    ['{"name":"Ensemble","members":[{"learner":1}]}', /no model that we know: it has "name", "members"\./],
    ['{', /no model that we know\./],
    ['<?xml version="1.0"?><PMML', /PMML/],
    ['<!DOCTYPE html><html>', /web page/],
    ['version https://git-lfs.github.com/spec/v1\n', /git lfs pull/],
    ['#include <string>\n', /text of no model.*"#include <string>\\n"/],
    ['\x08\x01\x12\x03abc', /the bytes 08 01 12 03 61 62 63\./],
    ['\0\x01\x02\xff', /the bytes 00 01 02 ff\./],
  ];
  for (const [start, says] of refused) {
    test(`says plainly: ${says.source}`, () => {
      const format = recogniseModel(latin1(start));
      assert.ok(typeof format === 'object', JSON.stringify(format));
      assert.match(`${format.what} ${format.hint}`, says);
      assert.match(format.what, /\.$/);
    });
  }

  test('every file of ../shared/data/models', (t) => {
    if (!existsSync(DATA)) return t.skip('needs ../shared/data');
    const seen = new Map<string, string>();
    for (const entry of readdirSync(DATA, { recursive: true, withFileTypes: true })) {
      if (
        !entry.isFile() ||
        /README|\.(csv|tsv|libsvm|test|pred)$|predictions|_data|^tree_|leaves\.txt/.test(entry.name)
      )
        continue;
      const format = recogniseModel(readFileSync(`${entry.parentPath}/${entry.name}`));
      seen.set(entry.name, typeof format === 'string' ? format : format.what);
    }
    assert.deepEqual(Object.fromEntries([...seen].sort()), {
      'central_20220224.rf.json': 'random-forest-json',
      'deafrica_southeast_cropmask.xgb.json': 'xgboost-json',
      'deafrica_southeast_cropmask.xgb.ubj': 'xgboost-ubj',
      'indian_ocean_20220307.rf.json': 'random-forest-json',
      'lg_1tree.json': "is LightGBM's JSON dump; its text format is taken.",
      'lg_breast_cancer.txt': 'lightgbm-text',
      'lg_dart_breast_cancer.model': 'lightgbm-text',
      'lg_kddcup99.model': 'lightgbm-text',
      'lg_rf_iris.model': 'lightgbm-text',
      'lgmulticlass.model': 'lightgbm-text',
      'model_simple.txt': 'lightgbm-text',
      'mushroom.model': 'xgboost-binary',
      'sits_mt_ndvi_4class.xgb.json': 'xgboost-json',
      'toy_categorical_model.txt': 'lightgbm-text',
      'xg_dart_agaricus.model': 'xgboost-binary',
      'xgagaricus.json': 'xgboost-json',
      'xgagaricus.model': 'xgboost-binary',
      'xgagaricus.ubj': 'xgboost-ubj',
      'xgdermatology.json': 'xgboost-json',
      'xgdermatology.model': 'xgboost-binary',
      'xgdermatology.ubj': 'xgboost-ubj',
    });
  });

  test('no bytes make it throw or hang', () => {
    let state = 1;
    const next = () => (state = (state * 48271) % 2147483647);
    const heads = ['', '{', '{"', '[', '\x08\x08', '{L', 'tree\n', '\x80\x04', '{"trees":'].map(latin1);
    for (let i = 0; i < 3000; i++) {
      const bytes = Buffer.concat([
        heads[i % heads.length]!,
        Buffer.from(Array.from({ length: i % 300 }, () => next() % 256)),
      ]);
      const format = recogniseModel(bytes);
      assert.ok(typeof format === 'string' || format.what.length > 5);
    }
  });
});
