import { parentPort } from 'node:worker_threads';
import type { FromThread, ToThread } from './messages.js';

/** A thread for tests that does with a job what the name of its file says, in place of reading it. */

const port = parentPort;
if (port === null) throw new Error('testing-thread.js is a thread');
const send = (message: FromThread): void => port.postMessage(message);
const waiting = new Set<number>();
const done = (id: number, value: unknown): void =>
  send({ type: 'done', id, answer: { kind: 'json', value } });

port.on('message', (message: ToThread) => {
  if (message.type === 'abort' && waiting.delete(message.id)) {
    send({ type: 'lost', id: message.id, error: { code: 'aborted', message: 'given up', context: {} } });
  }
  if (message.type === 'bytes') done(Number(message.read), message.bytes.length);
  if (message.type === 'failed') send({ type: 'lost', id: message.read, error: message.error });
  if (message.type !== 'job') return;
  const { id, href, work } = message;
  switch (/([a-z]+)\.tif\?/.exec(href)?.[1] ?? href) {
    case 'answers':
      done(id, work.mostValues);
      break;
    // Waits for something that never comes, and gives up when it is told.
    case 'waits':
      waiting.add(id);
      break;
    // A decoder that goes round and round: nothing gets through to it.
    case 'spins':
      for (;;);
    case 'dies':
      process.exit(1);
      break;
    case 'grows': {
      const kept: unknown[] = [];
      for (;;) kept.push(new Array(100_000).fill({ a: id }));
    }
    // Needs a million values.
    case 'large':
      if (work.mostValues >= 1_000_000) done(id, work.mostValues);
      else {
        const context = { values: 1_000_000 };
        send({ type: 'lost', id, error: { code: 'area-too-large', message: 'large', context } });
      }
      break;
    default:
      send({ type: 'read', read: id, href, start: 0, end: 10 });
  }
});
