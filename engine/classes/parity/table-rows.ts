import { modelError } from '../../forest/model-error.js';
import { MIN_OBSERVATIONS } from '../classifier.js';
import { quoteNames } from '../bundle-error.js';
import type { CsvRecord, TextFile } from './csv-records.js';
import { csvRecords } from './csv-records.js';

/** Rows of a table that the served map would classify. */
export interface TableBatch {
  readonly count: number;
  /** By row of the batch: its place among the table's data rows, from 0, and its line in the file. */
  readonly numbers: Float64Array;
  readonly lines: Float64Array;
  /** Float32, row-major, [count, features], not scaled. */
  readonly values: Float32Array;
}

export interface TableExpectation {
  /** Names of the columns that are read, in the order of `values`. */
  readonly features: readonly string[];
  /** The digest that each row must have in its column `recipe`; null: not known. */
  readonly recipe: string | null;
  /** Most rows of a batch. */
  readonly batchRows: number;
}

/** Rows read so far. */
export interface TableCounts {
  rows: number;
  /** Of them without features, or with fewer observations than a map needs: nodata there. */
  nodata: number;
}

const RECIPE = 'recipe';
const OBSERVATIONS = 'n_obs';
/** How `geocrop sample` and pandas write that there is no number. */
const EMPTY = /^(|nan)$/i;

/**
 * The rows of a table as `geocrop sample` writes it (docs/ml-engineer.md), nodata left out.
 * @param counts is kept up to date
 * Throws `model-mismatch` where a column is missing or a row is of another pixels recipe, `model-malformed` where a row has
 * another number of fields or a field is no number, each with the line.
 */
export async function* tableBatches(
  file: TextFile,
  expected: TableExpectation,
  counts: TableCounts,
): AsyncGenerator<TableBatch> {
  let columns: Columns | null = null;
  let batch = emptyBatch(expected);
  for await (const records of csvRecords(file)) {
    for (const record of records) {
      if (columns === null) {
        columns = findColumns(record, file.name, expected);
        continue;
      }
      const number = counts.rows++;
      if (!readRow(record, columns, file.name, expected, batch.values, batch.count)) {
        counts.nodata++;
        continue;
      }
      batch.numbers[batch.count] = number;
      batch.lines[batch.count] = record.line;
      batch.count += 1;
      if (batch.count < expected.batchRows) continue;
      yield batch;
      batch = emptyBatch(expected);
    }
  }
  if (columns === null) throw modelError('model-malformed', file.name, '', 'is empty: not even a header.');
  if (batch.count > 0) yield batch;
}

function emptyBatch({ features, batchRows }: TableExpectation) {
  return {
    count: 0,
    numbers: new Float64Array(batchRows),
    lines: new Float64Array(batchRows),
    values: new Float32Array(batchRows * features.length),
  };
}

interface Columns {
  readonly count: number;
  readonly features: readonly number[];
  readonly recipe: number;
  /** -1 where the table has none. */
  readonly observations: number;
}

function findColumns({ fields, line }: CsvRecord, file: string, { features }: TableExpectation): Columns {
  const missing = [RECIPE, ...features].filter((name) => !fields.includes(name));
  if (missing.length > 0) {
    throw modelError(
      'model-mismatch',
      file,
      `line ${line}`,
      `has no column ${quoteNames(missing, 8)}${missing.length > 8 ? '' : '.'}`,
      { hint: 'Make the table with `geocrop sample`; a model that uses dw_class needs --dw-class.' },
    );
  }
  const twice = [RECIPE, ...features].filter((name) => fields.indexOf(name) !== fields.lastIndexOf(name));
  if (twice.length > 0) {
    throw modelError('model-mismatch', file, `line ${line}`, `has ${quoteNames(twice)} more than once.`);
  }
  return {
    count: fields.length,
    features: features.map((name) => fields.indexOf(name)),
    recipe: fields.indexOf(RECIPE),
    observations: fields.indexOf(OBSERVATIONS),
  };
}

/** Writes a row's features to `values`; false where the map would be nodata. */
function readRow(
  record: CsvRecord,
  columns: Columns,
  file: string,
  { features, recipe }: TableExpectation,
  values: Float32Array,
  at: number,
): boolean {
  const { fields, line } = record;
  if (fields.length !== columns.count) {
    throw modelError(
      'model-malformed',
      file,
      `line ${line}`,
      `has ${fields.length} fields, but the header has ${columns.count}.`,
    );
  }
  const own = fields[columns.recipe] ?? '';
  if (recipe !== null && own !== recipe) {
    throw modelError(
      'model-mismatch',
      file,
      `line ${line}`,
      `is of pixels recipe "${own}", but the model was trained on "${recipe}".`,
      {
        hint: 'Sample the points again with the season, cloud limit and version that the model was trained for, or train it anew.',
      },
    );
  }
  let valid = true;
  if (columns.observations >= 0) {
    const count = numberIn(fields[columns.observations] ?? '', OBSERVATIONS, line, file);
    if (count < MIN_OBSERVATIONS) valid = false;
  }
  columns.features.forEach((column, f) => {
    const value = Math.fround(numberIn(fields[column] ?? '', features[f] ?? '', line, file));
    if (!Number.isFinite(value)) valid = false;
    values[at * features.length + f] = value;
  });
  return valid;
}

/** NaN where the field is empty. */
function numberIn(text: string, column: string, line: number, file: string): number {
  if (EMPTY.test(text)) return NaN;
  const value = Number(text);
  // Number() takes blanks for 0 and reads hexadecimal; no table of numbers has them.
  if (
    (!Number.isNaN(value) && /^[-+.\d]/.test(text) && !/^0[xob]/i.test(text)) ||
    /^[-+]?inf(inity)?$/i.test(text)
  ) {
    return Number.isNaN(value) ? Infinity : value;
  }
  throw modelError('model-malformed', file, `line ${line}`, `"${column}" is "${text}", which is no number.`);
}
