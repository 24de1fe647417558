import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gaugesOf } from '../geocrop-server.js';
import { MAPS, Places, SQUARE, viewOf } from './places.js';
import { planOf } from './plan.js';
import { complaintsOf, type SoakReport } from './run-soak.js';
import { problemOf, Traffic } from './traffic.js';
import { failuresOf } from './verdict.js';

const plan = planOf(30);

/** A soak in which all holds. */
function good(change: Partial<SoakReport> = {}): SoakReport {
  const traffic = new Traffic('');
  traffic.tallies['cached tile'].answer({ status: 200, headers: {}, bytes: 1 }, 10);
  return {
    plan,
    capacity: 1,
    load: {
      seconds: plan.loadSeconds,
      metatilesAsked: 2,
      metatilesComputed: 1,
      desktopVisits: 1,
      desktopTiles: 1,
      discoveries: 1,
      discoveredTiles: 1,
      brokenStreams: 0,
    },
    traffic,
    moments: memory(() => 600e6),
    after: {
      drainSeconds: 3,
      answers: { 'a tile that it has': '200 final', 'a tile that it has not': '200 final', readiness: '200' },
      rss: 500e6,
    },
    exitCode: 0,
    log: new Map([['warn something passing', 2]]),
    ...change,
  };
}

function memory(rss: (seconds: number) => number): SoakReport['moments'] {
  return Array.from({ length: 300 }, (_, i) => {
    const seconds = (i * plan.loadSeconds) / 300;
    return { seconds, rss: rss(seconds), heap: NaN, external: NaN, queued: NaN, lagMs: NaN, ownLagMs: NaN };
  });
}

describe('what a soak says', () => {
  test('nothing, where all holds', () => {
    assert.deepEqual(failuresOf(good(), true), []);
  });

  test('memory may grow until it has settled, and not after', () => {
    const settles = memory((at) => 300e6 + 300e6 * Math.min(1, at / plan.settleSeconds));
    assert.deepEqual(failuresOf(good({ moments: settles }), true), []);
    const leaks = memory((at) => 300e6 + 200e3 * at);
    const [failure, ...others] = failuresOf(good({ moments: leaks }), true);
    assert.match(failure ?? '', /^memory grew by 28\d MB after the first 300 s/);
    assert.deepEqual(others, []);
    assert.deepEqual(failuresOf(good({ moments: leaks }), false), [], 'a short soak has no slope');
  });

  test('memory above its budget, also for a moment, also in a short soak', () => {
    const moments = memory((at) => (at > 500 && at < 510 ? 2.5e9 : 600e6));
    assert.match(failuresOf(good({ moments }), false).join(), /^2500 MB of memory, above 2147 MB$/);
  });

  test('slow cached tiles, where times count', () => {
    const slow = good();
    for (let i = 0; i < 10; i += 1) {
      slow.traffic.tallies['cached tile'].answer({ status: 200, headers: {}, bytes: 1 }, 80);
    }
    assert.match(failuresOf(slow, true).join(), /^cached tiles took 80.\d ms at the 95th percentile$/);
    assert.deepEqual(failuresOf(slow, false), []);
  });

  const { load, after } = good();
  const wrong: readonly (readonly [string, Partial<SoakReport>, RegExp])[] = [
    ['nothing computed', { load: { ...load, metatilesComputed: 0 } }, /^nothing was computed/],
    ['nobody got a tile', { load: { ...load, desktopTiles: 0, discoveredTiles: 0 } }, /^nobody got a tile/],
    ['a queue that stays', { after: { ...after, drainSeconds: null } }, /^its queue was not empty/],
    ['no answer afterwards', { after: { ...after, answers: {} } }, /a tile that it has: nothing.*readiness: nothing/],
    ['killed', { exitCode: null }, /^told to stop, it ended with null$/],
    ['errors in the log', { log: new Map([['error request internal', 3]]) }, /has, 3 times: error request internal/],
    ['no sample of memory', { moments: [] }, /no sample of its memory/],
  ]; // prettier-ignore
  for (const [what, change, says] of wrong) {
    test(what, () => assert.match(failuresOf(good(change), true).join(), says));
  }

  test('wrong answers: the first of them in full, then how many', () => {
    const report = good();
    for (let i = 0; i < 25; i += 1) report.traffic.tell(`/tiles/${i}: status 500`);
    const failures = failuresOf(report, false);
    assert.equal(failures.length, 21);
    assert.equal(failures[0], '/tiles/0: status 500');
    assert.equal(failures[20], '… and 5 more');
  });
});

describe('what an answer may be', () => {
  const cases: readonly (readonly [Parameters<typeof problemOf>[0], number, Record<string, string>, boolean])[] = [
    ['cold tile', 200, {}, true],
    ['cold tile', 304, {}, true],
    ['cold tile', 503, { 'retry-after': '3' }, true],
    ['cold tile', 503, {}, false],
    ['cold tile', 503, { 'retry-after': 'soon' }, false],
    ['cold tile', 500, { 'retry-after': '3' }, false],
    ['cold tile', 404, {}, false],
    ['point', 503, { 'retry-after': '3' }, true],
    ['cached tile', 200, { 'x-geocrop-cache': 'memory' }, true],
    ['cached tile', 200, { 'x-geocrop-cache': 'computed' }, false],
    ['cached tile', 304, {}, true],
    ['cached tile', 503, { 'retry-after': '3' }, false],
    ['healthz', 503, { 'retry-after': '3' }, false],
  ]; // prettier-ignore
  for (const [kind, status, headers, fine] of cases) {
    test(`${kind}: ${status} ${JSON.stringify(headers)} is ${fine ? 'fine' : 'wrong'}`, () => {
      assert.equal(problemOf(kind, { status, headers }) === null, fine);
    });
  }
});

test('figures of a Prometheus page', () => {
  const gauges = gaugesOf(
    '# HELP a b\n# TYPE a gauge\na 3\nb_seconds_count{stage="write"} 17\nc{x="1",y="2"} 1e-3\n',
  );
  assert.deepEqual([...gauges.values()], [3, 17, 0.001]);
  assert.equal(gauges.get('b_seconds_count{stage="write"}'), 17);
});

test('of a log only what is no information', () => {
  const lines = [
    '{"level":"info","event":"request"}',
    'GeoCrop is at http://127.0.0.1:1',
    '{"level":"warn","event":"a metatile is incomplete"}',
    '{"level":"warn","event":"a metatile is incomplete"}',
    '{"level":"error","event":"request","code":"internal"}',
    '(node:1) Warning: a leak',
  ];
  assert.deepEqual(Object.fromEntries(complaintsOf(lines)), {
    'warn a metatile is incomplete': 2,
    'error request internal': 1,
    '(node:1) Warning: a leak': 1,
  });
});

test('places: each once, and it is said when there are none left', () => {
  const places = new Places(() => 0.5);
  const seen = new Set<string>();
  const name = ({ map, metatile: { x, y } }: ReturnType<Places['one']>): string => `${map} ${x} ${y}`;
  for (let i = 0; i < 40; i += 1) {
    const square = places.square();
    for (let j = 0; j < SQUARE * SQUARE; j += 1) {
      const metatile = {
        ...square.metatile,
        x: square.metatile.x + (j % 2),
        y: square.metatile.y + (j >> 1),
      };
      seen.add(name({ ...square, metatile }));
      seen.add(name(places.one()));
    }
  }
  assert.equal(seen.size, 40 * 8);
  assert.equal(new Set(MAPS).size, MAPS.length);
  assert.throws(() => {
    for (;;) places.square();
  }, RangeError);
});

test('a view: native tiles of its metatile, row by row', () => {
  const view = viewOf({ map: '', metatile: { z: 12, x: 10, y: 20 } }, 2, 2);
  assert.deepEqual(
    view.map(({ z, x, y }) => [z, x, y]),
    [
      [14, 40, 80],
      [14, 41, 80],
      [14, 40, 81],
      [14, 41, 81],
    ],
  );
});
