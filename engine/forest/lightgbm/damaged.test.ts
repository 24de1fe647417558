import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import { readDamaged } from '../damage.js';
import { readLightgbmText } from './read-lightgbm-text.js';

/** Tests run from dist; the files stay where they are. */
const FOLDER = new URL('../../../../engine/forest/lightgbm/fixtures/', import.meta.url);
const bytesOf = (file: string): Uint8Array => readFileSync(new URL(file, FOLDER));

describe('LightGBM text, damaged', () => {
  for (const file of ['binary.txt', 'rf-multiclass.txt', 'one-leaf.txt', 'rf-3.3.5.txt']) {
    test(`${file}: cut or with bytes changed, it ends in an error of ours or a model`, () => {
      readDamaged(readLightgbmText, bytesOf(file), 500);
    });
  }

  test('a text that is cut before the end of its trees or within its parameters is refused', () => {
    const bytes = bytesOf('binary.txt');
    const text = new TextDecoder().decode(bytes);
    const [trees, parameters, end] = ['end of trees', '\nparameters:', 'end of parameters'].map((line) =>
      text.indexOf(line),
    );
    assert.equal(readDamaged(readLightgbmText, bytes.subarray(0, trees), trees!).cut, 0);
    for (let at = parameters! + '\nparameters:'.length; at < end!; at += 7) {
      assert.throws(
        () => readLightgbmText(bytes.subarray(0, at), 'm'),
        /ends before the line `end of parameters`/,
      );
    }
  });
});
