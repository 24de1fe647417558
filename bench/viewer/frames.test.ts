import assert from 'node:assert/strict';
import { test } from 'node:test';
import { longestScript } from './frames.js';

test('the pieces of script of a frame count together; what the browser does itself does not', () => {
  const frames = [
    { duration: 400, scripts: [6, 7] },
    { duration: 60, scripts: [30, 12.5] },
    { duration: 90, scripts: [] },
  ];
  assert.equal(longestScript(frames), 42.5);
  assert.equal(longestScript([]), 0);
});
