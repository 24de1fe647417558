import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { withDifferences } from './docs-page.js';

it('docs/titiler.md has every difference, each with its reason', () => {
  const page = readFileSync(new URL('../../../../docs/titiler.md', import.meta.url), 'utf8');
  assert.equal(
    page,
    withDifferences(page),
    'npm run build && node dist/tiler/e2e/titiler/write-docs.js writes it',
  );
});
