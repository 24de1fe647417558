import { readFileSync } from 'node:fs';

/** GeoCrop's own version, from package.json. */
export const SOFTWARE_VERSION: string = readVersion();

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
