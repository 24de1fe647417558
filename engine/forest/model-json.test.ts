import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { isGeoCropError } from '../errors.js';
import { JsonValue } from './model-json.js';

const parse = (text: string) => JsonValue.parse(new TextEncoder().encode(text), 'm.json');
const refuses = (work: () => unknown, says: RegExp) =>
  assert.throws(work, (error) => isGeoCropError(error, 'model-malformed') && says.test(error.message));

describe("a model's JSON", () => {
  const root = parse('{"trees": [{"leaf": [1, 2.5, "x"]}, null], "none": null, "__proto__": 3, "name": "n"}');

  test('a value knows where it stands', () => {
    const [first, second] = root.field('trees').items();
    assert.equal(root.place, '');
    assert.equal(first!.field('leaf').items()[1]!.place, 'trees[0].leaf[1]');
    assert.equal(second!.present, false);
    refuses(() => second!.field('leaf'), /^m\.json, trees\[1\]: must be an object, is null\.$/);
    refuses(() => first!.field('leaf').numbers(), /^m\.json, trees\[0\]\.leaf: holds a string at 2/);
    refuses(() => root.field('name').number(), /^m\.json, name: must be a number, is a string/);
    refuses(() => root.field('trees').text(), /must be a text, is a list/);
    refuses(() => root.field('name').items(), /must be a list, is a string/);
  });

  test('what is missing or null is not present, and what objects inherit is not there', () => {
    for (const key of ['none', 'absent', 'toString', 'constructor']) {
      assert.equal(root.field(key).present, false, key);
      assert.deepEqual(root.field(key).items(), []);
    }
    assert.equal(root.field('__proto__').number(), 3);
  });

  test('a place that fills a page is cut to its two ends', () => {
    const depth = 5000;
    let value = parse(`${'{"right":'.repeat(depth)}1${'}'.repeat(depth)}`);
    for (let i = 0; i < depth; i++) value = value.field('right');
    assert.equal(value.number(), 1);
    assert.match(value.place, /^right\.right.*….*\.right$/);
    assert.ok(value.place.length < 200);
  });

  test('what is no JSON, or no UTF-8, is said', () => {
    refuses(() => parse('{"a": 1'), /^m\.json: is not JSON: /);
    refuses(() => parse(''), /is not JSON/);
    refuses(() => JsonValue.parse(Uint8Array.of(0x22, 0xff, 0x22), 'm.json'), /is not JSON/);
    assert.equal(JsonValue.parse(new TextEncoder().encode('\ufeff{"a":1}'), 'm').field('a').number(), 1);
  });
});
