import { readFileSync, writeFileSync } from 'node:fs';
import { withDifferences } from './docs-page.js';

/** Writes the table of docs/titiler.md anew: `npm run build && node dist/tiler/e2e/titiler/write-docs.js`. */
const PAGE = new URL('../../../../docs/titiler.md', import.meta.url);

writeFileSync(PAGE, withDifferences(readFileSync(PAGE, 'utf8')));
