import type { Command } from 'commander';
import { Option } from 'commander';
import type { Flags } from '../config/read-config.js';
import { kebab, readConfig } from '../config/read-config.js';
import type { Config, SettingName } from '../config/settings.js';
import { SETTINGS } from '../config/settings.js';
import type { Io } from './io.js';

/** Adds settings as flags. They are parsed with the rest of the configuration, so that everything wrong is said at once. */
export function addSettingFlags(command: Command, names: readonly SettingName[]): Command {
  for (const name of names) {
    const { help, fallback, env } = SETTINGS[name];
    const preset = fallback === null ? '' : ` (default: ${fallback})`;
    command.addOption(
      new Option(`--${kebab(name)} <value>`, `${help}${preset} [${env}]`).helpGroup('Settings:'),
    );
  }
  return command;
}

/** The configuration of a command: its flags over the environment. Throws `config-invalid`. */
export function configOf(command: Command, io: Pick<Io, 'environment'>, preset: Flags = {}): Config {
  const given = command.opts<Record<string, unknown>>();
  const flags: Partial<Record<SettingName, string>> = {};
  for (const option of command.options) {
    const name = (Object.keys(SETTINGS) as SettingName[]).find(
      (setting) => option.long === `--${kebab(setting)}`,
    );
    const value = given[option.attributeName()];
    if (name !== undefined && typeof value === 'string') flags[name] = value;
  }
  return readConfig(io.environment, { ...preset, ...flags });
}

/** Flags of settings as they stood on the command line, `--stac`, `./scenes`, …: for another command over the same store and scenes. */
export function givenSettings(command: Command): string[] {
  return command.options.flatMap((option) => {
    const isSetting = (Object.keys(SETTINGS) as SettingName[]).some(
      (name) => option.long === `--${kebab(name)}`,
    );
    const name = option.attributeName();
    const value: unknown = command.getOptionValue(name);
    if (!isSetting || command.getOptionValueSource(name) !== 'cli' || typeof value !== 'string') return [];
    return [option.long ?? '', value];
  });
}
