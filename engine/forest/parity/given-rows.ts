import { readFileSync } from 'node:fs';

/** For tests only: rows and predictions as the shared models have them beside them. */

/** Numbers of a text with a line a row. @param skip lines at the top */
export function textRows(file: string, separator: string | RegExp, skip = 0): number[][] {
  return linesOf(file)
    .slice(skip)
    .map((line) => line.split(separator).map(Number));
}

/** `label column:value column:value …`, columns from 0. @param absent what a column that is not named holds */
export function libsvmRows(file: string, columns: number, absent: number): number[][] {
  return linesOf(file).map((line) => {
    const row = new Array<number>(columns).fill(absent);
    for (const pair of line.split(/\s+/).slice(1)) {
      const [column, value] = pair.split(':').map(Number) as [number, number];
      if (column < columns) row[column] = value;
    }
    return row;
  });
}

const linesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
