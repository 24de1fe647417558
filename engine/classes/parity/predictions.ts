import { modelError } from '../../forest/model-error.js';
import { duplicates, quoteNames } from '../bundle-error.js';
import type { CsvRecord, TextFile } from './csv-records.js';
import { csvRecords } from './csv-records.js';
import type { TableBatch } from './table-rows.js';

/** The member that is the weighted mean of all, before smoothing. */
export const VOTE = 'vote';

export interface PredictionsExpectation {
  /** Whose lines are wanted: a member's file name, or {@link VOTE}. */
  readonly subject: string;
  /** All that may stand in the column `member`. */
  readonly subjects: readonly string[];
  /** The served classes, by id. */
  readonly classes: readonly string[];
  /** By id: whether the subject has the class. Where it has not, its probability must be empty or 0. */
  readonly has: readonly boolean[];
}

interface Line extends CsvRecord {
  /** Of the table, from 0. */
  readonly row: number;
}

/** `row` and `member` stand before the classes. */
const ROW = 0;
const MEMBER = 1;
const FIRST_CLASS = 2;

/**
 * One subject's lines of a predictions file: `row,member,{class names}`, a line per data row of the table and subject, each
 * subject's rows ascending; the subjects' lines may stand together or take turns. Read as far as it is asked for, in order.
 *
 * What does not fit throws `model-mismatch` (a row, class or member missing or too many) or `model-malformed` (no number, a
 * row out of order), with the line.
 */
export class Predictions {
  private readonly lines: AsyncGenerator<Line>;
  private ahead: Line | null | undefined;
  /** By served class id: its field. */
  private fieldOfClass: readonly number[] = [];

  constructor(
    private readonly file: TextFile,
    private readonly expected: PredictionsExpectation,
  ) {
    this.lines = this.ownLines();
  }

  /** @returns probabilities, row-major, [batch.count, classes], in the order of the served ids */
  async take(batch: TableBatch): Promise<Float64Array> {
    const { classes, subject } = this.expected;
    const probabilities = new Float64Array(batch.count * classes.length);
    for (let i = 0; i < batch.count; i++) {
      const row = batch.numbers[i]!;
      const line = await this.lineFrom(row);
      if (line === null || line.row > row) {
        throw this.mismatch(
          '',
          `has no line for row ${row} (line ${batch.lines[i]} of the table) and ${subject}.`,
          `It needs a line for each row of the table that has features (from 0), for each member and for "${VOTE}", each one's rows ascending.`,
        );
      }
      this.readProbabilities(line, probabilities, i * classes.length);
    }
    return probabilities;
  }

  /** To be called after the last batch: no line may be left for a row that the table lacks. */
  async finish(tableRows: number): Promise<void> {
    const line = await this.lineFrom(tableRows);
    if (line === null) return;
    throw this.mismatch(
      `line ${line.line}`,
      `is for row ${line.row}, but the table has ${tableRows} rows (from 0).`,
      'Was it made for this table?',
    );
  }

  /** Gives the file back, read to its end or not. */
  async close(): Promise<void> {
    await this.lines.return(undefined);
  }

  /** The first line for `row` or a later one, kept until a later one is asked for; those before it (nodata) are passed over. */
  private async lineFrom(row: number): Promise<Line | null> {
    while (this.ahead === undefined || (this.ahead !== null && this.ahead.row < row)) {
      const next = await this.lines.next();
      this.ahead = next.done === true ? null : next.value;
    }
    return this.ahead;
  }

  private async *ownLines(): AsyncGenerator<Line> {
    const { subject, subjects } = this.expected;
    let header: CsvRecord | null = null;
    let last = -1;
    for await (const records of csvRecords(this.file)) {
      for (const record of records) {
        if (header === null) {
          header = record;
          this.readHeader(record);
          continue;
        }
        const place = `line ${record.line}`;
        if (record.fields.length !== header.fields.length) {
          throw this.malformed(
            place,
            `has ${record.fields.length} fields, but the header has ${header.fields.length}.`,
          );
        }
        const member = record.fields[MEMBER] ?? '';
        if (member !== subject) {
          if (subjects.includes(member)) continue;
          throw this.mismatch(
            place,
            `is for the member "${member}", but the model has ${quoteNames(subjects)}.`,
          );
        }
        const row = rowNumber(record.fields[ROW] ?? '');
        if (row === null)
          throw this.malformed(place, `"${record.fields[ROW]}" is no row: they count from 0.`);
        if (row <= last) throw this.malformed(place, `row ${row} of ${subject} comes after its row ${last}.`);
        last = row;
        yield { ...record, row };
      }
    }
    if (header === null) throw this.malformed('', 'is empty: not even a header.');
  }

  private readHeader({ fields, line }: CsvRecord): void {
    const place = `line ${line}`;
    const { classes } = this.expected;
    if (fields[ROW] !== 'row' || fields[MEMBER] !== 'member') {
      throw this.mismatch(
        place,
        `begins with ${quoteNames(fields, 2)}; it must be row,member,{class names}.`,
      );
    }
    const names = fields.slice(FIRST_CLASS);
    const twice = duplicates(names);
    if (twice.length > 0) throw this.mismatch(place, `names ${quoteNames(twice, 8)} more than once.`);
    const missing = classes.filter((name) => !names.includes(name));
    const unknown = names.filter((name) => !classes.includes(name));
    if (missing.length > 0 || unknown.length > 0) {
      const lacks = missing.length > 0 ? [`lacks the classes ${quoteNames(missing, 8)}`] : [];
      const has = unknown.length > 0 ? [`has ${quoteNames(unknown, 8)}, which the model does not know`] : [];
      throw this.mismatch(place, `${[...lacks, ...has].join(' and ')}.`, 'Classes are matched by name.');
    }
    this.fieldOfClass = classes.map((name) => FIRST_CLASS + names.indexOf(name));
  }

  private readProbabilities({ fields, line }: Line, out: Float64Array, at: number): void {
    const { classes, has, subject } = this.expected;
    classes.forEach((name, id) => {
      const text = fields[this.fieldOfClass[id]!] ?? '';
      const value = text.trim() === '' ? NaN : Number(text);
      if (has[id] === true) {
        if (!Number.isFinite(value)) {
          throw this.malformed(
            `line ${line}`,
            `the probability of "${name}" is "${text}", which is no number.`,
          );
        }
        out[at + id] = value;
      } else if (text !== '' && value !== 0) {
        throw this.mismatch(
          `line ${line}`,
          `gives "${name}" ${text}, but ${subject} does not have that class.`,
        );
      }
    });
  }

  private malformed(place: string, message: string) {
    return modelError('model-malformed', this.file.name, place, message);
  }

  private mismatch(place: string, message: string, hint?: string) {
    return modelError('model-mismatch', this.file.name, place, message, hint === undefined ? {} : { hint });
  }
}

function rowNumber(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}
