import { Command } from 'commander';
import type { Config, SettingName } from '../../config/settings.js';
import type { Io } from '../io.js';
import { addSettingFlags, configOf } from '../setting-flags.js';
import type { RunModelCheck } from './model-check.js';
import { modelCheckCommand } from './model-check.js';
import type { RunModelImport } from './model-import.js';
import { modelImportCommand } from './model-import.js';

export interface ModelListOptions {
  readonly config: Config;
  /** One JSON array in place of a table. */
  readonly json: boolean;
}

export type RunModelList = (options: ModelListOptions, io: Io) => Promise<number>;

const FLAGS: readonly SettingName[] = ['modelsDir'];

export function modelCommand(
  list: RunModelList,
  check: RunModelCheck,
  importing: RunModelImport,
  io: Io,
  finish: (code: number) => void,
): Command {
  const listing = new Command('list')
    .summary('list the models that are there')
    .description('Lists the models: name, version, classes, features, accuracy.')
    .option('--json', 'as JSON', false)
    .addHelpText('after', '\nExamples:\n  geocrop model list\n  geocrop model list --models ./models --json')
    .action(async (given: { json: boolean }) => {
      finish(await list({ config: configOf(listing, io), json: given.json }, io));
    });
  return new Command('model')
    .summary('list, check and import models')
    .description('Models: list what is there, check what was made, import what was trained.')
    .addCommand(addSettingFlags(listing, FLAGS))
    .addCommand(addSettingFlags(modelCheckCommand(check, io, finish), FLAGS))
    .addCommand(addSettingFlags(modelImportCommand(importing, io, finish), FLAGS));
}
