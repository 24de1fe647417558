import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renewedPage } from './docs-page.js';
import type { MachineFacts } from './machine.js';
import type { BenchResult } from './report.js';

const machine = { text: 'today, a machine' } as MachineFacts;
const result = (title: string, value: number): BenchResult => ({
  name: title,
  title,
  rows: [{ what: 'ours', value, unit: 'ms' }],
  skipped: [],
});

test('tables that are measured again are replaced, new ones added, the others left as they are', () => {
  const page = '# Benchmarks\n\nWords.\n\n### First\n\nold one\n\n### Second\n\nold two\n';
  const renewed = renewedPage(page, machine, [result('First', 1.5), result('Third', 2.5)]);
  assert.ok(
    renewed.startsWith('# Benchmarks\n\nWords.\n\n### First\n\nOf a run of its own: today, a machine.\n'),
  );
  assert.ok(!renewed.includes('old one'));
  assert.ok(renewed.includes('### Second\n\nold two\n'));
  assert.ok(renewed.indexOf('### Third') > renewed.indexOf('### Second'));
});
