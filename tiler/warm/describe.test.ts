import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GeoCropError, type ErrorCode } from '../../engine/errors.js';
import {
  bytesText,
  describeEstimate,
  describeFailures,
  describeResult,
  durationText,
  rateText,
} from './describe.js';
import type { WarmingEstimate } from './estimate-warming.js';
import { Pace } from './pace.js';
import type { WarmingFailure, WarmingResult } from './warm-area.js';

const ESTIMATE: WarmingEstimate = {
  metatiles: 120,
  there: 20,
  empty: 3,
  toDo: 97,
  scenes: { value: 180, basis: 'sampled' },
  fetchBytes: { value: 31.4e9, basis: 'sampled' },
  remote: true,
  keptBytes: { value: 145.5e6, basis: 'guessed' },
  seconds: { value: 5_400, basis: 'guessed' },
  walk: { order: [], strips: 1, needBytes: 6e9, wholeBytes: 6e9, twiceBytes: 0 },
  cacheBytes: 20e9,
  archiveBytes: 30e9,
  sampled: 5,
};
const RESULT: WarmingResult = {
  made: 40,
  there: 2,
  empty: 1,
  failed: [],
  left: 0,
  waitingFor: null,
  ended: 'all-tried',
  because: null,
  seconds: 1200,
};
const failure = (x: number, code: ErrorCode, message: string, hint?: string): WarmingFailure => ({
  metatile: { z: 12, x, y: 7 },
  error: new GeoCropError(code, message, hint === undefined ? {} : { hint }),
});

describe('warming in words', () => {
  test('an estimate says what is measured and what is guessed', () => {
    assert.equal(
      describeEstimate(ESTIMATE, 2),
      `\
  Metatiles    120          20 there already, 3 without scenes, 97 to compute
  Scenes       ~180         sampled: 5 of 97 metatiles
  To fetch     ~31 GB       sampled: 5 of 97 metatiles; less for what clouds cover and what is fetched already
  Kept         ~146 MB      a guess: 1.5 MB each
  Time         ~1 h 30 min  a guess for 2 threads and 100 Mbit/s; the first metatile will tell
  Block cache  20 GB        holds what is needed again: no block is fetched twice
`,
    );
  });

  test('a cache that is too small is told, with what would do', () => {
    const walk = { ...ESTIMATE.walk, strips: 3, wholeBytes: 34e9, twiceBytes: 4.2e9 };
    const text = describeEstimate({ ...ESTIMATE, walk }, null);
    assert.match(text, /Block cache +20 GB +walked in 3 strips; ~4\.2 GB across their borders come twice\n/);
    assert.match(text, /With --block-cache-bytes 68GB no block would be fetched twice\.\n$/);
    assert.match(text, /Time .*one worker of one thread/);
  });

  test('an archive that cannot hold the area is told', () => {
    const text = describeEstimate({ ...ESTIMATE, archiveBytes: 100e6 }, 2);
    assert.match(
      text,
      /The archive may hold 100 MB \(GEOCROP_ARCHIVE_BYTES\); this area alone takes ~176 MB/,
    );
    assert.doesNotMatch(describeEstimate(ESTIMATE, 2), /GEOCROP_ARCHIVE_BYTES/);
  });

  test('without anything to do there is one line', () => {
    const nothing = { ...ESTIMATE, toDo: 0, there: 117 };
    assert.equal(describeEstimate(nothing, 2), '  Metatiles  120  117 there already, 3 without scenes, 0 to compute\n'); // prettier-ignore
  });

  test('a result says how it ended and how to go on', () => {
    assert.equal(
      describeResult(RESULT, 3.21e9),
      'In 20 min (120 an hour, 3.2 GB fetched): 40 computed, 2 there already, 1 without scenes.\n',
    );
    const left = { ...RESULT, left: 1 };
    assert.match(
      describeResult({ ...left, ended: 'time-box' }, null),
      /^In 20 min \(120 an hour\): 40 computed.*, 1 left\.\nThe time is up\. 1 metatile left: the same command goes on there\.\n$/,
    );
    assert.match(describeResult({ ...left, ended: 'interrupted' }, null), /\nInterrupted\. 1 metatile left/);
    const because = new GeoCropError('store-full', 'No room.', { hint: 'Make some.' });
    assert.match(
      describeResult({ ...left, ended: 'gave-up', because }, null),
      /\nGiven up: No room\. Make some\.\n1 metatile left: the same command goes on there\.\n$/,
    );
  });

  test('failures are told by reason, the most frequent first, each reason once', () => {
    const many = Array.from({ length: 10 }, (_, x) => failure(x, 'source-unavailable', 'A scene.', 'Later.'));
    const text = describeFailures([failure(99, 'memory-limit', 'Too many dates.'), ...many]);
    assert.equal(
      text,
      [
        '10 metatiles failed with source-unavailable: 12/0/7, 12/1/7, 12/2/7, 12/3/7, 12/4/7, 12/5/7, 12/6/7, 12/7/7 and 2 more',
        '  A scene.',
        '  Later.',
        '1 metatile failed with memory-limit: 12/99/7',
        '  Too many dates.',
        '',
      ].join('\n'),
    );
    assert.equal(describeFailures([]), '');
  });

  test('numbers have two or three digits', () => {
    assert.deepEqual(
      [0, 999, 1000, 9.94e6, 9.96e6, 999.4e6, 999.6e6, 2.5e12].map(bytesText),
      ['0 bytes', '999 bytes', '1.0 kB', '9.9 MB', '10 MB', '999 MB', '1.0 GB', '2.5 TB'],
    ); // prettier-ignore
    assert.deepEqual(
      [0, 119.4, 119.6, 3_570, 7_230, 172_700, 200_000].map(durationText),
      ['0 s', '119 s', '2 min', '1 h 0 min', '2 h 1 min', '47 h 58 min', '2 d 8 h'],
    ); // prettier-ignore
    assert.deepEqual([1800, 30, 361].map(rateText), ['2.0 an hour', '120 an hour', '10 an hour']);
  });
});

describe('the pace', () => {
  test('is the guess until the first is done, then what it is', () => {
    let now = 0;
    const pace = new Pace(() => now, 40);
    assert.deepEqual([pace.each, pace.measured], [40, false]);
    now = 10_000;
    pace.mark(0);
    assert.deepEqual([pace.each, pace.measured], [40, false]);
    pace.mark(1);
    assert.deepEqual([pace.each, pace.measured], [10, true]);
    now = 30_000;
    pace.mark(3);
    assert.equal(pace.each, 10);
  });

  test('follows what becomes faster or slower', () => {
    let now = 0;
    const pace = new Pace(() => now, 1);
    for (let done = 1; done <= 200; done += 1) {
      now += done <= 100 ? 60_000 : 5_000;
      pace.mark(done);
    }
    assert.equal(pace.each, 5);
  });
});
