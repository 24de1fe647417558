import { kebab } from './read-config.js';
import type { Setting, SettingName } from './settings.js';
import { SETTINGS } from './settings.js';

/** What the settings from this one on are about: a line of its own in the table. */
const GROUPS: Partial<Record<SettingName, string>> = {
  role: 'Server',
  stac: 'Scenes: where they are found, and which are used',
  s3Endpoint: 'Scenes: how they are read',
  storeDir: 'Store',
  modelsDir: 'Models',
  blockCacheDir: 'Quotas and caches',
  compute: 'Computing',
  queueLimit: 'Queue and waiting',
  logLevel: 'Log',
};

/** docs/configuration.md, from the definitions. @param flags the settings that `geocrop serve` takes as flags */
export function configurationPage(flags: readonly SettingName[]): string {
  const entries = Object.entries(SETTINGS) as [SettingName, Setting<unknown>][];
  const rows = entries.flatMap(([name, { env, fallback, help }]) => {
    const flag = flags.includes(name) ? `\`--${kebab(name)}\`` : '';
    const group = GROUPS[name];
    return [
      ...(group === undefined ? [] : [`| **${group}** | | | |`]),
      `| \`${env}\` | ${flag} | ${fallback === null ? 'unset' : `\`${fallback}\``} | ${help} |`,
    ];
  });
  return [
    '# Configuration',
    '',
    'Every setting is an environment variable; the more common ones are flags of `geocrop serve` too, and a flag goes first.',
    'An empty variable counts as unset. Settings are read once, at the start, which stops with every problem listed.',
    'What to set on one machine: [operator.md](operator.md#what-to-set-on-one-vps).',
    'This page is written from the definitions: `npm run build && node dist/tiler/config/write-docs.js`.',
    '',
    '<!-- prettier-ignore -->',
    '| variable | flag | default | meaning |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
