import { Command } from 'commander';
import { STORE_FLAGS } from '../../config/flags.js';
import type { Config } from '../../config/settings.js';
import type { Io } from '../io.js';
import { addSettingFlags, configOf } from '../setting-flags.js';

export interface InitStoreOptions {
  readonly config: Config;
}

/** The exit code is 0 where the store can be used. */
export type RunInitStore = (options: InitStoreOptions, io: Io) => Promise<number>;

export function initStoreCommand(run: RunInitStore, io: Io, finish: (code: number) => void): Command {
  const command = new Command('init-store')
    .summary('make the buckets of the store, and check it')
    .description(
      'Makes the buckets of the store unless they are there, and checks that it does what GeoCrop relies on: ' +
        'writing, reading, listing, deleting, and that of several writers of one new object exactly one wins.',
    )
    .addHelpText(
      'after',
      `
Keys are settings, not flags: GEOCROP_STORE_S3_ACCESS_KEY and GEOCROP_STORE_S3_SECRET_KEY, or …_FILE (docs/configuration.md).

Examples:
  geocrop init-store
  geocrop init-store --store-s3-endpoint http://127.0.0.1:9000
  geocrop init-store --store ./store`,
    )
    .action(async () => finish(await run({ config: configOf(command, io) }, io)));
  return addSettingFlags(command, STORE_FLAGS);
}
