import { Command, InvalidArgumentError } from 'commander';
import { STORE_FLAGS } from '../../config/flags.js';
import type { Config } from '../../config/settings.js';
import type { Io } from '../io.js';
import { addSettingFlags, configOf } from '../setting-flags.js';

export interface VerifyOptions {
  readonly config: Config;
  /** What the digits of recipes begin with; null: all. */
  readonly recipe: string | null;
  /** `summer-2021`; null: all. */
  readonly season: string | null;
  /** Part of the metatiles that is read, more than 0 to 1. */
  readonly sample: number;
  readonly repair: boolean;
}

/** The exit code is 0 where nothing is broken. */
export type RunVerify = (options: VerifyOptions, io: Io) => Promise<number>;

interface Given {
  readonly recipe?: string;
  readonly season?: string;
  readonly sample: number;
  readonly repair: boolean;
}

export function verifyCommand(run: RunVerify, io: Io, finish: (code: number) => void): Command {
  const command = new Command('verify')
    .summary('read back what is archived and say what is broken')
    .description(
      'Reads back every archived file: each block of each level is decoded, sizes and checksums are compared, values must be ' +
        'in range, items, pointers and scene lists must be what they say. Goes on after what is broken, ends with a list of ' +
        'it, and leaves with 1 where there is any. Servers may run meanwhile.',
    )
    .option('--recipe <digits>', 'only maps whose recipe begins with these digits', recipeArgument)
    .option('--season <season-year>', 'only this season, such as summer-2021', seasonArgument)
    .option(
      '--sample <part>',
      'only so many of the metatiles, chosen anew each time, such as 5%',
      sampleArgument,
      1,
    )
    .option('--repair', 'take out what is broken, for a server that computes to make it anew', false)
    .addHelpText(
      'after',
      `
Examples:
  geocrop verify
  geocrop verify --sample 5% --repair
  geocrop verify --season summer-2021 --store /var/lib/geocrop/store`,
    )
    .action(async (given: Given) => {
      const { recipe = null, season = null, sample, repair } = given;
      finish(await run({ config: configOf(command, io), recipe, season, sample, repair }, io));
    });
  return addSettingFlags(command, STORE_FLAGS);
}

function recipeArgument(text: string): string {
  if (/^[0-9a-f]{1,16}$/.test(text)) return text;
  throw new InvalidArgumentError(
    'Give up to 16 digits 0 to 9 and a to f; geocrop gc --dry-run lists recipes.',
  );
}

function seasonArgument(text: string): string {
  if (/^[^/]+-\d{4}$/.test(text)) return text;
  throw new InvalidArgumentError('Give a season and the year in which it starts, such as summer-2021.');
}

function sampleArgument(text: string): number {
  const [, number, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  const part = Number(number) / (percent === '%' ? 100 : 1);
  if (part > 0 && part <= 1) return part;
  throw new InvalidArgumentError('Give a part of all, such as 5% or 0.05.');
}
