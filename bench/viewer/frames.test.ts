import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scriptOfFrames } from './frames.js';
import type { TraceEvent } from './frames.js';

const PAGE = { pid: 7, tid: 1 };
const begin = (ms: number, thread = PAGE): TraceEvent => ({
  name: 'BeginMainThreadFrame',
  ph: 'I',
  ts: ms * 1000,
  ...thread,
});
const piece = (name: string, ms: number, wall: number, cpu: number, thread = PAGE): TraceEvent => ({
  name,
  ph: 'X',
  ts: ms * 1000,
  dur: wall * 1000,
  tdur: cpu * 1000,
  ...thread,
});

test('the pieces of script of a frame count together, until the next frame begins', () => {
  const events = [
    piece('TimerFire', 1, 5, 5),
    begin(10),
    piece('EventDispatch', 11, 4, 2),
    piece('FireAnimationFrame', 20, 90, 12.5),
    piece('Layout', 112, 30, 30),
    piece('TimerFire', 150, 1, 1),
    begin(200),
    piece('FireAnimationFrame', 201, 3, 3),
  ];
  assert.deepEqual(scriptOfFrames(events.toReversed()), [
    { cpu: 15.5, wall: 95 },
    { cpu: 3, wall: 3 },
  ]);
});

test('script inside script counts once, and that of other threads not at all', () => {
  const other = { pid: 8, tid: 1 };
  const events = [
    begin(0, other),
    piece('FireAnimationFrame', 1, 700, 700, other),
    begin(0),
    piece('FireAnimationFrame', 1, 20, 10),
    piece('FunctionCall', 1, 20, 10),
    piece('RunMicrotasks', 15, 6, 5),
    piece('FunctionCall', 21, 1, 1),
    begin(40),
  ];
  assert.deepEqual(scriptOfFrames(events), [
    { cpu: 11, wall: 21 },
    { cpu: 0, wall: 0 },
  ]);
});

test('a piece that still runs when the trace ends is left out; one without its own clock counts by the wall', () => {
  const { dur: _, tdur: __, ...endless } = piece('FireAnimationFrame', 9, 0, 0);
  const { tdur: ___, ...clockless } = piece('TimerFire', 2, 4, 0);
  const events = [begin(0), piece('TimerFire', 1, 1, 0.5), clockless, endless];
  assert.deepEqual(scriptOfFrames(events), [{ cpu: 4.5, wall: 5 }]);
});

test('a trace that says nothing is an error', () => {
  assert.throws(() => scriptOfFrames([piece('TimerFire', 1, 1, 1)]), /no frame was drawn/);
  const { tdur: _, ...clockless } = piece('TimerFire', 1, 1, 1);
  assert.throws(() => scriptOfFrames([begin(0), clockless]), /no times of threads/);
});
