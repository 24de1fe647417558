import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { jsonErrorAt } from './json-error.js';

describe('where a text stops being JSON', () => {
  for (const [text, at] of [
    ['{"type": Polygon}', 9],
    ['{"a": 1,}', 8],
    ['[1, 2 3]', 6],
    ['{"a" 1}', 5],
    ['[1, 2]]', 6],
    ['{a: 1}', 1],
    ["['x']", 1],
    ['[NaN]', 1],
    ['{"a": [1, {"b": ]}', 16],
    ['{"type": "Polygon"', 18],
    ['[01]', 2],
    ['["a\\x"]', 1],
    ['["\\u12G4"]', 1],
    ['["a\nb"]', 1],
    ['["never ends', 1],
    ['{"a\\"b": "\\\\", 1}', 15],
  ] as const) {
    test(text, () => {
      assert.throws(() => JSON.parse(text) as unknown, SyntaxError);
      assert.equal(jsonErrorAt(text), at);
    });
  }

  test('is found in strings as long as a body may be', () => {
    const long = 'x'.repeat(2 ** 25);
    assert.equal(jsonErrorAt(`["${long}`), 1);
    assert.equal(jsonErrorAt(`["${long}",]`), long.length + 4);
  });

  test('is nowhere in what is JSON: its end', () => {
    for (const value of [[], {}, [[{}], { a: [1, -2.5e-3, null, true, false, 'x\n"é'] }], 'text', 0]) {
      for (const text of [JSON.stringify(value), JSON.stringify(value, null, 2)]) {
        assert.equal(jsonErrorAt(text), text.length, text);
      }
    }
  });
});
