import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, test } from 'node:test';
import { dueTimes, seededRandom } from './arrivals.js';
import { runClosedLoop } from './closed-loop.js';
import { LatencyHistogram } from './histogram.js';
import { startLoadProcess } from './load-process.js';
import { runOpenLoop } from './open-loop.js';
import { sustainedRate } from './sustained.js';

const servers: Server[] = [];

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const STALL_MS = 1000;

/** Answers at once, but for the second after its hundredth request. */
function stalling(): { listener: RequestListener; stalled: () => boolean } {
  let came = 0;
  let until = 0;
  return {
    listener: (_request, response) => {
      came += 1;
      if (came === 100) until = performance.now() + STALL_MS;
      setTimeout(() => response.end('tile'), Math.max(0, until - performance.now()));
    },
    stalled: () => until > 0,
  };
}

describe('coordinated omission', () => {
  test('a server that stalls for a second: one slow request to a client that waits, all of that second to ours', async () => {
    const naive = stalling();
    const closed = await runClosedLoop({
      urls: [await serve(naive.listener)],
      clients: 1,
      seconds: 3,
    });
    assert.ok(naive.stalled());
    // One request of hundreds has waited: no percentile that anybody looks at sees it.
    const told = LatencyHistogram.from(closed.latency);
    assert.equal(Math.round(told.shareAbove(STALL_MS / 2) * told.count), 1);
    assert.ok(told.count > 100);
    assert.ok(told.quantile(0.99) < STALL_MS / 2);

    const fair = stalling();
    const open = await runOpenLoop({
      urls: [await serve(fair.listener)],
      rate: 200,
      arrivals: 'even',
      seconds: 3,
      connections: 4,
    });
    assert.ok(fair.stalled());
    assert.equal(open.offered, 600);
    assert.equal(open.answers, 600);
    // 200 of 600 were due while it stalled, and waited from then to the end of the second: half of them half a second.
    const seen = LatencyHistogram.from(open.latency);
    assert.ok(seen.quantile(0.99) > STALL_MS * 0.9, `${seen.quantile(0.99)} ms`);
    assert.ok(seen.shareAbove(STALL_MS / 2) >= 90 / 600, `${seen.shareAbove(STALL_MS / 2)}`);
  });

  test('what is never answered counts, with the time that it had waited', async () => {
    const url = await serve((request, response) => {
      if (request.url !== '/never') response.end('tile');
    });
    const report = await runOpenLoop({
      urls: [`${url}/tile`, `${url}/never`],
      rate: 50,
      arrivals: 'even',
      seconds: 0.4,
      connections: 20,
      graceMs: 300,
    });
    assert.deepEqual([report.offered, report.answers, report.failures], [20, 10, { unanswered: 10 }]);
    const seen = LatencyHistogram.from(report.latency);
    assert.equal(seen.count, 20);
    assert.ok(seen.quantile(0.9) >= 300);
  });
});

describe('a load in a process of its own', () => {
  test('counts statuses, headers, bytes and refusals, and what the generator takes', async () => {
    const url = await serve((request, response) => {
      const cache = request.url === '/a' ? 'memory' : 'archive';
      response.writeHead(request.url === '/a' ? 200 : 503, { 'X-GeoCrop-Cache': cache }).end('12345');
    });
    const load = startLoadProcess();
    const report = await load.open({
      urls: [`${url}/a`, `${url}/b`, `${url}/a`, 'http://127.0.0.1:1/'],
      rate: 200,
      arrivals: 'poisson',
      seconds: 0.5,
      connections: 8,
      seed: 3,
    });
    const patient = await load.closed({ urls: [`${url}/a`], clients: 2, seconds: 0.2 });
    load.close();
    const each = Math.floor(report.offered / 4);
    const of = (place: number): number => each + (report.offered % 4 > place ? 1 : 0);
    assert.equal(report.statuses['200'], of(0) + of(2));
    assert.equal(report.statuses['503'], of(1));
    assert.deepEqual(report.failures, { ECONNREFUSED: of(3) });
    assert.equal(report.headers['x-geocrop-cache: memory'], of(0) + of(2));
    assert.equal(report.headers['x-geocrop-cache: archive'], of(1));
    assert.equal(report.bytes, 5 * report.answers);
    assert.ok(report.generatorShare > 0);
    assert.equal(patient.statuses['200'], patient.offered);
  });
});

describe('arrivals', () => {
  const upTo = (arrivals: 'even' | 'poisson', ms: number): number[] => {
    const out: number[] = [];
    for (const due of dueTimes(arrivals, 100, seededRandom(5))) {
      if (due >= ms) break;
      out.push(due);
    }
    return out;
  };

  test('even ones are', () => {
    assert.deepEqual(upTo('even', 45), [0, 10, 20, 30, 40]);
  });

  test('chance ones: as many in the mean, gaps whose spread is their mean, the same for a seed', () => {
    const due = upTo('poisson', 200_000);
    assert.ok(Math.abs(due.length - 20_000) < 4 * Math.sqrt(20_000), String(due.length));
    const gaps = due.map((at, i) => at - (due[i - 1] ?? 0));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const spread = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
    assert.ok(Math.abs(spread / mean - 1) < 0.05, `${spread} of ${mean}`);
    assert.deepEqual(upTo('poisson', 1000), upTo('poisson', 1000));
  });
});

describe('the highest rate that holds', () => {
  const search = (limit: number, guess: number): ReturnType<typeof sustainedRate> =>
    sustainedRate(guess, 3, async (rate) => rate <= limit);

  for (const [limit, guess] of [
    [1000, 100],
    [1000, 30_000],
    [1000, 1000],
    [7.5, 1],
  ] as const) {
    test(`from ${guess} to ${limit}`, async () => {
      const { rate, trials } = await search(limit, guess);
      assert.ok(rate <= limit && rate >= limit / 2 ** (1 / 8), String(rate));
      for (const tried of trials) assert.equal(tried.holds, tried.rate <= limit);
    });
  }

  test('none holds, or all do: it ends', async () => {
    assert.equal((await search(0, 100)).rate, 0);
    assert.equal((await search(Infinity, 100)).rate, 100 * 2 ** 9);
  });
});
