import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planOf } from './plan.js';
import { runSoak } from './run-soak.js';
import { soakText } from './soak-text.js';
import { failuresOf } from './verdict.js';

/** The short form: no time is asserted, and half a minute has no slope of memory. `npm run soak` is the long one. */
const MINUTES = 0.5;

test(
  'half a minute of mixed load at twice what the machine computes',
  { timeout: 600_000 },
  async (context) => {
    const report = await runSoak(planOf(MINUTES), () => undefined);
    for (const line of soakText(report).split('\n')) context.diagnostic(line);
    assert.deepEqual(failuresOf(report, false), []);
    const { 'cached tile': cached, healthz, 'cold tile': cold } = report.traffic.tallies;
    for (const tally of [cached, healthz, cold]) assert.ok(tally.latency.count > 0);
    // It was too much: some had to be told to come again.
    assert.ok((cold.report().statuses['503'] ?? 0) > 0);
  },
);
