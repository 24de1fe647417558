import { Command, InvalidArgumentError } from 'commander';
import { SCENE_FLAGS, STORE_FLAGS } from '../../config/flags.js';
import { quota } from '../../config/parsers.js';
import type { Config } from '../../config/settings.js';
import type { Io } from '../io.js';
import { addSettingFlags, configOf } from '../setting-flags.js';

export interface GcOptions {
  readonly config: Config;
  readonly dryRun: boolean;
  /** Of the archive, bytes, in place of the setting; null: the setting. */
  readonly quotaBytes: number | null;
  /** Days that maps which this configuration does not have stay after they were last looked at. */
  readonly keepDays: number;
  /** Leave such maps alone: then neither catalogue nor models are needed. */
  readonly keepRecipes: boolean;
}

/** The exit code is 0 where all that was to go went. */
export type RunGc = (options: GcOptions, io: Io) => Promise<number>;

interface Given {
  readonly dryRun: boolean;
  readonly quota?: number;
  readonly keepDays: number;
  readonly keepRecipes: boolean;
}

const KEEP_DAYS = 30;

export function gcCommand(run: RunGc, io: Io, finish: (code: number) => void): Command {
  const command = new Command('gc')
    .summary('say what the store holds, and remove what need not be kept')
    .description(
      'Lists what the store holds, and removes what killed processes left, what newer maps have superseded, maps that this ' +
        'configuration does not have and nobody looked at for long, and, over the quota, what was looked at least recently. ' +
        'Beside running servers it is safe: what goes is made anew where somebody looks. A server that computes does the same ' +
        'every hour by itself, but for maps of other configurations.',
    )
    .option('--dry-run', 'only say what would go', false)
    .option('--quota <size>', 'what the archive may hold (default: GEOCROP_ARCHIVE_BYTES)', quotaArgument)
    .option(
      '--keep-days <days>',
      'how long maps that this configuration does not have stay after they were last looked at',
      daysArgument,
      KEEP_DAYS,
    )
    .option(
      '--keep-recipes',
      'keep maps of other models and settings; neither catalogue nor models are needed then',
      false,
    )
    .addHelpText(
      'after',
      `
Examples:
  geocrop gc --dry-run
  geocrop gc --quota 20GB
  geocrop gc --keep-recipes --store /var/lib/geocrop/store`,
    )
    .action(async (given: Given) => {
      const { dryRun, quota: quotaBytes = null, keepDays, keepRecipes } = given;
      finish(await run({ config: configOf(command, io), dryRun, quotaBytes, keepDays, keepRecipes }, io));
    });
  return addSettingFlags(command, [
    ...STORE_FLAGS,
    'modelsDir',
    'blockCacheDir',
    'blockCacheBytes',
    ...SCENE_FLAGS,
  ]);
}

function quotaArgument(text: string): number {
  try {
    return quota(text);
  } catch {
    throw new InvalidArgumentError('Give a size such as 30GB, or none.');
  }
}

function daysArgument(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a number of days, such as 30.');
}
