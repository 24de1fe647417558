import { Command } from 'commander';
import type { Config, SettingName } from '../../config/settings.js';
import type { Io } from '../io.js';
import { addSettingFlags, configOf } from '../setting-flags.js';

export interface ModelListOptions {
  readonly config: Config;
  /** One JSON array in place of a table. */
  readonly json: boolean;
}

export interface ModelCheckOptions {
  readonly config: Config;
  /** Names of bundles, or paths of their folders; none: all that are found. */
  readonly bundles: readonly string[];
}

export type RunModelList = (options: ModelListOptions, io: Io) => Promise<number>;
/** The exit code is 1 where a bundle is not usable. */
export type RunModelCheck = (options: ModelCheckOptions, io: Io) => Promise<number>;

const FLAGS: readonly SettingName[] = ['modelsDir'];

export function modelCommand(
  list: RunModelList,
  check: RunModelCheck,
  io: Io,
  finish: (code: number) => void,
): Command {
  const listing = new Command('list')
    .description('Lists the models: name, version, classes, features, accuracy.')
    .option('--json', 'as JSON', false)
    .addHelpText('after', '\nExamples:\n  geocrop model list\n  geocrop model list --models ./models --json')
    .action(async (given: { json: boolean }) => {
      finish(await list({ config: configOf(listing, io), json: given.json }, io));
    });
  const checking = new Command('check')
    .description(
      'Checks bundles as the server does when it loads them: files, names, counts, labels, one forward run.',
    )
    .argument('[bundles...]', 'names, or folders; without any: all that are found')
    .addHelpText('after', '\nExamples:\n  geocrop model check\n  geocrop model check ./models/Ensemble')
    .action(async (bundles: string[]) => {
      finish(await check({ config: configOf(checking, io), bundles }, io));
    });
  return new Command('model')
    .summary('list and check models')
    .description('Models: list what is there, check what was made.')
    .addCommand(addSettingFlags(listing, FLAGS))
    .addCommand(addSettingFlags(checking, FLAGS));
}
