import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerResponse } from 'node:http';
import type { ErrorCode } from '../errors.js';
import { isGeoCropError } from '../errors.js';
import { fetchJson } from './fetch-json.js';
import { FakeTimers } from './testing/fake-timers.js';
import { sendJson, serve, type TestServer } from './testing/http-server.js';

const DEADLINE = 120_000;
const good = { type: 'FeatureCollection', features: [] };

type Answer = (response: ServerResponse) => void;
const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end('{"description":"the reason"}');
const text =
  (body: string): Answer =>
  (response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end(body);
const brokenOff: Answer = (response) => {
  response.writeHead(200, { 'content-length': '1000' });
  response.write('{"type":"Feat', () => response.destroy());
};
const fine: Answer = (response) => sendJson(response, good);
const reset: Answer = (response) => response.destroy();

function ask(server: TestServer, timers: FakeTimers, signal?: AbortSignal): Promise<unknown> {
  return fetchJson({ url: `${server.url}/search` }, { fetch, timers }, DEADLINE, signal);
}

/** Each answer in turn, the last one for ever. */
function inTurn(answers: readonly Answer[]): (request: unknown, response: ServerResponse) => void {
  let count = 0;
  return (_request, response) => answers[Math.min(count++, answers.length - 1)]?.(response);
}

const failing: { name: string; answers: Answer[]; code: ErrorCode; message: RegExp; requests: number }[] = [
  { name: '400', answers: [status(400)], code: 'stac-refused', message: /400.*the reason/, requests: 1 },
  { name: '404', answers: [status(404)], code: 'stac-refused', message: /404/, requests: 1 },
  { name: '500', answers: [status(500)], code: 'stac-unavailable', message: /500.*the reason/, requests: 3 },
  { name: '429', answers: [status(429)], code: 'stac-unavailable', message: /429/, requests: 3 },
  {
    name: 'a reset',
    answers: [reset],
    code: 'stac-unavailable',
    message: /could not be reached/,
    requests: 3,
  },
  {
    name: 'HTML',
    answers: [text('<html><body>Down for maintenance</body></html>')],
    code: 'stac-malformed',
    message: /something else than JSON.*Down for maintenance/,
    requests: 1,
  },
  {
    name: 'half a body',
    answers: [brokenOff],
    code: 'stac-malformed',
    message: /broke off in the middle/,
    requests: 3,
  },
  {
    name: 'JSON cut short',
    answers: [text('{"type":"Feat')],
    code: 'stac-malformed',
    message: /cut short/,
    requests: 3,
  },
  {
    name: 'an empty body',
    answers: [text('')],
    code: 'stac-malformed',
    message: /else than JSON/,
    requests: 1,
  },
];

for (const { name, answers, code, message, requests } of failing) {
  test(`${name}, for good: ${code} after ${requests} request(s), and then a good answer is read`, async (t) => {
    const answer = inTurn([...Array.from({ length: requests }, () => answers[0] ?? fine), fine]);
    const server = await serve(t, answer);
    const timers = new FakeTimers();
    await assert.rejects(ask(server, timers), (error) => {
      assert.ok(isGeoCropError(error, code), String(error));
      assert.match(error.message, message);
      assert.equal(error.context['url'], `${server.url}/search`);
      assert.ok(error.hint !== undefined);
      return true;
    });
    assert.equal(server.seen.length, requests);
    assert.deepEqual(await ask(server, timers), good);
  });
}

for (const [name, bad] of Object.entries({ 500: status(500), 'a reset': reset, 'half a body': brokenOff })) {
  test(`${name}, twice, and then a good answer`, async (t) => {
    const server = await serve(t, inTurn([bad, bad, fine]));
    const timers = new FakeTimers();
    assert.deepEqual(await ask(server, timers), good);
    assert.equal(timers.slept.length, 2);
    assert.ok((timers.slept[1] ?? 0) > (timers.slept[0] ?? 0), 'it backs off');
  });
}

test('Retry-After is waited for, in seconds or as a date, but not beyond the deadline', async (t) => {
  const dated = { date: 'Wed, 01 Jan 2025 00:00:00 GMT', 'retry-after': 'Wed, 01 Jan 2025 00:00:07 GMT' };
  const server = await serve(t, inTurn([status(429, { 'retry-after': '11' }), status(503, dated), fine]));
  const timers = new FakeTimers();
  assert.deepEqual(await ask(server, timers), good);
  assert.deepEqual(timers.slept, [11_000, 7_000]);

  const busy = await serve(t, inTurn([status(503, { 'retry-after': '3600' }), fine]));
  await assert.rejects(ask(busy, timers), (error) => isGeoCropError(error, 'stac-unavailable'));
  assert.equal(busy.seen.length, 1);
});

test('a server that says nothing: each try has its time, and the whole has a deadline', async (t) => {
  const timers = new FakeTimers();
  const server = await serve(t, () => setImmediate(() => timers.fire()));
  await assert.rejects(
    ask(server, timers),
    (error) => isGeoCropError(error, 'stac-unavailable') && /no answer in time/.test(error.message),
  );
  assert.ok(server.seen.length >= 2 && timers.now() <= DEADLINE);
});

test('an abort ends a request and a pause at once, as aborted, and the next call is read', async (t) => {
  const controller = new AbortController();
  const silent = await serve(t, () => controller.abort());
  await assert.rejects(ask(silent, new FakeTimers(), controller.signal), (error) =>
    isGeoCropError(error, 'aborted'),
  );

  const pausing = new AbortController();
  const timers = new FakeTimers();
  const server = await serve(t, inTurn([status(503, { 'retry-after': '60' }), fine]));
  timers.onSleep = (ms) => {
    if (ms === 60_000) pausing.abort();
  };
  await assert.rejects(ask(server, timers, pausing.signal), (error) => isGeoCropError(error, 'aborted'));
  assert.equal(server.seen.length, 1);
  assert.deepEqual(await ask(server, timers), good);
  const before = AbortSignal.abort();
  await assert.rejects(ask(server, timers, before), (error) => isGeoCropError(error, 'aborted'));
});
