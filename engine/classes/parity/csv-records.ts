import { modelError } from '../../forest/model-error.js';

export interface CsvRecord {
  /** Where it begins, counted from 1 as editors do: a quoted field may hold line breaks. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** A file that can be read from its beginning as often as needed. */
export interface TextFile {
  /** For messages. */
  readonly name: string;
  open(): AsyncIterable<string>;
}

/** No record of ours is longer: what is, is a quote that was never closed. */
const MAX_RECORD_CHARS = 1 << 20;

/**
 * The records of a CSV file (RFC 4180; LF or CRLF; a byte order mark and empty lines are passed over), the header among them,
 * as many at a time as a piece of the file holds. Throws `model-malformed` with the line.
 */
export async function* csvRecords(file: TextFile): AsyncGenerator<readonly CsvRecord[]> {
  let rest = '';
  let line = 1;
  let begun = false;
  for await (const piece of file.open()) {
    rest += begun ? piece : piece.replace(/^\uFEFF/, '');
    begun ||= piece !== '';
    const taken = takeRecords(rest, line, file.name);
    rest = rest.slice(taken.end);
    line = taken.line;
    if (rest.length > MAX_RECORD_CHARS) {
      throw malformed(
        file.name,
        line,
        `a record of more than ${MAX_RECORD_CHARS} characters: is a quote missing?`,
      );
    }
    if (taken.records.length > 0) yield taken.records;
  }
  const last = takeRecords(`${rest}\n`, line, file.name);
  if (last.end <= rest.length) throw malformed(file.name, last.line, 'a quoted field does not end.');
  if (last.records.length > 0) yield last.records;
}

function malformed(file: string, line: number, message: string) {
  return modelError('model-malformed', file, `line ${line}`, message);
}

interface Taken {
  readonly records: readonly CsvRecord[];
  /** Where the first record that is not whole begins, in the text and as a line. */
  readonly end: number;
  readonly line: number;
}

function takeRecords(text: string, firstLine: number, file: string): Taken {
  const records: CsvRecord[] = [];
  let [start, line] = [0, firstLine];
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    const plain = text.slice(start, end);
    if (!plain.includes('"')) {
      const fields = withoutReturn(plain);
      if (fields !== '') records.push({ line, fields: fields.split(',') });
      start = end + 1;
      line += 1;
      continue;
    }
    const quoted = quotedRecord(text, start, line, file);
    if (quoted === null) break;
    records.push({ line, fields: quoted.fields });
    start = quoted.end;
    line += quoted.lines;
  }
  return { records, end: start, line };
}

const withoutReturn = (text: string): string => (text.endsWith('\r') ? text.slice(0, -1) : text);

/** A field and what ends it; quotes inside a quoted one are doubled. */
const FIELD = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n)/y;

/** The record that begins at `start`, quotes and all; null where the text ends before it does. */
function quotedRecord(
  text: string,
  start: number,
  line: number,
  file: string,
): { fields: string[]; end: number; lines: number } | null {
  const fields: string[] = [];
  FIELD.lastIndex = start;
  for (let at = start; ; at = FIELD.lastIndex) {
    const match = FIELD.exec(text);
    if (match === null) {
      if (!endsEarly(text, at))
        throw malformed(file, line, `a quote in the middle of field ${fields.length + 1}.`);
      return null;
    }
    const [, quoted, plain, end] = match;
    fields.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    const record = text.slice(start, FIELD.lastIndex);
    return { fields, end: FIELD.lastIndex, lines: record.split('\n').length - 1 };
  }
}

/** Whether the field at `at` could still become one when more text comes. */
function endsEarly(text: string, at: number): boolean {
  if (text[at] !== '"') return !/["\n]/.test(text.slice(at));
  const inside = /^"(?:[^"]|"")*/.exec(text.slice(at))?.[0] ?? '';
  const after = text.slice(at + inside.length);
  return after === '' || after === '"' || after === '"\r';
}
