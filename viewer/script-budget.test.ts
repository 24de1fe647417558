import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

const BUILT = 'dist/viewer';
/** docs/architecture.md, "Budgets". */
const BUDGET_BYTES = 350_000;

const read = (name: string): string => readFileSync(join(BUILT, name), 'utf8');
const scripts = readdirSync(BUILT).filter((name) => name.endsWith('.js'));

/** The page's script and all that it imports before it runs; not what it imports later. */
function first(): readonly string[] {
  const html = read('index.html');
  const found = new Set(scripts.filter((name) => html.includes(name)));
  for (const name of found) {
    for (const [, imported = ''] of read(name).matchAll(
      /(?:^|[;}])import(?:[^;()]*?from)?["']\.\/([^"']+)["']/g,
    ))
      found.add(imported);
  }
  return [...found];
}

test('the script before the first tiles keeps to its budget', () => {
  const sizes = first().map((name) => gzipSync(read(name)).length);
  assert.ok(sizes.length > 0);
  const bytes = sizes.reduce((sum, size) => sum + size);
  assert.ok(bytes <= BUDGET_BYTES, `${bytes} compressed bytes, ${BUDGET_BYTES} are allowed`);
});

test('the base map’s library is a chunk of its own', () => {
  const marks = /maplibregl-canvas/;
  const withLibrary = scripts.filter((name) => marks.test(read(name)));
  assert.notEqual(withLibrary.length, 0);
  assert.deepEqual(
    first().filter((name) => withLibrary.includes(name)),
    [],
  );
});
