import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isGeoCropError } from '../../errors.js';
import { csvRecords } from './csv-records.js';

/** The file in pieces of `size` characters. */
async function read(text: string, size = text.length): Promise<[line: number, ...fields: string[]][]> {
  const records: [number, ...string[]][] = [];
  const open = async function* () {
    for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
  };
  for await (const some of csvRecords({ name: 'rows.csv', open })) {
    records.push(...some.map(({ line, fields }): [number, ...string[]] => [line, ...fields]));
  }
  return records;
}

describe('CSV', () => {
  const cases: readonly (readonly [what: string, text: string, records: [number, ...string[]][]])[] = [
    ['plain', 'a,b\n1,2\n', [[1, 'a', 'b'], [2, '1', '2']]], // prettier-ignore
    ['no line break at the end', 'a,b\n1,', [[1, 'a', 'b'], [2, '1', '']]], // prettier-ignore
    ['CRLF and a byte order mark', '\uFEFFa,b\r\n1,2\r\n', [[1, 'a', 'b'], [2, '1', '2']]], // prettier-ignore
    ['quotes', '"a","b ""c"", d"\r\n"",x\n', [[1, 'a', 'b "c", d'], [2, '', 'x']]], // prettier-ignore
    ['line breaks in quotes are counted', 'a,"1\n2\r\n3"\nb,c', [[1, 'a', '1\n2\r\n3'], [4, 'b', 'c']]], // prettier-ignore
    ['empty lines', 'a\n\n\r\nb\n\n', [[1, 'a'], [4, 'b']]], // prettier-ignore
    ['nothing', '', []],
  ];
  for (const [what, text, records] of cases) {
    test(what, async () => {
      assert.deepEqual(await read(text), records);
    });
    test(`${what}, in pieces`, async () => {
      for (const size of [1, 2, 3, 5]) assert.deepEqual(await read(text, size), records, `pieces of ${size}`);
    });
  }

  const broken: readonly (readonly [what: string, text: string, says: RegExp])[] = [
    ['a quote that is not closed', 'a,b\n1,"2\n3', /^rows\.csv, line 2: a quoted field does not end/],
    ['text behind a quote', 'a,b\n1,"2"3\n', /^rows\.csv, line 2: a quote in the middle of field 2/],
    ['a quote inside a field', 'a,b\n1"2,3\n', /^rows\.csv, line 2: a quote in the middle of field 1/],
    ['a record without end', `a\n"${'x'.repeat(2 ** 21)}`, /line 2: a record of more than/],
  ];
  for (const [what, text, says] of broken) {
    for (const size of [1 << 16, 7]) {
      if (text.length > 1000 && size === 7) continue;
      test(`${what}, pieces of ${size}`, async () => {
        await assert.rejects(read(text, size), (error: unknown) => {
          assert.ok(isGeoCropError(error, 'model-malformed'));
          assert.match(error.message, says);
          return true;
        });
      });
    }
  }
});
