import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scriptOfFrames, type TraceEvent } from './frames.js';

const event = (name: string, ts: number, dur = 0, tid = 1): TraceEvent => ({
  name,
  ph: 'X',
  pid: 7,
  tid,
  ts,
  dur,
});

test('script is counted in the frame in which it begins, what is nested once', () => {
  const events = [
    event('EventDispatch', 500, 300),
    event('BeginMainThreadFrame', 1000),
    event('FireAnimationFrame', 1100, 4000),
    event('FunctionCall', 1200, 3000),
    event('RunMicrotasks', 5200, 1000),
    event('Layout', 6300, 9000),
    event('BeginMainThreadFrame', 17_000),
    event('TimerFire', 17_500, 2000),
    event('FireAnimationFrame', 17_600, 50_000, 2),
    event('BeginMainThreadFrame', 34_000),
  ];
  assert.deepEqual(scriptOfFrames(events), [5, 2, 0]);
});

test('a trace without frames has none', () => {
  assert.deepEqual(scriptOfFrames([event('FunctionCall', 1, 2)]), []);
});
