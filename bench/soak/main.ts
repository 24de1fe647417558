/** `npm run soak`: half an hour of mixed load at twice what the machine can compute. `npm run soak -- --minutes 2`: a short one. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { RESULTS } from '../folders.js';
import { machineFacts } from '../machine.js';
import { DEFAULT_MINUTES, planOf } from './plan.js';
import { runSoak } from './run-soak.js';
import { soakText } from './soak-text.js';
import { failuresOf } from './verdict.js';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { minutes: { type: 'string' } } });
  const minutes = Number(values.minutes ?? DEFAULT_MINUTES);
  if (!(minutes > 0)) {
    say('--minutes is a number above 0.');
    return 2;
  }
  const plan = planOf(minutes);
  const { text: machine } = await machineFacts();
  say(machine);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => (stop.signal.aborted ? process.exit(130) : stop.abort()));
  }
  const report = await runSoak(plan, say, stop.signal);
  const text = soakText(report);
  process.stdout.write(`${text}\n`);
  // A slope needs time: the short form says its numbers and does not judge them.
  const failures = failuresOf(report, minutes >= DEFAULT_MINUTES);
  await mkdir(RESULTS, { recursive: true });
  const { moments } = report;
  await writeFile(
    join(RESULTS, 'soak.json'),
    `${JSON.stringify({ machine, plan, text, failures, moments }, null, 2)}\n`,
  );
  for (const failure of failures) process.stdout.write(`Does not hold: ${failure}\n`);
  process.stdout.write(failures.length === 0 ? 'All holds.\n' : '');
  return failures.length === 0 ? 0 : 1;
}

process.exitCode = await main();
