import { Command } from 'commander';
import { KEEPING_FLAGS, SCENE_FLAGS } from '../../config/flags.js';
import type { Config } from '../../config/settings.js';
import { pointArgument, yearArgument } from '../arguments.js';
import type { Io } from '../io.js';
import { addSettingFlags, configOf } from '../setting-flags.js';

export interface FeaturesOptions {
  readonly config: Config;
  /** Degrees. */
  readonly point: { readonly lon: number; readonly lat: number };
  /** null: the default of each. */
  readonly year: number | null;
  readonly season: string | null;
  readonly model: string | null;
}

/** Prints a PointAnswer as JSON. */
export type RunFeatures = (options: FeaturesOptions, io: Io) => Promise<number>;

interface Given {
  readonly point: FeaturesOptions['point'];
  readonly year?: number;
  readonly season?: string;
  readonly model?: string;
}

export function featuresCommand(run: RunFeatures, io: Io, finish: (code: number) => void): Command {
  const command = new Command('features')
    .summary('print what is known of a point as JSON')
    .description(
      'Prints the dated series, the 51 features, the class and the scenes of a point as JSON, as /point does.',
    )
    .requiredOption('--point <lon,lat>', 'degrees', pointArgument)
    .option(
      '--year <year>',
      'the year in which the season starts (default: the latest closed season)',
      yearArgument,
    )
    .option('--season <name>', 'default: the first that is configured')
    .option('--model <name>', 'default: the one that is configured')
    .addHelpText(
      'after',
      `
Examples:
  geocrop features --point 30.01,-17.45 --year 2021
  geocrop features --point 30.01,-17.45 --season winter | jq .features.ndvi_peak`,
    )
    .action(async (given: Given) => {
      finish(
        await run(
          {
            config: configOf(command, io),
            point: given.point,
            year: given.year ?? null,
            season: given.season ?? null,
            model: given.model ?? null,
          },
          io,
        ),
      );
    });
  return addSettingFlags(command, [...SCENE_FLAGS, ...KEEPING_FLAGS]);
}
