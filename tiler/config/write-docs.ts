import { writeFileSync } from 'node:fs';
import { configurationPage } from './docs.js';
import { SERVE_FLAGS } from './flags.js';

writeFileSync(new URL('../../../docs/configuration.md', import.meta.url), configurationPage(SERVE_FLAGS));
