import { Command } from 'commander';
import type { Config, SettingName } from '../../config/settings.js';
import type { Io } from '../io.js';
import { addSettingFlags, configOf } from '../setting-flags.js';

export interface DemoOptions {
  readonly config: Config;
  /** Folder of the simulated season and of what is computed from it. */
  readonly dir: string;
  /** Make the season and leave. */
  readonly prepareOnly: boolean;
  /** Open a browser, where there is one. */
  readonly open: boolean;
}

export type RunDemo = (options: DemoOptions, io: Io) => Promise<number>;

const FLAGS: readonly SettingName[] = [
  'host',
  'port',
  'modelsDir',
  'computeThreads',
  'logLevel',
  'logFormat',
];

export function demoCommand(run: RunDemo, io: Io, finish: (code: number) => void): Command {
  const command = new Command('demo')
    .summary('simulate a season and serve it: no network, no services')
    .description(
      'Makes a simulated season around 30° E (once; it is kept), and serves its map, which is computed while you look.',
    )
    .option('--dir <folder>', 'where the season and its map are kept', '.geocrop/demo')
    .option('--prepare', 'make the season and leave', false)
    .option('--no-open', 'open no browser')
    .addHelpText(
      'after',
      `
Examples:
  geocrop demo
  geocrop demo --port 0 --no-open
  geocrop demo --prepare --dir /tmp/season`,
    )
    .action(async (given: { dir: string; prepare: boolean; open: boolean }) => {
      // People watch a demo; twelve native tiles of a z12 tile cost nothing here.
      const config = configOf(command, io, { computeMinZoom: '12', logFormat: 'text', logLevel: 'warn' });
      finish(await run({ config, dir: given.dir, prepareOnly: given.prepare, open: given.open }, io));
    });
  return addSettingFlags(command, FLAGS);
}
