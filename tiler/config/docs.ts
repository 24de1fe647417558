import { kebab } from './read-config.js';
import type { Setting, SettingName } from './settings.js';
import { SETTINGS } from './settings.js';

/** docs/configuration.md, from the definitions. @param flags the settings that `geocrop serve` takes as flags */
export function configurationPage(flags: readonly SettingName[]): string {
  const entries = Object.entries(SETTINGS) as [SettingName, Setting<unknown>][];
  const rows = entries.map(([name, { env, fallback, help }]) => {
    const flag = flags.includes(name) ? `\`--${kebab(name)}\`` : '';
    return `| \`${env}\` | ${flag} | ${fallback === null ? 'unset' : `\`${fallback}\``} | ${help} |`;
  });
  return [
    '# Configuration',
    '',
    'Every setting is an environment variable; the more common ones are flags of `geocrop serve` too, and a flag goes first.',
    'An empty variable counts as unset. Settings are read once, at the start, which stops with every problem listed.',
    'This page is written from the definitions: `npm run build && node dist/tiler/config/write-docs.js`.',
    '',
    '<!-- prettier-ignore -->',
    '| variable | flag | default | meaning |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
