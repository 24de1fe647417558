import { openBullWorkQueue } from './bull-work-queue.js';

/**
 * For tests only, run as a process of its own: `argv` is Redis's URL, the prefix and what to do with metatiles. Says on stdout what it
 * does, a line each: `ready`, `asked KEY`, `begun KEY`, `aborted KEY`, `closed`. Adds what it is told on stdin: a key a line; an empty line closes it.
 */
const [url, prefix, what] = process.argv.slice(2) as [string, string, 'finish' | 'hang' | 'die'];
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const queue = openBullWorkQueue({
  url,
  prefix,
  limit: 1_000,
  lockMs: 1_000,
  stalledMs: 300,
  warn: (message, context) => process.stderr.write(`${message} ${JSON.stringify(context)}\n`),
});
const metatile = { z: 12, x: 0, y: 0 };
const map = { model: 'm', season: 's', year: 2021 };
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk: string) => {
  for (const key of chunk.split('\n').slice(0, -1)) {
    if (key === '') {
      process.stdin.destroy();
      void queue.close(0).then(() => say('closed'));
    } else {
      const payload = { map, metatile, feature: null };
      const work = { kind: 'metatile', key, payload, class: 'waited', owner: 'child' } as const;
      queue.add(work).then(
        () => say(`asked ${key}`),
        (error: unknown) => say(`refused ${key} ${String(error)}`),
      );
    }
  }
});
await queue.state('metatile', 'none').catch(() => undefined);
say('ready');
// Last: what it takes may kill it.
queue.serve('metatile', {
  run: async ({ key }, { signal }) => {
    say(`begun ${key}`);
    if (what === 'finish') return process.pid;
    if (what === 'die') process.kill(process.pid, 'SIGKILL');
    return new Promise((_, reject) =>
      signal.addEventListener('abort', () => {
        say(`aborted ${key}`);
        reject(signal.reason as Error);
      }),
    );
  },
});
