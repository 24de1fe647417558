import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sclValid } from '../pixels/mask.js';
import { between, KernelArena, seededRandom } from './testing.js';

const arena = await KernelArena.create();

/** The kernel's mask; nothing but its outputs may change. */
function byKernel(scl: Uint8Array, width: number, height: number, buffer: number): Uint8Array {
  arena.reset();
  const source = arena.put(scl);
  const valid = arena.put(new Uint8Array(scl.length).fill(7));
  const scratch = arena.put(new Uint8Array(scl.length).fill(7));
  const after = arena.put(new Uint8Array(16).fill(9));
  arena.kernels.sclValid(source.byteOffset, width, height, buffer, valid.byteOffset, scratch.byteOffset);
  assert.deepEqual(source.slice(), scl);
  assert.ok(after.every((value) => value === 9));
  return valid.slice();
}

const CLOUDY = [3, 8, 9, 10, 255];
const OTHERS = [0, 1, 2, 4, 5, 6, 7, 11, 12, 15, 16, 200];

function randomScl(random: () => number, size: number, clouds: number): Uint8Array {
  const one = (classes: readonly number[]) => classes[between(random, 0, classes.length - 1)]!;
  return Uint8Array.from({ length: size }, () => one(random() < clouds ? CLOUDY : OTHERS));
}

for (const [width, height, buffer] of [
  [1, 1, 0],
  [1, 40, 3],
  [40, 1, 3],
  [5, 4, 3],
  [50, 20, 30],
] as const) {
  test(`the SCL mask of ${width} × ${height} pixels, clouds grown by ${buffer}, equals the plain one`, () => {
    const random = seededRandom(width * 100 + height);
    for (const clouds of [0, 0.01, 0.2, 1]) {
      const scl = randomScl(random, width * height, clouds);
      assert.deepEqual(byKernel(scl, width, height, buffer), sclValid(scl, width, height, buffer));
    }
  });
}

test('the SCL mask equals the plain one for every width from 1 to 60 and every buffer to 4', () => {
  const random = seededRandom(8);
  for (let width = 1; width <= 60; width += 1) {
    for (let buffer = 0; buffer <= 4; buffer += 1) {
      const height = between(random, 8, 20);
      const scl = randomScl(random, width * height, 0.03);
      const name = `${width} × ${height}, buffer ${buffer}`;
      assert.deepEqual(byKernel(scl, width, height, buffer), sclValid(scl, width, height, buffer), name);
    }
  }
});
