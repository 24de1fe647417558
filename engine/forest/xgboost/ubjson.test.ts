import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { isGeoCropError } from '../../errors.js';
import { readUbjson } from './ubjson.js';

/** Letters stand for their bytes, numbers for theirs. */
const bytes = (...parts: (string | number)[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'number' ? [part] : [...part].map((c) => c.charCodeAt(0)))),
  );
const int64 = (value: bigint): number[] => {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigInt64(0, value);
  return [...new Uint8Array(view.buffer)];
};

describe('Universal Binary JSON', () => {
  const values: readonly (readonly [what: string, document: Uint8Array, value: unknown])[] = [
    ['small integers', bytes('[i', 0xff, 'U', 0xff, 'I', 0x80, 0, 'l', 0, 1, 0, 0, ']'), [-1, 255, -32768, 65536]],
    ['int64', bytes('L', ...int64(-9007199254740991n)), -9007199254740991],
    ['float32', bytes('d', 0x3f, 0x80, 0, 0), 1],
    ['float32 Infinity', bytes('d', 0x7f, 0x80, 0, 0), Infinity],
    ['float64', bytes('D', 0xc0, 0x00, 0, 0, 0, 0, 0, 0), -2],
    ['texts', bytes('[SL', ...int64(2n), 'abSi', 0, 'Ca]'), ['ab', '', 'a']],
    ['UTF-8', bytes('SU', 2, 0xc3, 0xa9), 'é'],
    ['literals', bytes('[TFZ]'), [true, false, null]],
    ['a typed list', bytes('[$d#i', 2, 0x3f, 0x80, 0, 0, 0xbf, 0x80, 0, 0), [1, -1]],
    ['a counted list', bytes('[#L', ...int64(3n), 'i', 1, 'T[]'), [1, true, []]],
    ['no-ops', bytes('[NNi', 5, 'N]'), [5]],
  ]; // prettier-ignore
  for (const [what, document, value] of values) {
    test(what, () => assert.deepEqual(readUbjson(document, 'm'), value));
  }

  test('objects, open and counted', () => {
    for (const document of [
      bytes('{i', 1, 'ai', 7, 'i', 1, 'b{}}'),
      bytes('{#i', 2, 'i', 1, 'ai', 7, 'i', 1, 'b{}'),
    ]) {
      assert.equal(JSON.stringify(readUbjson(document, 'm')), '{"a":7,"b":{}}');
    }
  });

  const damages: readonly (readonly [says: RegExp, document: Uint8Array])[] = [
    [/m, byte 0: ends in the middle/, bytes()],
    [/byte 4: has a list of length 1125899906842624, but only 0 bytes are left/, bytes('[$d#', 'L', ...int64(2n ** 50n))],
    [/byte 2: has a list of length 1125899906842624, but only 1 bytes are left/, bytes('[#L', ...int64(2n ** 50n), ']')],
    [/byte 2: has an object of length 9/, bytes('{#i', 9, '}')],
    [/byte 1: has a text of length 1125899906842624/, bytes('SL', ...int64(2n ** 50n), 'a')],
    [/has a text of length -1/, bytes('Si', 0xff)],
    [/byte 2: has a list of 'T', not of numbers/, bytes('[$T#L', ...int64(2n ** 40n))],
    [/has a typed list without a length/, bytes('[$d]')],
    [/byte 1: has '"' where the length of a text must be/, bytes('{"a":1}')],
    [/byte 0: has no such type of value: 'x'/, bytes('x')],
    [/byte 1: has no such type of value: byte 0/, bytes('[', 0)],
    [/has a text that is not UTF-8/, bytes('Si', 1, 0xff)],
    [/goes on after its end for 2 bytes/, bytes('i', 1, 'i', 2)],
    [/is nested more than 64 deep/, bytes('['.repeat(100_000))],
    [/values share a type/, bytes('{$i#i', 1)],
  ]; // prettier-ignore
  test('a list with more values than any model has nodes', () => {
    const count = 30_000_000;
    const document = new Uint8Array(count + 100);
    document.set(bytes('[$U#L', ...int64(BigInt(count))));
    assert.throws(
      () => readUbjson(document, 'm'),
      (error) =>
        isGeoCropError(error, 'model-too-large') && error.message.includes(`byte 13: has a list of ${count}`),
    );
  });

  for (const [says, document] of damages) {
    test(`malformed: ${says.source}`, () => {
      assert.throws(
        () => readUbjson(document, 'm'),
        (error) => {
          assert.ok(isGeoCropError(error, 'model-malformed'), String(error));
          assert.match(error.message, says);
          return true;
        },
      );
    });
  }
});
