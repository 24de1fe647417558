import { Command, Option } from 'commander';
import { KEEPING_FLAGS, SCENE_FLAGS } from '../../config/flags.js';
import type { Config } from '../../config/settings.js';
import { fileArgument, yearArgument } from '../arguments.js';
import type { Io } from '../io.js';
import { addSettingFlags, configOf } from '../setting-flags.js';

export interface SampleOptions {
  readonly config: Config;
  /** Path of a GeoJSON FeatureCollection of points or polygons. */
  readonly points: string;
  /** One year for all, or the property that holds each one's. */
  readonly year:
    { readonly kind: 'year'; readonly year: number } | { readonly kind: 'field'; readonly field: string };
  /** null: the default. */
  readonly season: string | null;
  /** A column more: the Dynamic World class, −1 where there is none. */
  readonly dwClass: boolean;
  /** Path of the CSV. */
  readonly out: string;
  readonly overwrite: boolean;
}

export type RunSample = (options: SampleOptions, io: Io) => Promise<number>;

interface Given {
  readonly points: string;
  readonly year?: number;
  readonly yearField?: string;
  readonly season?: string;
  readonly dwClass: boolean;
  readonly out: string;
  readonly overwrite: boolean;
}

export function sampleCommand(run: RunSample, io: Io, finish: (code: number) => void): Command {
  const command = new Command('sample')
    .summary('write the features at labelled points as a table')
    .description(
      'Writes the 51 features at each point as CSV, by the code that serves them, with the properties of the points: a training table.',
    )
    .requiredOption('--points <file.geojson>', 'labelled points or fields', fileArgument('.geojson', '.json'))
    .addOption(
      new Option('--year <year>', 'the year in which the season starts')
        .argParser(yearArgument)
        .conflicts('yearField'),
    )
    .addOption(new Option('--year-field <name>', "the property that holds each point's year"))
    .option('--season <name>', 'default: the first that is configured')
    .option('--dw-class', 'add the Dynamic World class, for models that use dw_class', false)
    .requiredOption('--out <file.csv>', 'the table to write', fileArgument('.csv'))
    .option('--overwrite', 'replace the file where it exists', false)
    .addHelpText(
      'after',
      `
Examples:
  geocrop sample --points fields.geojson --year 2021 --out table.csv
  geocrop sample --points fields.geojson --year-field year --season winter --out table.csv
  geocrop sample --stac ./scenes --points points.geojson --year 2020 --out table.csv`,
    )
    .action(async (given: Given) => {
      if (given.year === undefined && given.yearField === undefined) {
        command.error("error: one of '--year <year>' and '--year-field <name>' is needed", {
          code: 'geocrop.missingYear',
        });
      }
      finish(
        await run(
          {
            config: configOf(command, io),
            points: given.points,
            year:
              given.yearField !== undefined
                ? { kind: 'field', field: given.yearField }
                : { kind: 'year', year: given.year as number },
            season: given.season ?? null,
            dwClass: given.dwClass,
            out: given.out,
            overwrite: given.overwrite,
          },
          io,
        ),
      );
    });
  return addSettingFlags(command, [...SCENE_FLAGS, ...KEEPING_FLAGS]);
}
