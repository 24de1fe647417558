import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import { readDamaged } from '../damage.js';
import { readXgboostJson, readXgboostUbj } from './read-xgboost.js';

/** Tests run from dist; the files stay where they are. */
const FOLDER = new URL('../../../../engine/forest/xgboost/fixtures/', import.meta.url);

describe('XGBoost files, damaged', () => {
  for (const file of [
    'binary.json',
    'binary-1.7.6.json',
    'early.json',
    'binary.ubj',
    'softprob.ubj',
    'one-leaf.ubj',
  ]) {
    test(`${file}: cut or with bytes changed, it ends in an error of ours or a model`, () => {
      const read = file.endsWith('.ubj') ? readXgboostUbj : readXgboostJson;
      const { cut, changed } = readDamaged(read, readFileSync(new URL(file, FOLDER)), 500);
      assert.equal(cut, 0, 'a document that is cut has no end');
      // A digit may become another digit; most changes are found.
      assert.ok(changed < 500);
    });
  }
});
