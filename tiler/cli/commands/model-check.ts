import { Command } from 'commander';
import type { Config } from '../../config/settings.js';
import { fileArgument } from '../arguments.js';
import type { Io } from '../io.js';
import { configOf } from '../setting-flags.js';

export interface ModelCheckOptions {
  readonly config: Config;
  /** Names of bundles, or paths of their folders; none: all that are found. */
  readonly bundles: readonly string[];
  /** The parity gate, for the one bundle that is named: paths of CSV files. */
  readonly parity: { readonly table: string; readonly expected: string | null } | null;
  readonly json: boolean;
}

/** The exit code is 1 where a bundle is not usable, or predictions are not the same. */
export type RunModelCheck = (options: ModelCheckOptions, io: Io) => Promise<number>;

interface Given {
  readonly table?: string;
  readonly expected?: string;
  readonly json: boolean;
}

export function modelCheckCommand(check: RunModelCheck, io: Io, finish: (code: number) => void): Command {
  const command: Command = new Command('check')
    .summary('check bundles, and their predictions against the libraries that trained them')
    .description(
      'Checks bundles as the server does when it loads them: files, names, counts, labels, one forward run. With --table it also ' +
        "runs the table's rows and says, for each member and for the vote before smoothing, how far the served runtime is from " +
        'onnxruntime-node and from the predictions of --expected, and which labels flip.',
    )
    .argument('[bundles...]', 'names, or folders; without any: all that are found')
    .option('--table <rows.csv>', 'rows as geocrop sample writes them', fileArgument('.csv'))
    .option(
      '--expected <predictions.csv>',
      'what the trainers say of the rows: row,member,{class names}, with a line per row and member and one for "vote"',
      fileArgument('.csv'),
    )
    .option('--json', 'as JSON', false)
    .addHelpText(
      'after',
      `
Examples:
  geocrop model check
  geocrop model check ./models/Ensemble
  geocrop model check ./models/Ensemble --table rows.csv
  geocrop model check ./models/Ensemble --table rows.csv --expected predictions.csv --json`,
    )
    .action(async (bundles: string[], given: Given) => {
      const { table, json } = given;
      const expected = given.expected ?? null;
      if (table === undefined && expected !== null) {
        command.error("error: option '--expected' needs '--table': the rows that were predicted", {
          code: 'geocrop.missingTable',
        });
      }
      if (table !== undefined && bundles.length !== 1) {
        command.error("error: option '--table' needs one bundle: geocrop model check DIR --table rows.csv", {
          code: 'geocrop.missingBundle',
        });
      }
      const parity = table === undefined ? null : { table, expected };
      finish(await check({ config: configOf(command, io), bundles, parity, json }, io));
    });
  return command;
}
