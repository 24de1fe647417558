import { Command } from 'commander';
import { SERVE_FLAGS } from '../../config/flags.js';
import type { Config } from '../../config/settings.js';
import type { Io } from '../io.js';
import { addSettingFlags, configOf } from '../setting-flags.js';

export interface ServeOptions {
  readonly config: Config;
}

/** Resolves with the exit code when the server has stopped. */
export type RunServe = (options: ServeOptions, io: Io) => Promise<number>;

export function serveCommand(run: RunServe, io: Io, finish: (code: number) => void): Command {
  const command = new Command('serve')
    .summary('serve maps over HTTP, computed where people look')
    .description(
      'Serves the map: tiles are computed from the scenes of the catalogue when they are asked for, and kept in the store.',
    )
    .addHelpText(
      'after',
      `
Examples:
  geocrop serve
  geocrop serve --host 0.0.0.0 --port 80 --public-url https://maps.example.org
  geocrop serve --stac https://earth-search.aws.element84.com/v1 --collection sentinel-2-l2a --s3-region us-west-2
  geocrop serve --stac ./scenes --models ./models --store ./store`,
    )
    .action(async () => finish(await run({ config: configOf(command, io) }, io)));
  return addSettingFlags(command, SERVE_FLAGS);
}
