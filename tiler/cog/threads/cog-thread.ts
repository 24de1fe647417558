import { parentPort, workerData } from 'node:worker_threads';
import { toErrorData } from '../../../engine/errors.js';
import { runJob } from '../jobs/run-job.js';
import { openParts } from '../open-parts.js';
import type { FromThread, ThreadData, ToThread } from './messages.js';
import { RemoteSource } from './remote-source.js';

/** A thread of the COG service: does jobs, as many at a time as it is given. */

const port = parentPort;
if (port === null) throw new Error('cog-thread.js is a thread');
const send = (message: FromThread, transfer: readonly ArrayBuffer[] = []): void =>
  port.postMessage(message, transfer);

const source = new RemoteSource(send);
const parts = openParts({ source, ...(workerData as ThreadData) });
const jobs = new Map<number, AbortController>();

port.on('message', (message: ToThread) => {
  switch (message.type) {
    case 'job':
      void begin(message);
      break;
    case 'abort':
      jobs.get(message.id)?.abort(new DOMException('Nobody waits for it.', 'AbortError'));
      break;
    case 'bytes':
    case 'failed':
      source.deliver(message);
      break;
  }
});

async function begin({ id, href, work }: Extract<ToThread, { readonly type: 'job' }>): Promise<void> {
  const controller = new AbortController();
  jobs.set(id, controller);
  try {
    const answer = await runJob(parts, href, work, controller.signal);
    send({ type: 'done', id, answer });
  } catch (error) {
    send({ type: 'lost', id, error: toErrorData(error) });
  } finally {
    jobs.delete(id);
  }
}
