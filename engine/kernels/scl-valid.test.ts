import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sclValid } from '../pixels/mask.js';
import { between, KernelArena, seededRandom } from './testing.js';

const arena = await KernelArena.create();

for (const [width, height, buffer] of [
  [1, 1, 0],
  [1, 40, 3],
  [40, 1, 3],
  [5, 4, 3],
  [16, 16, 0],
  [19, 23, 1],
  [64, 37, 3],
  [50, 20, 30],
] as const) {
  test(`the SCL mask of ${width} × ${height} pixels, clouds grown by ${buffer}, equals the plain one`, () => {
    const random = seededRandom(width * 100 + height);
    for (const clouds of [0, 0.01, 0.2, 1]) {
      const scl = Uint8Array.from({ length: width * height }, () =>
        random() < clouds ? [3, 8, 9, 10, 255][between(random, 0, 4)]! : (between(random, 0, 20) % 16) & ~8,
      );
      arena.reset();
      const source = arena.put(scl);
      const valid = arena.put(new Uint8Array(scl.length).fill(7));
      const scratch = arena.put(new Uint8Array(scl.length).fill(7));
      const after = arena.put(new Uint8Array(16).fill(9));
      arena.kernels.sclValid(source.byteOffset, width, height, buffer, valid.byteOffset, scratch.byteOffset);
      assert.deepEqual(valid.slice(), sclValid(scl, width, height, buffer));
      assert.deepEqual(source.slice(), scl);
      assert.ok(after.every((value) => value === 9));
    }
  });
}
