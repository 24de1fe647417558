import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { isGeoCropError } from '../errors.js';
import { checkFeatures, memberClasses } from './match-model.js';

const refuses = (work: () => unknown, says: RegExp) =>
  assert.throws(work, (error) => {
    assert.ok(isGeoCropError(error, 'model-mismatch'), String(error));
    assert.match(error.message, says);
    assert.ok(error.hint !== undefined);
    return true;
  });

describe('columns', () => {
  const features = ['a', 'b', 'c'];

  test('the same names in the same order fit, and as many without names', () => {
    checkFeatures('m.json', 3, ['a', 'b', 'c'], features);
    checkFeatures('m.json', 3, null, features);
  });

  test('another number is refused, with the names that differ', () => {
    refuses(
      () => checkFeatures('m.json', 2, null, features),
      /^m\.json: has 2 columns, but the list of features has 3\.$/,
    );
    refuses(
      () => checkFeatures('m.json', 2, ['a', 'x'], features),
      /It lacks "b", "c"\. It has "x", which the list lacks\./,
    );
    refuses(
      () => checkFeatures('m.json', 4, ['a', 'b', 'c', 'd'], features),
      /4 columns.*It has "d", which the list lacks\./,
    );
  });

  test('other names are refused', () => {
    refuses(() => checkFeatures('m.json', 3, ['a', 'b', 'd'], features), /It lacks "c"\. It has "d"/);
  });

  test('another order is refused, with the first column that differs', () => {
    refuses(
      () => checkFeatures('m.json', 3, ['a', 'c', 'b'], features),
      /another order.*column 1 is "c", listed is "b"/,
    );
  });
});

describe('classes', () => {
  const classes = ['maize', 'tobacco', 'fallow'];

  test('by name, some or all, in the order of the model; by place without names', () => {
    assert.deepEqual(memberClasses('m', 3, ['fallow', 'maize', 'tobacco'], classes), [
      'fallow',
      'maize',
      'tobacco',
    ]);
    assert.deepEqual(memberClasses('m', 2, ['tobacco', 'maize'], classes), ['tobacco', 'maize']);
    assert.deepEqual(memberClasses('m', 3, null, classes), classes);
  });

  test('another number without names is refused', () => {
    refuses(
      () => memberClasses('m', 2, null, classes),
      /probabilities of 2 classes, but the list has 3: "maize"/,
    );
  });

  test('names that the list lacks are refused, and ones that contradict themselves', () => {
    refuses(
      () => memberClasses('m', 2, ['Maize', 'tobacco'], classes),
      /classes that the list lacks: "Maize"\. Listed are "maize"/,
    );
    refuses(
      () => memberClasses('m', 3, ['maize', 'tobacco'], classes),
      /names 2 classes and gives probabilities of 3/,
    );
    refuses(() => memberClasses('m', 2, ['maize', 'maize'], classes), /"maize" more than once/);
  });
});
