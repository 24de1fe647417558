// The test command: every dist/**/*.test.js on node's test runner, and a last line `N passed, N failed`, with the skipped where
// there are any.
// `npm test -- PATTERN` runs only the files whose path holds PATTERN.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { inBatches } from './test-batches.mjs';

const patterns = process.argv.slice(2);
const files = readdirSync('dist', { recursive: true })
  .map((file) => join('dist', String(file)))
  .filter((file) => file.endsWith('.test.js') && patterns.every((pattern) => file.includes(pattern)))
  .sort();
if (files.length === 0) {
  console.error(`No test file matches ${patterns.join(' ')}`);
  process.exit(1);
}

// What one test file has made, others need not make again (engine/testing/once-a-run.ts).
const folder = mkdtempSync(join(tmpdir(), 'geocrop-test-run-'));
process.env.TEST_RUN_FOLDER = folder;
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const started = inBatches(files, folder);
const counts = { passed: 0, failed: 0, skipped: 0 };
const skips = [];
const isLeaf = (event) =>
  event.details?.type !== 'suite' && !started.some((file) => event.name.endsWith(file));
const stream = run({
  files: started,
  // One more than there are cores: many wait for servers that they have started.
  concurrency: availableParallelism() + 1,
  timeout: 600_000,
});
stream.on('test:pass', (event) => {
  if (!isLeaf(event)) return;
  if (event.skip !== undefined) {
    counts.skipped += 1;
    skips.push(`${event.name}: ${event.skip === true ? 'skipped' : event.skip}`);
  } else counts.passed += 1;
});
stream.on('test:fail', (event) => {
  if (event.details?.error?.failureType === 'subtestsFailed') return;
  counts.failed += 1;
});
stream.compose(new spec()).pipe(process.stdout);
stream.on('end', () => {
  setImmediate(() => {
    for (const line of skips) console.log(`skipped: ${line}`);
    // CI has everything that tests can use: there a test that skips hides something.
    const hidden = process.env.CI === 'true' && counts.skipped > 0;
    if (hidden) console.log('In CI no test may skip.');
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
    console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
    process.exitCode = counts.failed > 0 || counts.passed === 0 || hidden ? 1 : 0;
  });
});
